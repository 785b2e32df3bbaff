#include "cache/store/freshness.hpp"

#include <chrono>
#include <set>

#include <doctest/doctest.h>

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint noon{12h};

}  // namespace

TEST_CASE("nothing is fresh before the first epoch") {
    const Freshness freshness;

    CHECK(freshness.view().epoch() == 0);
    for (int epoch = 0; epoch < 256; ++epoch) {
        CHECK_FALSE(freshness.view().covers(static_cast<Epoch>(epoch), noon));
    }
}

TEST_CASE("an epoch covers what was fetched in it until its proof is over") {
    Freshness freshness;
    freshness.begin(noon);
    const Epoch epoch = freshness.view().epoch();

    CHECK(freshness.view().covers(epoch, noon - 1ns));
    CHECK_FALSE(freshness.view().covers(epoch, noon));
    freshness.extend(noon + 1s);
    CHECK(freshness.view().covers(epoch, noon));
    CHECK_FALSE(freshness.view().covers(static_cast<Epoch>(epoch + 1), noon));
}

TEST_CASE("an epoch that has ended covers nothing, and neither does the next") {
    Freshness freshness;
    freshness.begin(TimePoint::max());
    const Epoch before = freshness.view().epoch();

    freshness.end();
    CHECK(freshness.view().epoch() == 0);
    CHECK_FALSE(freshness.view().covers(before, noon));
    CHECK_FALSE(freshness.view().covers(0, noon));
    freshness.begin(TimePoint::max());

    CHECK_FALSE(freshness.view().covers(before, noon));
}

TEST_CASE("an epoch's number comes again only after all others, and it says so") {
    Freshness freshness;
    std::set<Epoch> seen;
    while (!freshness.starts_over()) {
        freshness.begin(noon);
        REQUIRE(seen.insert(freshness.view().epoch()).second);
        freshness.end();
    }

    CHECK(seen.size() == 254);
    CHECK_FALSE(seen.contains(Epoch{0}));
    CHECK_FALSE(seen.contains(Freshness::invalidated));
    freshness.begin(noon);
    CHECK(seen.contains(freshness.view().epoch()));
    CHECK_FALSE(freshness.starts_over());
}

TEST_CASE("a period is told from all others, whatever the numbers of the epochs are") {
    Freshness freshness;
    std::set<Period> seen{freshness.view().period};

    for (int i = 0; i < 1'000; ++i) {
        freshness.begin(noon);
        REQUIRE(seen.insert(freshness.view().period).second);
        freshness.end();
        REQUIRE(seen.insert(freshness.view().period).second);
    }

    CHECK(seen.size() == 2'001);
}

}  // namespace nearcache::store
