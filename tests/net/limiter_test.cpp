#include "net/limiter.hpp"

#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::net {
namespace {

TEST_CASE("as many permits are given as there are slots, and not one more") {
    Limiter limiter(3);
    std::vector<Limiter::Permit> held;

    while (auto permit = limiter.try_acquire()) held.push_back(std::move(*permit));

    CHECK(held.size() == 3);
    CHECK(limiter.slots() == 3);
    CHECK(limiter.taken() == 3);
}

TEST_CASE("a permit gives its slot back when it goes, once") {
    Limiter limiter(1);
    {
        const auto permit = limiter.try_acquire();
        REQUIRE(permit);
        CHECK_FALSE(limiter.try_acquire());
    }

    CHECK(limiter.taken() == 0);
    CHECK(limiter.try_acquire());
}

TEST_CASE("a permit that is moved holds one slot, not two") {
    Limiter limiter(2);
    auto first = limiter.try_acquire();
    {
        const Limiter::Permit second(std::move(*first));
        first.reset();
        CHECK(limiter.taken() == 1);
    }

    CHECK(limiter.taken() == 0);
}

TEST_CASE("a permit that takes another's place lets both slots go in the end") {
    Limiter one(1), other(1);
    {
        auto permit = one.try_acquire();
        auto taken = other.try_acquire();
        *permit = std::move(*taken);
        CHECK(one.taken() + other.taken() >= 1);
        taken.reset();
        CHECK(one.taken() == 0);
        CHECK(other.taken() == 1);
    }

    CHECK(one.taken() == 0);
    CHECK(other.taken() == 0);
}

TEST_CASE("refusals are counted, permits are not") {
    Limiter limiter(1);
    const auto permit = limiter.try_acquire();

    CHECK(limiter.refusals() == 0);
    CHECK_FALSE(limiter.try_acquire());
    CHECK_FALSE(limiter.try_acquire());

    CHECK(limiter.refusals() == 2);
    CHECK(limiter.taken() == 1);
}

TEST_CASE("a limiter without slots gives nothing") {
    Limiter limiter(0);

    CHECK_FALSE(limiter.try_acquire());
    CHECK(limiter.taken() == 0);
}

}  // namespace
}  // namespace nearcache::net
