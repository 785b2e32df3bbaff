#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/store/sharded_store.hpp"

namespace nearcache::store {

inline constexpr TimePoint start{std::chrono::hours(1)};
inline constexpr Duration long_ttl = std::chrono::hours(24);

// What lists and tables link is the entry itself; outside of a shard only tests do that by hand.
inline Entry& bare(const EntryRef& entry) { return const_cast<Entry&>(*entry); }

// A fetch of one key: its lease, and the first who waits for it.
struct Fetch {
    explicit Fetch(std::string_view key) : Fetch(key, hash_of(key)) {}
    Fetch(std::string_view key, Hash hash) : lease(key, hash, 7) {}

    Joined join(ShardedStore& store, TimePoint now = start) { return join(store, waiter, now); }
    Joined join(ShardedStore& store, Waiter& who, TimePoint now = start) {
        return store.join(lease.key(), lease.hash(), now, who, [&]() -> Lease& { return lease; });
    }
    Landed land(ShardedStore& store, std::string_view value, TimePoint now = start) {
        const TimePoint expires_at = now + long_ttl;
        return store.land(lease, make_entry({lease.key(), lease.hash(), value, expires_at}), now);
    }
    Landed land_absent(ShardedStore& store, TimePoint now = start) {
        const TimePoint expires_at = now + long_ttl;
        return store.land(lease, make_absent_entry(lease.key(), lease.hash(), expires_at), now);
    }

    Lease lease;
    Waiter waiter;
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

// What a GET would be told: the value, "(absent)" or "(miss)".
inline std::string look_up(ShardedStore& store, std::string_view key, TimePoint now = start) {
    std::string value;
    const auto copy = [&](const Entry& entry) { value = entry.value(); };
    switch (store.find(key, hash_of(key), now, copy)) {
        case Lookup::hit:
            return value;
        case Lookup::absent:
            return "(absent)";
        case Lookup::miss:
            break;
    }
    return "(miss)";
}

inline std::vector<const Waiter*> in_line(const Landed& landed) {
    std::vector<const Waiter*> waiters;
    for (const Waiter* waiter = landed.waiters; waiter != nullptr; waiter = waiter->next) {
        waiters.push_back(waiter);
    }
    return waiters;
}

}  // namespace nearcache::store
