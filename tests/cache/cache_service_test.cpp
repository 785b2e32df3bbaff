#include "cache/cache_service.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using Joined = CacheService::Joined;

using Bench = ServiceBench;

TEST_CASE("a hundred concurrent misses of one key cost the backend one get") {
    Bench bench;
    std::deque<Asker> askers;
    for (net::LaneId i = 0; i < 100; ++i) askers.emplace_back(i % 2);

    for (auto& asker : askers) bench.load(asker);
    bench.backend.answer(0, "k", "v");
    bench.lanes.run(1);

    CHECK(bench.backend.gets() == 1);
    CHECK(std::ranges::all_of(
        askers, [](const Asker& asker) { return asker.times_told == 1 && asker.said == "v"; }));
    CHECK(bench.look_up() == "v");
    CHECK(bench.service.stats().open_leases == 0);
}

TEST_CASE("the get of a miss goes out on the lane of who asked first") {
    Bench bench;
    Asker asker(1);

    CHECK(bench.load(asker) == Joined::opened);
    bench.backend.answer(1, "k", "v");

    CHECK(asker.said == "v");
}

TEST_CASE("who joins a flight is told whether it goes its own way") {
    Bench bench;
    Asker opener(0), same_lane(0), another_lane(1), of_another_key(1);

    CHECK(bench.load(opener) == Joined::opened);
    CHECK(bench.load(same_lane) == Joined::same_route);
    CHECK(bench.load(another_lane) == Joined::another_route);
    CHECK(bench.load(of_another_key, "other") == Joined::opened);

    bench.backend.fail_all(Errc::shutting_down);
    bench.lanes.run(1);
}

TEST_CASE("what arrived between find and load is told soon, not from within load") {
    Bench bench;
    bench.cache("k", "v");
    Asker opener(0), of_value(1), of_absence(1);
    bench.load(opener, "none");
    bench.backend.answer_absent(0, "none");

    CHECK(bench.load(of_value) == Joined::answered_already);
    CHECK(bench.load(of_absence, "none") == Joined::answered_already);
    CHECK_FALSE(of_value.is_told());
    CHECK_FALSE(of_absence.is_told());

    bench.lanes.run(0);
    CHECK_FALSE(of_value.is_told());

    bench.lanes.run(1);
    CHECK(of_value.said == "v");
    CHECK(of_value.is_kept);
    CHECK(of_absence.said == "(absent)");
    // MGET takes whatever entry it is told for a value.
    CHECK_FALSE(of_absence.entry);
    CHECK(bench.backend.gets() == 2);
}

TEST_CASE("what was promised stays true when the entry is dropped before it is told") {
    Bench bench;
    bench.cache("k", "v");
    Asker asker(0);

    bench.load(asker);
    Write flush(bench);
    Written everything;
    everything.everything = true;
    flush.send(1, std::move(everything));
    bench.lanes.run(0);

    CHECK(asker.said == "v");
    CHECK(bench.look_up() == "(miss)");
}

TEST_CASE("a key is asked for again after its entry has expired") {
    Bench bench;
    bench.cache("k", "v");
    Asker asker(0);

    bench.clock.advance(60s);
    CHECK(bench.look_up() == "(miss)");
    CHECK(bench.load(asker) == Joined::opened);
    bench.backend.answer(0, "k", "w");

    CHECK(bench.look_up() == "w");
}

TEST_CASE("the limits of the config reach the flights") {
    Bench bench;
    Asker of_value(0), of_absence(0);

    bench.load(of_value);
    bench.backend.answer(0, "k", "eleven long");
    CHECK_FALSE(of_value.is_kept);

    bench.load(of_absence);
    bench.backend.answer_absent(0, "k");
    bench.clock.advance(4999ms);
    CHECK(bench.look_up() == "(absent)");
    bench.clock.advance(1ms);
    CHECK(bench.look_up() == "(miss)");
}

// Whoever opened it: the client may have gone long ago.
TEST_CASE("a flight lands and is kept though its opener does not care any more") {
    struct Indifferent final : LoadWaiter {
        using LoadWaiter::LoadWaiter;
        void on_loaded(const LoadOutcome&) override {}
    };
    Bench bench;
    Indifferent opener(bench.service.home(0));
    Asker joined(1);
    bench.load(opener);
    bench.load(joined);

    bench.backend.answer(0, "k", "v");
    bench.lanes.run(1);

    CHECK(joined.said == "v");
    CHECK(bench.look_up() == "v");
}

TEST_CASE("a forwarded command comes back as it is, once, and not from within forward") {
    Bench bench;
    Write write(bench);

    write.send(1, {"k"});
    CHECK(write.ended.empty());
    bench.backend.reply(1, "$3\r\nold\r\n");

    CHECK(write.ended == "$3\r\nold\r\n");
    CHECK(bench.backend.commands() == std::vector<std::string>{"> SET k new"});
}

TEST_CASE("a write drops what is cached of its keys before it is sent, and nothing else") {
    Bench bench;
    bench.cache("k", "v");
    bench.cache("other", "w");
    Write write(bench);

    write.send(0, {"k"});

    CHECK(bench.look_up() == "(miss)");
    CHECK(bench.look_up("other") == "w");

    bench.backend.reply(0, "+OK\r\n");
    CHECK(bench.look_up("other") == "w");
}

TEST_CASE("a command that writes nothing drops nothing") {
    Bench bench;
    bench.cache("k", "v");
    Write read(bench);

    read.send(0, std::vector<std::string_view>{});
    bench.backend.reply(0, ":1\r\n");

    CHECK(read.known_at_end == "v");
}

TEST_CASE(
    "a write between the opening of a flight and its landing makes the answer unfit to keep") {
    Bench bench;
    Asker waited(1), newcomer(0);
    Write write(bench);

    bench.load(waited);
    write.send(0, {"k"});
    CHECK(bench.load(newcomer) == Joined::opened);
    bench.backend.answer(1, "k", "old");

    CHECK(waited.said == "old");
    CHECK_FALSE(waited.is_kept);
    CHECK_FALSE(newcomer.is_told());
    CHECK(bench.look_up() == "(miss)");

    bench.backend.reply(0, "+OK\r\n");
    bench.backend.answer(0, "k", "new");
    CHECK(newcomer.said == "new");
    CHECK(bench.backend.gets() == 2);
}

TEST_CASE("the reply to a write drops a value that landed after the write was sent") {
    Bench bench;
    Asker asker(1);
    Write write(bench);
    write.send(0, {"k"});
    bench.load(asker);
    bench.backend.answer(1, "k", "old");
    REQUIRE(bench.look_up() == "old");

    bench.backend.reply(0, "+OK\r\n");

    CHECK(write.known_at_end == "(miss)");
}

TEST_CASE("a flight opened while a write is under way is not kept once the write is answered") {
    Bench bench;
    Asker asker(1), newcomer(1);
    Write write(bench);
    write.send(0, {"k"});
    bench.load(asker);

    bench.backend.reply(0, "+OK\r\n");
    CHECK(bench.load(newcomer) == Joined::opened);
    bench.backend.answer(1, "k", "old");

    CHECK(asker.said == "old");
    CHECK_FALSE(asker.is_kept);
    CHECK(bench.look_up() == "(miss)");

    bench.backend.answer(1, "k", "new");
    CHECK(bench.look_up() == "new");
}

TEST_CASE("a write that failed may have taken effect: it drops as an answered one does") {
    Bench bench;
    Asker asker(1);
    Write write(bench);
    write.send(0, {"k"});
    bench.load(asker);
    bench.backend.answer(1, "k", "old");
    REQUIRE(bench.look_up() == "old");

    bench.backend.fail(0, Errc::backend_timeout);

    CHECK(write.ended == "backend timed out");
    CHECK(write.known_at_end == "(miss)");
}

TEST_CASE("a command that may write anything drops everything, twice") {
    Bench bench;
    bench.cache("k", "v");
    bench.cache("other", "w");
    Asker asker(1);
    Write flush(bench);
    Written everything;
    everything.everything = true;

    flush.send(0, std::move(everything));
    CHECK(bench.look_up() == "(miss)");
    CHECK(bench.look_up("other") == "(miss)");

    bench.load(asker);
    bench.backend.answer(1, "k", "old");
    bench.backend.reply(0, "+OK\r\n");
    CHECK(flush.known_at_end == "(miss)");
}

TEST_CASE("a write of several keys drops each of them") {
    Bench bench;
    for (const auto key : {"a", "b", "c", "d", "e", "f"}) bench.cache(key, key);
    Write write(bench);

    write.send(0, {"a", "b", "c", "d", "e"});
    bench.backend.reply(0, ":5\r\n");

    for (const auto key : {"a", "b", "c", "d", "e"}) CHECK(bench.look_up(key) == "(miss)");
    CHECK(bench.look_up("f") == "f");
}

TEST_CASE("whether the backend can be reached is the backend's to say") {
    Bench bench;
    CHECK(bench.service.backend_is_reachable());

    bench.backend.set_reachable(false);

    CHECK_FALSE(bench.service.backend_is_reachable());
}

}  // namespace
}  // namespace nearcache::cache
