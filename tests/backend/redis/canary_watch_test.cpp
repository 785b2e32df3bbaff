#include "backend/redis/canary_watch.hpp"

#include <doctest/doctest.h>

namespace nearcache::backend::redis {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience(3000);

TimePoint at(int ms) { return TimePoint{} + std::chrono::hours(1) + milliseconds(ms); }

}  // namespace

TEST_CASE("a canary is missing once the channel has proven itself since it was written") {
    CanaryWatch watch;
    watch.begin("canary");
    watch.on_written(at(0));

    CHECK_FALSE(watch.is_missing(at(-1), at(3500), patience));
    CHECK(watch.is_missing(at(0), at(3500), patience));
}

TEST_CASE("a canary is not missing before the patience is over") {
    CanaryWatch watch;
    watch.begin("canary");
    watch.on_written(at(0));

    CHECK_FALSE(watch.is_missing(at(2000), at(2999), patience));
    CHECK(watch.is_missing(at(2000), at(3000), patience));
}

TEST_CASE("a canary that nobody said was written is not missing") {
    CanaryWatch watch;
    watch.begin("canary");

    CHECK_FALSE(watch.is_missing(at(9000), at(9500), patience));
}

TEST_CASE("a canary that has come is not missing, and is still known for ours") {
    CanaryWatch watch;
    watch.begin("canary");
    watch.on_written(at(0));

    watch.end();

    CHECK_FALSE(watch.is_open());
    CHECK(watch.is_ours("canary"));
    CHECK_FALSE(watch.is_missing(at(9000), at(9500), patience));
}

TEST_CASE("other keys, other canaries among them, are not ours") {
    CanaryWatch watch;
    watch.begin("canary:1");

    CHECK_FALSE(watch.is_ours("canary:2"));
    CHECK_FALSE(watch.is_ours("canary:"));
}

TEST_CASE("the next canary has its own time") {
    CanaryWatch watch;
    watch.begin("canary:1");
    watch.on_written(at(0));

    watch.begin("canary:2");

    CHECK_FALSE(watch.is_missing(at(9000), at(9500), patience));
    CHECK_FALSE(watch.is_ours("canary:1"));
}

TEST_CASE("without a canary the empty key is nobody's canary") {
    const CanaryWatch watch;

    CHECK_FALSE(watch.is_ours(""));
}

}  // namespace nearcache::backend::redis
