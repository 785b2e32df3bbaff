#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace nearcache::tests {

// A clock that stands still until a test turns it.
//
// Threads: any.
class ManualClock final : public Clock {
  public:
    TimePoint now() const noexcept override { return TimePoint(elapsed_.load()); }

    void advance(Duration by) { elapsed_.store(elapsed_.load() + by); }

  private:
    // Not at zero: what mistakes an unset time for a real one should be seen.
    std::atomic<Duration> elapsed_{std::chrono::hours(1000)};
};

}  // namespace nearcache::tests
