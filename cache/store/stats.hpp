#pragma once

#include <cstddef>
#include <cstdint>

namespace nearcache::store {

// What happened in a shard since the start. Guarded by the shard's lock.
struct Counters {
    std::uint64_t hits = 0;
    // Lookups answered by the knowledge that the key is absent.
    std::uint64_t absent_hits = 0;
    std::uint64_t misses = 0;
    // Fills that were kept, absent keys included.
    std::uint64_t inserts = 0;
    // Live entries, absent keys included, that gave way to max_entries or max_absent_keys, ...
    std::uint64_t evictions_by_entries = 0;
    // ... and to max_memory_bytes.
    std::uint64_t evictions_by_memory = 0;
    std::uint64_t expirations = 0;
    // Entries dropped because their key was, or may have been, changed.
    std::uint64_t invalidations = 0;
    std::uint64_t leases_voided = 0;
    // Fills that came with something to keep, and were not kept.
    std::uint64_t fills_refused = 0;

    Counters& operator+=(const Counters& other) noexcept {
        hits += other.hits;
        absent_hits += other.absent_hits;
        misses += other.misses;
        inserts += other.inserts;
        evictions_by_entries += other.evictions_by_entries;
        evictions_by_memory += other.evictions_by_memory;
        expirations += other.expirations;
        invalidations += other.invalidations;
        leases_voided += other.leases_voided;
        fills_refused += other.fills_refused;
        return *this;
    }
};

// The counters of all shards, and what the store holds now. Entries that have expired and were not
// met since still count as held.
struct Stats : Counters {
    std::size_t entries = 0;
    std::size_t absent_keys = 0;
    std::size_t memory_bytes = 0;
    std::size_t open_leases = 0;
};

}  // namespace nearcache::store
