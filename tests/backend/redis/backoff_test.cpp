#include "backend/redis/backoff.hpp"

#include <doctest/doctest.h>

namespace nearcache::backend::redis {

using std::chrono::milliseconds;

TEST_CASE("pauses double from the first to the last, each cut by half at most") {
    Backoff backoff(milliseconds(50), milliseconds(1000));

    for (const int due : {50, 100, 200, 400, 800, 1000, 1000}) {
        const auto pause = backoff.next();
        CHECK(pause >= milliseconds(due / 2));
        CHECK(pause <= milliseconds(due));
    }
}

TEST_CASE("after a success pauses begin with the first again") {
    Backoff backoff(milliseconds(50), milliseconds(1000));
    for (int i = 0; i < 6; ++i) backoff.next();

    backoff.reset();

    CHECK(backoff.next() <= milliseconds(50));
}

}  // namespace nearcache::backend::redis
