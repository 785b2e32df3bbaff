#pragma once

#include <cstddef>
#include <cstdint>

namespace nearcache::store {

enum class PolicyKind { lru };

// Budgets of the memory. Both bounds hold at once.
struct Config {
    // Entries with a value. Up to exact_lru_entries the order of eviction is exact over all keys.
    std::size_t max_entries = 1'000'000;
    // Bytes of keys, values and everything spent on holding them, absent keys included.
    std::size_t max_memory_bytes = 256u * 1024 * 1024;
    // Keys known to be absent; they never count as entries.
    std::size_t max_absent_keys = 100'000;
    PolicyKind policy = PolicyKind::lru;
};

// Up to this capacity there is one shard, and so one LRU order over all keys.
inline constexpr std::size_t exact_lru_entries = 4'096;

}  // namespace nearcache::store
