#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace nearcache::store {

// When an entry was stored and when it expires, in 8 bytes instead of 16: what is saved keeps an
// entry within a smaller size class of the allocator.
//
// Both are whole milliseconds and err to the safe side: stored_at() is never later than what was
// asked for, and neither is expires_at(). A life below 2^19 ms (8.7 minutes) is exact; of a longer
// one at most 1/2^18 is lost, a second in three days. What is stored more than 17 years before or
// after the clock's zero counts as stored at the nearest time within.
//
// Threads: any; it never changes.
class LifeSpan {
  public:
    LifeSpan(TimePoint stored_at, TimePoint expires_at) noexcept;

    TimePoint stored_at() const noexcept { return point(stored()); }
    TimePoint expires_at() const noexcept {
        return point(stored() + ((packed_ & mantissa_mask) << (packed_ >> mantissa_bits & 31)));
    }

  private:
    using Milliseconds = std::chrono::milliseconds;

    // From the highest bit: 40 of stored_at, counted from the origin; then the lifetime, 5 of
    // exponent and 19 of mantissa.
    static constexpr unsigned mantissa_bits = 19;
    static constexpr unsigned lifetime_bits = mantissa_bits + 5;
    static constexpr unsigned stored_bits = 64 - lifetime_bits;
    static constexpr std::uint64_t mantissa_mask = (std::uint64_t{1} << mantissa_bits) - 1;
    // Some clocks begin before zero.
    static constexpr Milliseconds origin{-(std::int64_t{1} << (stored_bits - 1))};
    static constexpr Milliseconds last{(std::int64_t{1} << (stored_bits - 1)) - 1};

    std::uint64_t stored() const noexcept { return packed_ >> lifetime_bits; }
    static TimePoint point(std::uint64_t since_origin) noexcept {
        return TimePoint(origin + Milliseconds(static_cast<std::int64_t>(since_origin)));
    }

    std::uint64_t packed_;
};

}  // namespace nearcache::store
