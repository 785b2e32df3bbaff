#include "backend/redis/heartbeat.hpp"

#include <doctest/doctest.h>

namespace nearcache::backend::redis {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds interval(500);
constexpr milliseconds patience(3000);

TimePoint at(int ms) { return TimePoint{} + std::chrono::hours(1) + milliseconds(ms); }

// With the ping sent at `sent` and its pong at `answered` behind it.
Heartbeat beating(int sent, int answered) {
    Heartbeat heartbeat(interval, patience);
    heartbeat.send(at(sent), "first");
    CHECK_FALSE(heartbeat.on_pong(at(answered)));
    return heartbeat;
}

}  // namespace

TEST_CASE("the first pong proves no change told, only when the answered ping was sent") {
    const auto heartbeat = beating(0, 20);

    CHECK(heartbeat.answered_ping_sent_at() == at(0));
    CHECK_FALSE(heartbeat.is_out());
}

TEST_CASE("a pong proves what was changed before the ping before its own was sent") {
    auto heartbeat = beating(0, 20);

    heartbeat.send(at(500), "second");
    const auto second = heartbeat.on_pong(at(530));
    heartbeat.send(at(1000), "third");
    const auto third = heartbeat.on_pong(at(1010));

    REQUIRE(second);
    CHECK(second->proven_at == at(0));
    CHECK(second->round_trip == milliseconds(30));
    REQUIRE(third);
    CHECK(third->proven_at == at(500));
    CHECK(third->round_trip == milliseconds(10));
}

TEST_CASE("what is proven never goes back behind what the arming ping stood for") {
    auto heartbeat = beating(0, 20);
    const auto armed_at = heartbeat.answered_ping_sent_at();

    heartbeat.send(at(500), "second");
    const auto second = heartbeat.on_pong(at(510));

    REQUIRE(second);
    CHECK(second->proven_at >= armed_at);
}

TEST_CASE("the next ping is due an interval after the last, and not while that is unanswered") {
    auto heartbeat = beating(0, 20);

    CHECK(heartbeat.wakes_at() == at(500));
    CHECK_FALSE(heartbeat.is_due(at(499)));
    CHECK(heartbeat.is_due(at(500)));
    heartbeat.send(at(500), "second");
    CHECK_FALSE(heartbeat.is_due(at(1000)));
    CHECK_FALSE(heartbeat.is_due(at(5000)));
}

TEST_CASE("after a pong that took longer than an interval the next ping is due at once") {
    auto heartbeat = beating(0, 20);

    heartbeat.send(at(500), "second");
    heartbeat.on_pong(at(1700));

    CHECK(heartbeat.is_due(at(1700)));
}

TEST_CASE("a ping is late once it was unanswered for the whole patience, not before") {
    auto heartbeat = beating(0, 20);
    heartbeat.send(at(500), "second");

    CHECK(heartbeat.wakes_at() == at(3500));
    CHECK_FALSE(heartbeat.is_late(at(3499)));
    CHECK(heartbeat.is_late(at(3500)));
    heartbeat.on_pong(at(3499));
    CHECK_FALSE(heartbeat.is_late(at(9000)));
}

TEST_CASE("the token is that of the last ping") {
    auto heartbeat = beating(0, 20);
    CHECK(heartbeat.token() == "first");

    heartbeat.send(at(500), "second");

    CHECK(heartbeat.token() == "second");
    CHECK(heartbeat.is_out());
}

}  // namespace nearcache::backend::redis
