#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nearcache::store {

enum class PolicyKind { lru };

// Of what use an entry is after its expiry, by the rule it was stored under.
struct Retention {
    // So long it is served while it is fetched anew, ...
    std::chrono::milliseconds while_revalidate{0};
    // ... and so long when fetching it fails.
    std::chrono::milliseconds if_error{0};
    // When fetching fails: even if it is known to have changed.
    bool after_invalidation = false;

    std::chrono::milliseconds longest() const noexcept {
        return std::max(while_revalidate, if_error);
    }
};

// Budgets of the memory. Both bounds hold at once.
struct Config {
    // Entries with a value. Up to exact_lru_entries the order of eviction is exact over all keys.
    std::size_t max_entries = 1'000'000;
    // Bytes of keys, values and everything spent on holding them, absent keys included.
    std::size_t max_memory_bytes = 256u * 1024 * 1024;
    // Keys known to be absent; they never count as entries.
    std::size_t max_absent_keys = 100'000;
    PolicyKind policy = PolicyKind::lru;
    // By the number of the rule that an entry names; none: nothing is of use after its expiry.
    std::vector<Retention> retentions{};
    // A fetch under way for longer is not joined any more: its answer may be as old as that.
    std::chrono::milliseconds max_join_age = std::chrono::milliseconds::max();
    // A key of which so many entries in a row were invalidated before anyone hit them ...
    std::uint8_t write_hot_after = 4;  // 0: however many
    // ... is not kept for so long.
    std::chrono::milliseconds write_hot_pause{1'000};
};

// Up to this capacity there is one shard, and so one LRU order over all keys.
inline constexpr std::size_t exact_lru_entries = 4'096;

}  // namespace nearcache::store
