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
    // Lookups and failed fetches answered by an entry that was not fresh.
    std::uint64_t stale_hits = 0;
    // Fills that were kept, absent keys included.
    std::uint64_t inserts = 0;
    // Live entries, absent keys included, that gave way to max_entries or max_absent_keys, ...
    std::uint64_t evictions_by_entries = 0;
    // ... and to max_memory_bytes.
    std::uint64_t evictions_by_memory = 0;
    std::uint64_t expirations = 0;
    // Entries that gave way to a newer one of their key.
    std::uint64_t replacements = 0;
    // Entries dropped because their key was, or may have been, changed: see Cause.
    std::uint64_t dropped_by_write = 0;
    std::uint64_t dropped_by_invalidation = 0;
    std::uint64_t dropped_by_flush = 0;
    std::uint64_t dropped_by_epoch = 0;
    // Leases whose fill will not be kept, whatever it brings.
    std::uint64_t leases_voided = 0;
    // Fills that came with something to keep, and were not kept: their lease was void, ...
    std::uint64_t fills_refused_void = 0;
    // ... its epoch was over, or there was none, ...
    std::uint64_t fills_refused_epoch = 0;
    // ... the key was write-hot, ...
    std::uint64_t fills_refused_write_hot = 0;
    // ... or they had expired or were too big.
    std::uint64_t fills_refused_unfit = 0;

    Counters& operator+=(const Counters& other) noexcept {
        hits += other.hits;
        stale_hits += other.stale_hits;
        absent_hits += other.absent_hits;
        misses += other.misses;
        inserts += other.inserts;
        evictions_by_entries += other.evictions_by_entries;
        evictions_by_memory += other.evictions_by_memory;
        expirations += other.expirations;
        replacements += other.replacements;
        dropped_by_write += other.dropped_by_write;
        dropped_by_invalidation += other.dropped_by_invalidation;
        dropped_by_flush += other.dropped_by_flush;
        dropped_by_epoch += other.dropped_by_epoch;
        leases_voided += other.leases_voided;
        fills_refused_void += other.fills_refused_void;
        fills_refused_epoch += other.fills_refused_epoch;
        fills_refused_write_hot += other.fills_refused_write_hot;
        fills_refused_unfit += other.fills_refused_unfit;
        return *this;
    }
};

// The counters of all shards, and what the store holds now. Entries whose time is up and that were
// not met since still count as held.
struct Stats : Counters {
    std::size_t entries = 0;
    std::size_t absent_keys = 0;
    std::size_t memory_bytes = 0;
    std::size_t open_leases = 0;
    // Dropped by whatever cause.
    std::uint64_t invalidations = 0;
};

}  // namespace nearcache::store
