#include "base/clock.hpp"

namespace nearcache {

TimePoint SystemClock::now() const noexcept { return std::chrono::steady_clock::now(); }

}  // namespace nearcache
