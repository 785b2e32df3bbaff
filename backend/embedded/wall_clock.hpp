#pragma once

#include <chrono>

#include "base/clock.hpp"

namespace nearcache::backend::embedded {

// A point of the calendar in Redis's resolution: what EXPIREAT takes and EXPIRETIME gives.
using Moment = std::chrono::sys_time<std::chrono::milliseconds>;

// The expiry of a key that has none: no key is ever given this one, it has passed.
inline constexpr Moment never = Moment::min();

// The time of day, counted from one reading of the machine's with the monotonic clock: a machine
// whose time of day is corrected neither kills keys nor prolongs their life.
//
// Threads: any.
class WallClock {
  public:
    using TimeOfDay = std::chrono::system_clock::time_point;

    // `time_of_day` is what the calendar says at this moment of `clock`.
    explicit WallClock(const Clock& clock, TimeOfDay time_of_day = std::chrono::system_clock::now())
        : clock_(clock), started_at_(clock.now()), time_of_day_(time_of_day) {}

    std::chrono::sys_time<std::chrono::microseconds> now_in_microseconds() const noexcept {
        using std::chrono::floor, std::chrono::microseconds;
        return floor<microseconds>(time_of_day_ + (clock_.now() - started_at_));
    }

    Moment now() const noexcept {
        return std::chrono::floor<std::chrono::milliseconds>(now_in_microseconds());
    }

  private:
    const Clock& clock_;
    const TimePoint started_at_;
    const TimeOfDay time_of_day_;
};

}  // namespace nearcache::backend::embedded
