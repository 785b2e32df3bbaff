#include "cache/store/saturating.hpp"

#include <chrono>

#include <doctest/doctest.h>

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;

constexpr TimePoint noon{12h};

}  // namespace

TEST_CASE("sums within the clock's range are what they are elsewhere") {
    CHECK(later(noon, 5ms) == noon + 5ms);
    CHECK(later(noon, -5ms) == noon - 5ms);
    CHECK(earlier(noon, 5ms) == noon - 5ms);
    CHECK(time_between(noon, noon + 5ms) == 5ms);
    CHECK(time_between(noon + 5ms, noon) == -5ms);
}

TEST_CASE("sums beyond the clock's range stop at its end") {
    CHECK(later(noon, Milliseconds::max()) == TimePoint::max());
    CHECK(later(TimePoint::max(), 1ms) == TimePoint::max());
    CHECK(later(TimePoint::max() - 1ms, 1ms) == TimePoint::max());
    CHECK(earlier(noon, Milliseconds::max()) == TimePoint::min());
    CHECK(earlier(TimePoint::min(), 1ms) == TimePoint::min());
    CHECK(time_between(TimePoint::min(), TimePoint::max()) == Milliseconds::max());
    CHECK(time_between(TimePoint::max(), TimePoint::min()) == Milliseconds::min());
}

TEST_CASE("a tick before a moment is before it in milliseconds too") {
    CHECK(time_between(noon, noon - 1ns) == -1ms);
    CHECK(time_between(noon, noon + 1ns) == 0ms);
}

}  // namespace nearcache::store
