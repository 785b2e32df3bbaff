#pragma once

#include <chrono>

namespace nearcache {

// A point of monotonic time. All deadlines and expiries are of this kind.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// The only source of time, so that tests can turn it.
//
// Threads: any.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual TimePoint now() const noexcept = 0;
};

// The machine's monotonic clock.
class SystemClock final : public Clock {
  public:
    TimePoint now() const noexcept override;
};

}  // namespace nearcache
