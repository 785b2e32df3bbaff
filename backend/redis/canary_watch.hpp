#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace nearcache::backend::redis {

// Whether the change that was made on purpose has come back, or should have by now.
//
// Threads: one at a time.
class CanaryWatch {
  public:
    // A change of that key is awaited from now on.
    void begin(std::string key);
    // It is awaited no longer; a change of the key is still known for one of ours.
    void end() noexcept { is_open_ = false; }

    bool is_open() const noexcept { return is_open_; }
    // None is before begin(): an empty key is somebody else's.
    bool is_ours(std::string_view key) const noexcept { return !key_.empty() && key == key_; }

    // The server said that the key was written.
    void on_written(TimePoint now) noexcept { written_at_ = now; }

    // What was not told although everything before `proven_at` has been: a change is missing only
    // when the channel was proven to be alive since, and had `patience` as well, for somebody in
    // between may be slow. A channel that is silent is another matter.
    bool is_missing(TimePoint proven_at, TimePoint now,
                    std::chrono::milliseconds patience) const noexcept;

  private:
    std::string key_;
    std::optional<TimePoint> written_at_;
    bool is_open_ = false;
};

}  // namespace nearcache::backend::redis
