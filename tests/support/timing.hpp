#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace nearcache::tests {

using std::chrono::milliseconds;
using Moment = std::chrono::steady_clock::time_point;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

// A limit made longer for slow builds: times NEARCACHE_TEST_SLOW (5 under a sanitizer, else 1).
milliseconds patience(milliseconds limit);

// A load made smaller for slow builds: divided by NEARCACHE_TEST_SCALE (10 under a sanitizer, else
// 1), but at least 1.
std::size_t scaled(std::size_t count);

// A moment in the future, to be asked again and again.
//
// Threads: any.
class Deadline {
  public:
    explicit Deadline(milliseconds limit);

    bool has_passed() const { return left() <= milliseconds(0); }
    // What is left, never negative: poll() and its kind take it.
    milliseconds left() const;

  private:
    Moment end_;
};

// Asks until `holds` is true, for patience(limit) at most. The one way in which tests wait.
bool eventually(const std::function<bool()>& holds, milliseconds limit = milliseconds(5000));

// Whole milliseconds since `start`.
milliseconds elapsed_since(Moment start);
inline Moment now() { return std::chrono::steady_clock::now(); }

}  // namespace nearcache::tests
