#include "cache/store/life_span.hpp"

#include <algorithm>
#include <bit>

namespace nearcache::store {

LifeSpan::LifeSpan(TimePoint stored_at, TimePoint expires_at) noexcept {
    const auto expires =
        std::max(std::chrono::floor<Milliseconds>(expires_at.time_since_epoch()), origin);
    // What expires before it is stored never lives: that it was stored later is of no use.
    const auto stored = std::clamp(std::chrono::floor<Milliseconds>(stored_at.time_since_epoch()),
                                   origin, std::min(expires, last));
    const auto lifetime = static_cast<std::uint64_t>((expires - stored).count());
    const auto width = static_cast<unsigned>(std::bit_width(lifetime));
    const unsigned exponent = width > mantissa_bits ? width - mantissa_bits : 0;
    packed_ = static_cast<std::uint64_t>((stored - origin).count()) << lifetime_bits |
              std::uint64_t{exponent} << mantissa_bits | lifetime >> exponent;
}

}  // namespace nearcache::store
