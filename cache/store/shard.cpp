#include "cache/store/shard.hpp"

#include <array>
#include <cassert>

namespace nearcache::store {
namespace {

// How many expired entries an insert clears away beyond those whose room it needs. More than one,
// so that what has expired becomes less as long as anything comes in.
constexpr int expired_per_insert = 2;

}  // namespace

Shard::Shard(const ShardLimits& limits)
    : leases_(limits.lease_buckets), limits_(limits), memory_(*limits.memory) {}

Shard::~Shard() {
    Released released;
    table_.for_each([&](Entry& entry) { released.add(entry); });
}

Landed Shard::land(Lease& lease, const EntryRef& entry, TimePoint now) {
    Released released;
    const std::lock_guard guard(lock_);

    const bool holds = leases_.close(lease);
    Landed landed{.waiters = lease.take_waiters(), .is_kept = false};
    if (!entry) return landed;
    assert(entry->hash() == lease.hash() && entry->key() == lease.key());
    if (!holds || entry->expires_at() <= now || !fits(*entry)) {
        ++counters_.fills_refused;
        return landed;
    }
    keep(*EntryRef(entry).detach(), now, released);
    landed.is_kept = true;
    return landed;
}

void Shard::invalidate(Hash hash) {
    Released released;
    const std::lock_guard guard(lock_);

    if (Lease* const lease = leases_.find(hash)) {
        leases_.close(*lease);
        ++counters_.leases_voided;
    }
    while (Entry* const entry = table_.find(hash)) {
        memory_.refund(remove(*entry, released));
        ++counters_.invalidations;
    }
}

void Shard::invalidate_all() {
    Table dropped;
    {
        const std::lock_guard guard(lock_);
        counters_.leases_voided += leases_.close_all();
        counters_.invalidations += table_.size();
        table_.swap(dropped);
        values_.clear();
        absent_.clear();
        wheel_.clear();
    }
    // Out of everyone's reach, and so without the lock: there may be millions.
    std::size_t bytes = dropped.memory_bytes();
    Released released;
    dropped.for_each([&](Entry& entry) {
        bytes += entry.memory_bytes();
        released.add(entry);
    });
    memory_.refund(bytes);
}

void Shard::make_room(TimePoint now, FirstOut first_out) {
    Released released;
    const std::lock_guard guard(lock_);
    reduce_memory({.now = now, .first_out = first_out, .spared = nullptr}, released);
}

void Shard::add_to(Stats& stats) const {
    const std::lock_guard guard(lock_);
    stats += counters_;
    stats.entries += values_.size();
    stats.absent_keys += absent_.size();
    stats.open_leases += leases_.size();
}

bool Shard::fits(const Entry& entry) const noexcept {
    const std::size_t budget = entry.is_absent() ? limits_.max_absent_keys : limits_.max_entries;
    return budget > 0 && entry.memory_bytes() + Table::least_memory_bytes <= memory_.limit();
}

void Shard::keep(Entry& entry, TimePoint now, Released& released) {
    const std::size_t freed = make_place(entry, now, released);
    const std::size_t table_before = table_.memory_bytes();
    table_.insert(entry);
    order_of(entry).admit(entry);
    wheel_.add(entry, now);
    ++counters_.inserts;

    const std::size_t table_growth = table_.memory_bytes() - table_before;
    if (memory_.charge(entry.memory_bytes() + table_growth - freed)) {
        const auto first_out = entry.is_absent() ? FirstOut::absent_keys : FirstOut::values;
        reduce_memory({.now = now, .first_out = first_out, .spared = &entry}, released);
    }
}

// Returns the bytes that this has freed.
std::size_t Shard::make_place(const Entry& entry, TimePoint now, Released& released) {
    std::size_t freed = 0;
    if (Entry* const older = table_.find(entry.key(), entry.hash())) {
        freed += remove(*older, released);
    }
    for (int i = 0; i < expired_per_insert; ++i) {
        Entry* const expired = wheel_.find_expired(now);
        if (expired == nullptr) break;
        freed += expire(*expired, released);
    }
    Lru& order = order_of(entry);
    const std::size_t budget = entry.is_absent() ? limits_.max_absent_keys : limits_.max_entries;
    while (order.size() >= budget) {
        if (Entry* const expired = wheel_.find_expired(now)) {
            freed += expire(*expired, released);
        } else {
            freed += remove(*order.victim(), released);
            ++counters_.evictions_by_entries;
        }
    }
    return freed;
}

void Shard::reduce_memory(const Need& need, Released& released) {
    while (memory_.is_exceeded()) {
        if (table_.is_sparse()) {
            const std::size_t before = table_.memory_bytes();
            table_.shrink();
            if (!memory_.refund(before - table_.memory_bytes())) return;
        }
        Entry* const entry = next_to_go(need);
        if (entry == nullptr) return;
        if (entry->expires_at() <= need.now) {
            memory_.refund(expire(*entry, released));
        } else {
            memory_.refund(remove(*entry, released));
            ++counters_.evictions_by_memory;
        }
    }
}

Entry* Shard::next_to_go(const Need& need) noexcept {
    if (Entry* const expired = wheel_.find_expired(need.now)) return expired;
    std::array<const Lru*, 2> line{&values_, &absent_};
    if (need.first_out == FirstOut::absent_keys) std::swap(line[0], line[1]);
    for (const Lru* const order : line) {
        Entry* const entry = order->victim();
        if (entry != nullptr && entry != need.spared) return entry;
    }
    return nullptr;
}

// Returns the bytes that this frees.
std::size_t Shard::remove(Entry& entry, Released& released) noexcept {
    table_.erase(entry);
    order_of(entry).erase(entry);
    wheel_.erase(entry);
    released.add(entry);
    return entry.memory_bytes();
}

std::size_t Shard::expire(Entry& entry, Released& released) noexcept {
    ++counters_.expirations;
    return remove(entry, released);
}

}  // namespace nearcache::store
