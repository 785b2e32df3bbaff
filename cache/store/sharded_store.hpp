#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cache/store/config.hpp"
#include "cache/store/entry.hpp"
#include "cache/store/lease.hpp"
#include "cache/store/memory.hpp"
#include "cache/store/shard.hpp"
#include "cache/store/stats.hpp"

namespace nearcache::store {

// The memory of the cache: values and known absences by key, within budgets of entries and bytes,
// least recently used out first, expired before live.
//
// A key's hash is always hash_of(key); the caller computes it once and hands it along.
//
// Threads: any. What runs under a shard's lock is short and never takes a second lock.
class ShardedStore {
  public:
    using Joined = store::Joined;
    using Landed = store::Landed;

    explicit ShardedStore(const Config& config);

    // Looks a key up and counts a hit, a known absence or a miss; a hit moves it to the front.
    // on_hit(const Entry&) runs for a value only, under the shard's lock: it copies a small value
    // or takes an EntryRef::share() of the entry, and does not come back to the store.
    template <class OnHit>
    Lookup find(std::string_view key, Hash hash, TimePoint now, OnHit&& on_hit) {
        return shard_of(hash).find({key, hash, now}, std::forward<OnHit>(on_hit));
    }

    // After a miss: takes what has come in the meantime, or lines up behind who fetches the key, or
    // is the one who does. For the last, open() -> Lease& gives the lease that this opens; it runs
    // under the shard's lock. The waiter is in line when this returns joined or leads.
    template <class OpenLease>
    Joined join(std::string_view key, Hash hash, TimePoint now, Waiter& waiter, OpenLease&& open) {
        return shard_of(hash).join({key, hash, now}, waiter, std::forward<OpenLease>(open));
    }

    // Ends a lease with what was fetched, or with nothing after an error. The entry is kept if the
    // lease still holds, the entry has not expired, and it fits. Hands over those who waited; the
    // lease may be destroyed after this.
    Landed land(Lease& lease, const EntryRef& entry, TimePoint now);

    // The key was or will be changed: drops what is held of it, and voids its lease, so that
    // whoever comes later fetches anew.
    void invalidate(Hash hash);
    void invalidate_all();

    Stats stats() const;
    std::size_t shard_count() const noexcept { return shard_mask_ + 1; }

  private:
    std::size_t index_of(Hash hash) const noexcept { return (hash >> 58) & shard_mask_; }
    Shard& shard_of(Hash hash) noexcept { return shards_[index_of(hash)]; }
    void make_room(std::size_t first, TimePoint now, FirstOut first_out);

    MemoryBudget memory_;
    std::vector<Shard> shards_;
    // The number of shards is a power of two.
    std::size_t shard_mask_;
};

}  // namespace nearcache::store
