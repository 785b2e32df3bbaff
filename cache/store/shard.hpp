#pragma once

#include <cstddef>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "cache/store/entry.hpp"
#include "cache/store/expiry_wheel.hpp"
#include "cache/store/lease.hpp"
#include "cache/store/lease_table.hpp"
#include "cache/store/lru.hpp"
#include "cache/store/memory.hpp"
#include "cache/store/stats.hpp"
#include "cache/store/table.hpp"

namespace nearcache::store {

enum class Lookup { hit, absent, miss };

// What a caller looks for, and when.
struct Wanted {
    std::string_view key;
    Hash hash;
    TimePoint now;
};

// What a shard may hold, and the budget that it shares with the other shards.
struct ShardLimits {
    std::size_t max_entries;
    std::size_t max_absent_keys;
    std::size_t lease_buckets;
    MemoryBudget* memory;
};

// What gives way first when memory runs short. An absent key that needs room takes it from other
// absent keys, so that a flood of lookups in vain does not wash the values out.
enum class FirstOut { values, absent_keys };

// A part of the store: one lock over one table, the order of eviction, the expiries and the leases.
// Lease check and insert, and drop and void, each happen under that lock at once, which is what
// makes a lease worth anything. What is dropped is freed after the lock is.
//
// Threads: any. Calls never take another shard's lock.
class alignas(128) Shard {
  public:
    explicit Shard(const ShardLimits& limits);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    // See ShardedStore for these.
    template <class OnHit>
    Lookup find(const Wanted& wanted, OnHit&& on_hit);
    template <class OpenLease>
    Joined join(const Wanted& wanted, Waiter& waiter, OpenLease&& open);
    Landed land(Lease& lease, const EntryRef& entry, TimePoint now);
    void invalidate(Hash hash);
    void invalidate_all();

    // Evicts until the memory of all shards is within its budget, or this shard is empty.
    void make_room(TimePoint now, FirstOut first_out);

    void add_to(Stats& stats) const;

  private:
    // How memory is to be made: spared is the entry that it is made for.
    struct Need {
        TimePoint now;
        FirstOut first_out;
        const Entry* spared;
    };

    Entry* find_live(const Wanted& wanted, Released& released);
    Lru& order_of(const Entry& entry) noexcept { return entry.is_absent() ? absent_ : values_; }

    bool fits(const Entry& entry) const noexcept;
    void keep(Entry& entry, TimePoint now, Released& released);
    std::size_t make_place(const Entry& entry, TimePoint now, Released& released);
    void reduce_memory(const Need& need, Released& released);
    Entry* next_to_go(const Need& need) noexcept;
    std::size_t remove(Entry& entry, Released& released) noexcept;
    std::size_t expire(Entry& entry, Released& released) noexcept;

    mutable std::mutex lock_;
    Table table_;
    Lru values_;
    Counters counters_;
    Lru absent_;
    ExpiryWheel wheel_;
    LeaseTable leases_;
    const ShardLimits limits_;
    MemoryBudget& memory_;
};

template <class OnHit>
Lookup Shard::find(const Wanted& wanted, OnHit&& on_hit) {
    Released released;
    const std::lock_guard guard(lock_);

    Entry* const entry = find_live(wanted, released);
    if (entry == nullptr) {
        ++counters_.misses;
        return Lookup::miss;
    }
    if (entry->is_absent()) {
        absent_.touch(*entry);
        ++counters_.absent_hits;
        return Lookup::absent;
    }
    values_.touch(*entry);
    ++counters_.hits;
    std::forward<OnHit>(on_hit)(std::as_const(*entry));
    return Lookup::hit;
}

template <class OpenLease>
Joined Shard::join(const Wanted& wanted, Waiter& waiter, OpenLease&& open) {
    using Kind = Joined::Kind;
    Released released;
    const std::lock_guard guard(lock_);

    if (Entry* const entry = find_live(wanted, released)) {
        order_of(*entry).touch(*entry);
        return {entry->is_absent() ? Kind::absent : Kind::hit, EntryRef::share(*entry)};
    }
    Lease* const other = leases_.find(wanted.hash);
    if (other != nullptr && other->key() == wanted.key) {
        other->add(waiter);
        return {Kind::joined, {}, other->owner()};
    }
    Lease& lease = std::forward<OpenLease>(open)();
    lease.add(waiter);
    // Two keys of one hash: the second does without. Its answer reaches who waits and is not kept.
    if (other == nullptr) leases_.open(lease);
    return {Kind::leads, {}, lease.owner()};
}

inline Entry* Shard::find_live(const Wanted& wanted, Released& released) {
    Entry* const entry = table_.find(wanted.key, wanted.hash);
    if (entry != nullptr && entry->expires_at() <= wanted.now) [[unlikely]] {
        memory_.refund(expire(*entry, released));
        return nullptr;
    }
    return entry;
}

}  // namespace nearcache::store
