#pragma once

#include <chrono>

#include "base/clock.hpp"

namespace nearcache::store {

// Sums of times that stop at the ends of the clock's range: times and durations come from clients
// and configurations, and "for ever" is the largest that their type can say.

inline TimePoint later(TimePoint time, std::chrono::milliseconds by) noexcept {
    constexpr auto ticks_per_millisecond = Duration(std::chrono::milliseconds(1)).count();
    Duration::rep ticks = 0;
    if (__builtin_mul_overflow(by.count(), ticks_per_millisecond, &ticks) ||
        __builtin_add_overflow(time.time_since_epoch().count(), ticks, &ticks)) {
        return by.count() < 0 ? TimePoint::min() : TimePoint::max();
    }
    return TimePoint(Duration(ticks));
}

inline TimePoint earlier(TimePoint time, std::chrono::milliseconds by) noexcept {
    return later(time, -by);
}

// Rounded down, so that one tick before a moment is a negative distance from it.
inline std::chrono::milliseconds time_between(TimePoint from, TimePoint to) noexcept {
    Duration::rep ticks = 0;
    if (__builtin_sub_overflow(to.time_since_epoch().count(), from.time_since_epoch().count(),
                               &ticks)) {
        return to < from ? std::chrono::milliseconds::min() : std::chrono::milliseconds::max();
    }
    return std::chrono::floor<std::chrono::milliseconds>(Duration(ticks));
}

}  // namespace nearcache::store
