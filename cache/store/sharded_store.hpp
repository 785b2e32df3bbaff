#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cache/store/config.hpp"
#include "cache/store/entry.hpp"
#include "cache/store/freshness.hpp"
#include "cache/store/inspection.hpp"
#include "cache/store/lease.hpp"
#include "cache/store/memory.hpp"
#include "cache/store/retentions.hpp"
#include "cache/store/shard.hpp"
#include "cache/store/stats.hpp"

namespace nearcache::store {

// The memory of the cache: values and known absences by key, within budgets of entries and bytes,
// least recently used out first, expired before live.
//
// What it holds is fresh in the epoch in which it was fetched, until that epoch's proof runs out or
// its own time is up; what is not fresh is of use only as far as the caller or the retention of its
// rule says. Without an epoch nothing is fresh and nothing is kept.
//
// A key is its name and its hash: hash_of(name), or that with some bits turned where several keys
// have one name. The caller computes it once and hands it along.
//
// Threads: any, but for begin_epoch(), extend_epoch() and end_epoch(): one at a time. What runs
// under a shard's lock is short and never takes a second lock.
class ShardedStore {
  public:
    using Joined = store::Joined;
    using Landed = store::Landed;

    explicit ShardedStore(const Config& config);

    // Looks a key up and counts a hit, a stale hit, a known absence or a miss; a hit moves it to
    // the front. on_hit(const Entry&, Lookup) runs for a value only, under the shard's lock: it
    // copies a small value or takes an EntryRef::share() of the entry, and does not come back to
    // the store. It is told what find() will return.
    //
    // `stale`: the entry is not fresh, but its rule lets it be served while it is fetched anew.
    template <class OnHit>
    Lookup find(std::string_view key, Hash hash, TimePoint now, OnHit&& on_hit) {
        return shard_of(hash).find({key, hash, now, freshness_}, std::forward<OnHit>(on_hit));
    }

    // The same for a caller with demands of its own, in place of what the rule lets pass.
    // `stale`: the entry is not fresh, but within what the caller puts up with.
    template <class OnHit>
    Lookup find(std::string_view key, Hash hash, TimePoint now, const Demand& demand,
                OnHit&& on_hit) {
        return shard_of(hash).find({key, hash, now, freshness_}, demand,
                                   std::forward<OnHit>(on_hit));
    }

    // What is fresh, without a trace of the lookup: nothing is counted, moved or cleared away.
    // on_hit runs as for find().
    template <class OnHit>
    Lookup peek(std::string_view key, Hash hash, TimePoint now, OnHit&& on_hit) const {
        return shard_of(hash).peek({key, hash, now, freshness_}, std::forward<OnHit>(on_hit));
    }

    // After a miss: takes what has come in the meantime, or lines up behind who fetches the key, or
    // is the one who does. For the last, open() -> Lease& gives the lease that this opens; it runs
    // under the shard's lock. The waiter is in line when this returns joined or leads.
    //
    // An entry or a fetch is of use if it is fresh, or of the current epoch, and not older than the
    // caller says. A fetch that is not is left to those who wait for it, and not kept.
    template <class OpenLease>
    Joined join(std::string_view key, Hash hash, TimePoint now, const Joining& joining,
                OpenLease&& open) {
        return shard_of(hash).join({key, hash, now, freshness_}, joining,
                                   std::forward<OpenLease>(open));
    }

    // Ends a lease with what was fetched, or with nothing after an error. The entry is kept if the
    // lease still holds, its epoch is still the current one, the entry has not expired, its key is
    // not write-hot, and it fits; if it is not, an older entry that says otherwise counts as
    // invalidated. Hands over those who waited; the lease may be destroyed after this.
    Landed land(Lease& lease, const EntryRef& entry, TimePoint now);

    // After fetching the key failed: what may be served instead by the rule of the entry that is
    // still held. Null when there is none.
    EntryRef find_if_error(std::string_view key, Hash hash, TimePoint now);

    // The key was or will be changed: drops what is held of it, and voids its lease, so that
    // whoever comes later fetches anew. After Cause::invalidation an entry may stay for
    // find_if_error(), if its rule says so.
    void invalidate(Hash hash, Cause cause, TimePoint now);
    void invalidate_all(Cause cause);

    // From now on every change is told by invalidate(): what is fetched from now on is fresh until
    // `until`, which the next two move. What older epochs left is not fresh any more.
    void begin_epoch(TimePoint until);
    void extend_epoch(TimePoint until) noexcept { freshness_.extend(until); }
    // Changes may be missed from now on.
    void end_epoch();

    // What is known of a key, without touching anything.
    Inspection inspect(std::string_view key, Hash hash, TimePoint now) const;

    Stats stats() const;
    std::size_t shard_count() const noexcept { return shard_mask_ + 1; }

  private:
    std::size_t index_of(Hash hash) const noexcept { return (hash >> 58) & shard_mask_; }
    Shard& shard_of(Hash hash) noexcept { return shards_[index_of(hash)]; }
    const Shard& shard_of(Hash hash) const noexcept { return shards_[index_of(hash)]; }
    void make_room(std::size_t first, TimePoint now, FirstOut first_out);

    Freshness freshness_;
    const Retentions retentions_;
    MemoryBudget memory_;
    std::vector<Shard> shards_;
    // The number of shards is a power of two.
    std::size_t shard_mask_;
};

}  // namespace nearcache::store
