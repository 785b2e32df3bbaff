#pragma once

#include <chrono>

namespace nearcache::backend::redis {

// Pauses between attempts, doubling from the first to the last, with jitter.
//
// Threads: one at a time.
class Backoff {
  public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds last)
        : first_(first), last_(last) {}

    // Between half and all of what is due, so that many proxies do not come back at the same
    // moment.
    std::chrono::milliseconds next();
    void reset() noexcept { pause_ = std::chrono::milliseconds(0); }

  private:
    const std::chrono::milliseconds first_;
    const std::chrono::milliseconds last_;
    std::chrono::milliseconds pause_{0};
};

}  // namespace nearcache::backend::redis
