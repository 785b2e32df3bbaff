#include "cache/store/life_span.hpp"

#include <chrono>
#include <cstdint>
#include <random>

#include <doctest/doctest.h>

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;

constexpr TimePoint zero{};
constexpr Milliseconds exact_below{1 << 19};

TimePoint floored(TimePoint time) { return std::chrono::floor<Milliseconds>(time); }

// Any length up to 2^bits nanoseconds, each order of magnitude as likely as the others.
Duration any_length(std::mt19937_64& random, unsigned bits) {
    return Duration(static_cast<Duration::rep>(random() >> (64 - bits + random() % bits)));
}

}  // namespace

TEST_CASE("whole milliseconds come back as they were") {
    for (const Milliseconds lifetime : {0ms, 1ms, 999ms, 60'000ms, exact_below - 1ms}) {
        const LifeSpan life(zero + 1h, zero + 1h + lifetime);

        CHECK(life.stored_at() == zero + 1h);
        CHECK(life.expires_at() == zero + 1h + lifetime);
    }
}

TEST_CASE("parts of a millisecond are rounded down") {
    const LifeSpan life(zero + 5ms + 999'999ns, zero + 9ms + 1ns);

    CHECK(life.stored_at() == zero + 5ms);
    CHECK(life.expires_at() == zero + 9ms);
}

TEST_CASE("a time before the clock's zero is rounded down too") {
    const LifeSpan life(zero - 1ns, zero + 1min);

    CHECK(life.stored_at() == zero - 1ms);
    CHECK(life.expires_at() == zero + 1min);
}

TEST_CASE("a life ends in time at every boundary of its size") {
    for (unsigned bit = 0; bit < 43; ++bit) {
        for (const auto off : {-1ms, 0ms, 1ms}) {
            const Milliseconds lifetime = Milliseconds(std::int64_t{1} << bit) + off;
            const TimePoint wanted = zero + lifetime;
            const LifeSpan life(zero, wanted);

            REQUIRE(life.stored_at() == zero);
            REQUIRE(life.expires_at() <= wanted);
            REQUIRE(wanted - life.expires_at() <= lifetime / (1 << 18));
            if (lifetime < exact_below) REQUIRE(life.expires_at() == wanted);
        }
    }
}

TEST_CASE("any life is told to the millisecond or to 1/2^18, and never too long") {
    std::mt19937_64 random(1);
    for (int i = 0; i < 200'000; ++i) {
        // Up to 17 years on both sides of zero, and lives of up to 146 years.
        const Duration offset = any_length(random, 58);
        const TimePoint stored_at = random() % 2 == 0 ? zero + offset : zero - offset;
        const Duration lifetime = any_length(random, 62);
        const TimePoint expires_at = stored_at + lifetime;
        const LifeSpan life(stored_at, expires_at);

        REQUIRE(life.stored_at() == floored(stored_at));
        REQUIRE(life.expires_at() <= expires_at);
        REQUIRE(floored(expires_at) - life.expires_at() <= (lifetime + 1ms) / (1 << 18));
        if (lifetime + 1ms < exact_below) REQUIRE(life.expires_at() == floored(expires_at));
    }
}

TEST_CASE("what expires before it is stored has expired") {
    const LifeSpan life(zero + 2h, zero + 1h);

    CHECK(life.expires_at() == zero + 1h);
    CHECK(life.stored_at() <= zero + 1h);
}

TEST_CASE("what never expires lives for centuries") {
    const LifeSpan life(zero + 1h, TimePoint::max());

    CHECK(life.stored_at() == zero + 1h);
    CHECK(life.expires_at() > zero + std::chrono::years(290));
}

TEST_CASE("times at the ends of the clock's range stay on the safe side") {
    const auto years_17 = std::chrono::years(17);

    const LifeSpan from_ever(TimePoint::min(), zero + 1h);
    CHECK(from_ever.stored_at() < zero - years_17);
    CHECK(from_ever.expires_at() <= zero + 1h);
    CHECK(from_ever.expires_at() > zero - 1h);

    const LifeSpan late(TimePoint::max() - 1h, TimePoint::max());
    CHECK(late.stored_at() > zero + years_17);
    CHECK(late.expires_at() <= TimePoint::max());

    const LifeSpan never(TimePoint::min(), TimePoint::min());
    CHECK(never.expires_at() == never.stored_at());
    CHECK(never.expires_at() < zero - years_17);
}

}  // namespace nearcache::store
