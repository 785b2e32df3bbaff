#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "base/clock.hpp"
#include "cache/store/entry.hpp"
#include "cache/store/retentions.hpp"

namespace nearcache::store {

// Finds the entries whose time has come, at a constant cost for each: a hierarchical timing wheel.
// An entry's time is when it is of no use to anyone any more, which may be long after its expiry.
//
// Each level has 64 slots, and a slot of a level is as wide as 64 of the level below; the lowest is
// one tick of the clock. An entry waits in the finest slot that its distance allows. When a slot's
// time has begun but not passed, its entries move down to narrower slots, which tells the expired
// from the live without ever looking at the same slot twice. So the answer is exact at any time.
//
// Threads: guarded by the shard's lock.
class ExpiryWheel {
  public:
    // The retentions must outlive it.
    explicit ExpiryWheel(const Retentions& retentions)
        : retentions_(retentions), slots_(std::make_unique<Slots>()) {}

    void add(Entry& entry, TimePoint now) noexcept;
    void erase(Entry& entry) noexcept;
    // An entry whose leave time is not after now, and none only if there is none. It stays in the
    // wheel.
    Entry* find_expired(TimePoint now) noexcept;
    // Forgets all entries without a look at them.
    void clear() noexcept;

  private:
    // Clock ticks from the beginning of the clock's range, so that all are unsigned.
    using Tick = std::uint64_t;

    static constexpr unsigned slot_bits = 6;
    static constexpr std::size_t slot_count = std::size_t{1} << slot_bits;
    static constexpr std::size_t level_count = (64 + slot_bits - 1) / slot_bits;
    static constexpr Tick never = std::numeric_limits<Tick>::max();

    using Slots = std::array<ExpiryLinks, level_count * slot_count>;

    // A slot that is not empty, and the time that it stands for.
    struct Slot {
        std::size_t level;
        Tick begin;
        Tick last;
    };

    static Tick tick_of(TimePoint time) noexcept {
        return static_cast<Tick>(time.time_since_epoch().count()) ^ (Tick{1} << 63);
    }
    static unsigned shift_of(std::size_t level) noexcept {
        return static_cast<unsigned>(level) * slot_bits;
    }
    ExpiryLinks& links_at(std::size_t level, Tick tick) const noexcept {
        return (*slots_)[level * slot_count + (tick >> shift_of(level)) % slot_count];
    }
    static Entry* first_in(const ExpiryLinks& slot) noexcept {
        return static_cast<Entry*>(static_cast<ExpiryLinks*>(slot.next()));
    }

    void place(Entry& entry) noexcept;
    Slot next_slot(std::size_t level) const noexcept;
    void move_down(const Slot& slot) noexcept;

    const Retentions& retentions_;
    // An entry at a level is in one of the 64 slots after the one that current_ falls into there:
    // no slot holds two turns of the wheel.
    std::unique_ptr<Slots> slots_;
    std::array<std::uint64_t, level_count> occupied_{};
    Tick current_ = 0;
    // No slot begins before this, so until then nothing needs to be looked at.
    Tick earliest_ = never;
};

}  // namespace nearcache::store
