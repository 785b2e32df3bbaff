#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "cache/store/entry.hpp"
#include "cache/store/expiry_wheel.hpp"
#include "cache/store/freshness.hpp"
#include "cache/store/inspection.hpp"
#include "cache/store/lease.hpp"
#include "cache/store/lease_table.hpp"
#include "cache/store/lru.hpp"
#include "cache/store/memory.hpp"
#include "cache/store/retentions.hpp"
#include "cache/store/stats.hpp"
#include "cache/store/table.hpp"
#include "cache/store/write_heat.hpp"

namespace nearcache::store {

enum class Lookup { hit, absent, stale, miss };

// What a caller looks for, when, and what tells what is fresh. That is asked under the shard's
// lock: once the shard was emptied after the end of an epoch, nothing more is opened or kept in it.
struct Wanted {
    std::string_view key;
    Hash hash;
    TimePoint now;
    const Freshness& freshness;
};

// What a caller asks of an entry beyond its being fresh, and what it puts up with.
struct Demand {
    std::chrono::milliseconds max_age = std::chrono::milliseconds::max();
    // What must be left of its life.
    std::chrono::milliseconds min_fresh{0};
    // How long after its expiry it still will do. One that only lost the proof of its freshness is
    // within its life, and will do if this is positive; one that was invalidated never does.
    std::chrono::milliseconds max_stale{0};
};

// Why entries are dropped before their time.
enum class Cause {
    write,         // a command through us names the key, or may change all
    invalidation,  // the backend tells that it changed
    flush,         // the backend tells that everything changed
    epoch,         // changes may have been missed
};

// What a shard may hold, and what it shares with the other shards.
struct ShardLimits {
    std::size_t max_entries;
    std::size_t max_absent_keys;
    std::size_t lease_buckets;
    std::chrono::milliseconds max_join_age;
    std::uint8_t write_hot_after;
    std::chrono::milliseconds write_hot_pause;
    const Retentions* retentions;
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

    // ShardedStore says what each of these does.
    template <class OnHit>
    Lookup find(const Wanted& wanted, OnHit&& on_hit) {
        const auto judge = [&](const Entry& entry) { return judged_by_rule(entry, wanted); };
        return look_up(wanted, judge, std::forward<OnHit>(on_hit));
    }
    template <class OnHit>
    Lookup find(const Wanted& wanted, const Demand& demand, OnHit&& on_hit) {
        const auto judge = [&](const Entry& entry) { return judged_by(demand, entry, wanted); };
        return look_up(wanted, judge, std::forward<OnHit>(on_hit));
    }
    template <class OnHit>
    Lookup peek(const Wanted& wanted, OnHit&& on_hit) const;
    template <class OpenLease>
    Joined join(const Wanted& wanted, const Joining& joining, OpenLease&& open);
    Landed land(Lease& lease, const EntryRef& entry, TimePoint now, const Freshness& freshness);
    EntryRef find_if_error(const Wanted& wanted);
    void invalidate(Hash hash, Cause cause, TimePoint now);
    void invalidate_all(Cause cause);
    Inspection inspect(const Wanted& wanted) const;

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

    // A refresh is a fetch that nobody waits for: its entry stays where the one before it was.
    struct Newcomer {
        Entry& entry;
        TimePoint now;
        bool is_refresh;
    };

    static bool is_fresh(const Entry& entry, const Wanted& wanted) noexcept {
        return wanted.freshness.view().covers(entry.epoch_, wanted.now) &&
               wanted.now < entry.expires_at();
    }
    static bool is_invalidated(const Entry& entry) noexcept {
        return entry.epoch_ == Freshness::invalidated;
    }
    static Lookup judged_by(const Demand& demand, const Entry& entry,
                            const Wanted& wanted) noexcept;
    Lookup judged_by_rule(const Entry& entry, const Wanted& wanted) const noexcept {
        if (!is_fresh(entry, wanted)) [[unlikely]]
            return judged_stale(entry, wanted.now);
        return entry.is_absent() ? Lookup::absent : Lookup::hit;
    }
    Lookup judged_stale(const Entry& entry, TimePoint now) const noexcept;
    bool helps_after_error(const Entry& entry, TimePoint now) const noexcept;

    template <class Judge, class OnHit>
    Lookup look_up(const Wanted& wanted, Judge&& judge, OnHit&& on_hit);
    Lru& order_of(const Entry& entry) noexcept { return entry.is_absent() ? absent_ : values_; }
    static void use(Lru& order, Entry& entry) noexcept {
        order.touch(entry);
        if (!entry.was_hit_) entry.was_hit_ = true;
    }

    Joined join_or_miss(const Wanted& wanted, const Joining& joining, Released& released);
    bool may_join(const Lease& lease, const Wanted& wanted, const Joining& joining) const;
    void open(Lease& lease, const Wanted& wanted, const Joining& joining);

    std::size_t budget_of(const Entry& entry) const noexcept {
        return entry.is_absent() ? limits_.max_absent_keys : limits_.max_entries;
    }
    bool fits(const Entry& entry) const noexcept;
    void keep(const Newcomer& newcomer, Released& released);
    std::size_t make_place(Lru& order, std::size_t most, TimePoint now, Released& released);
    void reduce_memory(const Need& need, Released& released);
    Entry* next_to_go(const Need& need) noexcept;

    std::uint64_t& dropped_by(Cause cause) noexcept;
    void change(Entry& entry, Cause cause, TimePoint now, Released& released) noexcept;
    void outdate(const Lease& lease, const Entry& answer, TimePoint now,
                 Released& released) noexcept;
    void drop_if_useless(Entry& entry, const Wanted& wanted, Released& released) noexcept;
    std::size_t remove(Entry& entry, Released& released) noexcept;
    std::size_t expire(Entry& entry, Released& released) noexcept;

    mutable std::mutex lock_;
    Table table_;
    Lru values_;
    Counters counters_;
    Lru absent_;
    const Retentions& retentions_;
    ExpiryWheel wheel_;
    LeaseTable leases_;
    WriteHeat heat_;
    const ShardLimits limits_;
    MemoryBudget& memory_;
};

template <class Judge, class OnHit>
Lookup Shard::look_up(const Wanted& wanted, Judge&& judge, OnHit&& on_hit) {
    Released released;
    const std::lock_guard guard(lock_);

    Entry* const entry = table_.find(wanted.key, wanted.hash);
    const Lookup found = entry == nullptr ? Lookup::miss : judge(std::as_const(*entry));
    switch (found) {
        case Lookup::hit:
            ++counters_.hits;
            break;
        case Lookup::stale:
            ++counters_.stale_hits;
            break;
        case Lookup::absent:
            use(absent_, *entry);
            ++counters_.absent_hits;
            return found;
        case Lookup::miss:
            if (entry != nullptr) drop_if_useless(*entry, wanted, released);
            ++counters_.misses;
            return found;
    }
    use(values_, *entry);
    std::forward<OnHit>(on_hit)(std::as_const(*entry), found);
    return found;
}

template <class OnHit>
Lookup Shard::peek(const Wanted& wanted, OnHit&& on_hit) const {
    const std::lock_guard guard(lock_);
    const Entry* const entry = table_.find(wanted.key, wanted.hash);
    if (entry == nullptr || !is_fresh(*entry, wanted)) return Lookup::miss;
    if (entry->is_absent()) return Lookup::absent;
    std::forward<OnHit>(on_hit)(*entry, Lookup::hit);
    return Lookup::hit;
}

template <class OpenLease>
Joined Shard::join(const Wanted& wanted, const Joining& joining, OpenLease&& open_lease) {
    Released released;
    const std::lock_guard guard(lock_);

    Joined joined = join_or_miss(wanted, joining, released);
    if (joined.kind != Joined::Kind::leads) return joined;
    Lease& lease = std::forward<OpenLease>(open_lease)();
    open(lease, wanted, joining);
    joined.owner = lease.owner();
    return joined;
}

}  // namespace nearcache::store
