#include "cache/store/sharded_store.hpp"

#include <algorithm>
#include <bit>

namespace nearcache::store {
namespace {

constexpr std::size_t most_shards = 64;
// Smaller shards have an order of eviction that differs too much from the one over all keys.
constexpr std::size_t least_entries_per_shard = 1'024;
// Over all shards: as many fetches may be under way before chains of leases grow long.
constexpr std::size_t lease_buckets = 4'096;

std::size_t shards_for(std::size_t max_entries) {
    if (max_entries <= exact_lru_entries) return 1;
    return std::min(most_shards, std::bit_floor(max_entries / least_entries_per_shard));
}

std::vector<ShardLimits> split(const Config& config, const Retentions& retentions,
                               MemoryBudget& memory) {
    const std::size_t count = shards_for(config.max_entries);
    const auto share = [count](std::size_t total, std::size_t i) {
        return total / count + (i < total % count ? 1 : 0);
    };
    std::vector<ShardLimits> limits;
    for (std::size_t i = 0; i < count; ++i) {
        limits.push_back({.max_entries = share(config.max_entries, i),
                          .max_absent_keys = share(config.max_absent_keys, i),
                          .lease_buckets = lease_buckets / count,
                          .max_join_age = config.max_join_age,
                          .write_hot_after = config.write_hot_after,
                          .write_hot_pause = config.write_hot_pause,
                          .retentions = &retentions,
                          .memory = &memory});
    }
    return limits;
}

// A range, because shards cannot be moved: a vector builds them in place from one.
std::vector<Shard> build(const std::vector<ShardLimits>& limits) {
    return std::vector<Shard>(limits.begin(), limits.end());
}

}  // namespace

ShardedStore::ShardedStore(const Config& config)
    : retentions_(config.retentions),
      memory_(config.max_memory_bytes),
      shards_(build(split(config, retentions_, memory_))),
      shard_mask_(shards_.size() - 1) {}

Landed ShardedStore::land(Lease& lease, const EntryRef& entry, TimePoint now) {
    const std::size_t index = index_of(lease.hash());
    const Landed landed = shards_[index].land(lease, entry, now, freshness_);
    if (landed.is_kept && memory_.is_exceeded()) [[unlikely]] {
        const auto first_out = entry->is_absent() ? FirstOut::absent_keys : FirstOut::values;
        make_room(index + 1, now, first_out);
    }
    return landed;
}

EntryRef ShardedStore::find_if_error(std::string_view key, Hash hash, TimePoint now) {
    return shard_of(hash).find_if_error({key, hash, now, freshness_});
}

void ShardedStore::invalidate(Hash hash, Cause cause, TimePoint now) {
    shard_of(hash).invalidate(hash, cause, now);
}

void ShardedStore::invalidate_all(Cause cause) {
    for (Shard& shard : shards_) shard.invalidate_all(cause);
}

void ShardedStore::begin_epoch(TimePoint until) {
    if (freshness_.view().epoch() != 0) end_epoch();
    // Nothing comes after it: what is to be kept must be of the current epoch, and there is none.
    if (freshness_.starts_over()) invalidate_all(Cause::epoch);
    freshness_.begin(until);
}

void ShardedStore::end_epoch() {
    freshness_.end();
    // Otherwise they stay for stale answers, and go as they are met.
    if (!retentions_.retain_anything()) invalidate_all(Cause::epoch);
}

Inspection ShardedStore::inspect(std::string_view key, Hash hash, TimePoint now) const {
    return shard_of(hash).inspect({key, hash, now, freshness_});
}

Stats ShardedStore::stats() const {
    Stats stats;
    for (const Shard& shard : shards_) shard.add_to(stats);
    stats.memory_bytes = memory_.used();
    stats.invalidations = stats.dropped_by_write + stats.dropped_by_invalidation +
                          stats.dropped_by_flush + stats.dropped_by_epoch;
    return stats;
}

// One shard after the other, the one that caused it last: its own tail has already given way.
void ShardedStore::make_room(std::size_t first, TimePoint now, FirstOut first_out) {
    for (std::size_t i = 0; i < shards_.size() && memory_.is_exceeded(); ++i) {
        shards_[(first + i) & shard_mask_].make_room(now, first_out);
    }
}

}  // namespace nearcache::store
