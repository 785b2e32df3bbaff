#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/store/sharded_store.hpp"

namespace nearcache::store {

inline constexpr TimePoint start{std::chrono::hours(1)};
inline constexpr std::chrono::milliseconds long_ttl = std::chrono::hours(24);

// A store in an epoch that lasts.
struct OpenStore : ShardedStore {
    explicit OpenStore(const Config& config = {}) : ShardedStore(config) {
        begin_epoch(TimePoint::max());
    }
};

// What lists and tables link is the entry itself; outside of a shard only tests do that by hand.
inline Entry& bare(const EntryRef& entry) { return const_cast<Entry&>(*entry); }

// A fetch of one key: its lease, and the first who waits for it.
struct Fetch {
    explicit Fetch(std::string_view key) : Fetch(key, hash_of(key)) {}
    Fetch(std::string_view key, Hash hash) : lease(key, hash, 7) {}

    Joined join(ShardedStore& store, TimePoint now = start) {
        return join(store, Joining{.waiter = &waiter}, now);
    }
    Joined join(ShardedStore& store, Waiter& who, TimePoint now = start) {
        return join(store, Joining{.waiter = &who}, now);
    }
    Joined join(ShardedStore& store, const Joining& joining, TimePoint now = start) {
        return store.join(lease.key(), lease.hash(), now, joining,
                          [&]() -> Lease& { return lease; });
    }
    Landed land(ShardedStore& store, std::string_view value, TimePoint now = start) {
        return store.land(lease, make_entry(answer(value, now)), now);
    }
    Landed land_absent(ShardedStore& store, TimePoint now = start) {
        return store.land(lease, make_absent_entry(answer("", now)), now);
    }
    NewEntry answer(std::string_view value, TimePoint now) const {
        return {.key = lease.key(),
                .hash = lease.hash(),
                .value = value,
                .stored_at = now,
                .expires_at = now + ttl,
                .rule = rule};
    }

    Lease lease;
    Waiter waiter;
    std::chrono::milliseconds ttl = long_ttl;
    std::uint8_t rule = 0;
};

// Whether the value was kept.
inline bool put(ShardedStore& store, std::string_view key, std::string_view value,
                TimePoint now = start) {
    Fetch fetch(key);
    fetch.join(store, now);
    return fetch.land(store, value, now).is_kept;
}

inline bool put_absent(ShardedStore& store, std::string_view key, TimePoint now = start) {
    Fetch fetch(key);
    fetch.join(store, now);
    return fetch.land_absent(store, now).is_kept;
}

inline std::string described(Lookup found, const std::string& value) {
    switch (found) {
        case Lookup::hit:
            return value;
        case Lookup::stale:
            return value + " (stale)";
        case Lookup::absent:
            return "(absent)";
        case Lookup::miss:
            break;
    }
    return "(miss)";
}

// What a GET would be told: the value, "<value> (stale)", "(absent)" or "(miss)".
inline std::string look_up(ShardedStore& store, std::string_view key, TimePoint now = start) {
    std::string value;
    const auto copy = [&](const Entry& entry, Lookup) { value = entry.value(); };
    return described(store.find(key, hash_of(key), now, copy), value);
}

// The same for a GET with demands.
inline std::string look_up(ShardedStore& store, std::string_view key, TimePoint now,
                           const Demand& demand) {
    std::string value;
    const auto copy = [&](const Entry& entry, Lookup) { value = entry.value(); };
    return described(store.find(key, hash_of(key), now, demand, copy), value);
}

inline std::vector<const Waiter*> in_line(const Landed& landed) {
    std::vector<const Waiter*> waiters;
    for (const Waiter* waiter = landed.waiters; waiter != nullptr; waiter = waiter->next) {
        waiters.push_back(waiter);
    }
    return waiters;
}

}  // namespace nearcache::store
