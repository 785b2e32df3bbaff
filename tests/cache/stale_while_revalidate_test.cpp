#include <string>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using Joined = CacheService::Joined;

// Fresh for 10 seconds, and stale for 60 more.
const Rule rule{.prefix = "", .ttl = 10s, .stale_while_revalidate = 60s};

struct Bench : ServiceBench {
    Bench() : ServiceBench(config_with(rule)) { cache("k", "v"); }
};

TEST_CASE("without a rule nothing is served once its time is up") {
    ServiceBench bench;
    bench.cache("k", "v");

    bench.clock.advance(60s);

    CHECK(bench.look_up() == "(miss)");
}

TEST_CASE("what is over is served in its window and marked, and not after it") {
    Bench bench;

    bench.clock.advance(10s - 1ms);
    CHECK(bench.look_up() == "v");
    bench.clock.advance(1ms);
    CHECK(bench.look_up() == "(stale) v");
    bench.clock.advance(60s - 1ms);
    CHECK(bench.look_up() == "(stale) v");
    bench.clock.advance(1ms);
    CHECK(bench.look_up() == "(miss)");

    CHECK(bench.service.stats().stale_hits == 2);
    CHECK(bench.service.stats().hits == 2);
}

TEST_CASE("however many are served, one fetches anew") {
    Bench bench;
    bench.clock.advance(10s);

    for (net::LaneId i = 0; i < 10; ++i) {
        CHECK(bench.look_up() == "(stale) v");
        bench.refresh("k", i % 2);
    }
    CHECK(bench.backend.gets() == 2);
    CHECK(bench.service.counters().refreshes == 1);
    bench.backend.answer(0, "k", "new");

    CHECK(bench.look_up() == "new");
    bench.refresh();
    CHECK(bench.backend.gets() == 2);
}

TEST_CASE("a refresh goes out on the lane of who asked for it") {
    Bench bench;
    bench.clock.advance(10s);

    bench.refresh("k", 1);
    bench.backend.answer(1, "k", "new");

    CHECK(bench.look_up() == "new");
}

TEST_CASE("a refresh that fails leaves the value, and the next reader has it tried again") {
    Bench bench;
    bench.clock.advance(10s);
    bench.refresh();

    bench.backend.fail(0, Errc::backend_timeout);
    CHECK(bench.look_up() == "(stale) v");
    bench.refresh();
    bench.backend.answer_error(0, "k", "LOADING");
    CHECK(bench.look_up() == "(stale) v");
    bench.refresh();
    bench.backend.answer(0, "k", "new");

    CHECK(bench.look_up() == "new");
    CHECK(bench.service.counters().refreshes == 3);
}

TEST_CASE("a refresh that finds the key gone has it known as absent") {
    Bench bench;
    bench.clock.advance(10s);
    bench.refresh();

    bench.backend.answer_absent(0, "k");

    CHECK(bench.look_up() == "(absent)");
}

TEST_CASE("who must wait joins the refresh that is out") {
    Bench bench;
    bench.clock.advance(10s);
    bench.refresh();
    Directives not_too_old;
    not_too_old.max_age = 5s;
    Asker asker(1);

    CHECK(bench.look_up(not_too_old) == "(miss)");
    CHECK(bench.load(asker, not_too_old) == Joined::another_route);
    bench.backend.answer(0, "k", "new");
    bench.lanes.run(1);

    CHECK(asker.said == "new");
    CHECK(bench.service.counters().refreshes == 1);
}

TEST_CASE("the knowledge that a key is absent is not served when it is over") {
    ServiceBench bench(config_with(rule));
    bench.cache_absence("k");

    bench.clock.advance(5s);

    CHECK(bench.look_up() == "(miss)");
}

// Room for two: the third key pushes out whichever was used least recently.
TEST_CASE("a refresh does not move an entry in the order of eviction, a fetch does") {
    for (const bool is_refresh : {true, false}) {
        CAPTURE(is_refresh);
        auto config = config_with(rule);
        config.store.max_entries = 2;
        ServiceBench bench(config);
        bench.cache("older", "1");
        bench.cache("newer", "2");
        bench.clock.advance(10s);

        Asker asker(0);
        is_refresh ? bench.refresh("older") : static_cast<void>(bench.load(asker, "older"));
        bench.backend.answer(0, "older", "3");
        bench.cache("third", "4");

        CHECK(bench.look_up("older") == (is_refresh ? "(miss)" : "3"));
        CHECK(bench.look_up("newer") == (is_refresh ? "(stale) 2" : "(miss)"));
    }
}

TEST_CASE("what was written or told to have changed is never served, whatever the rule") {
    auto generous = rule;
    generous.stale_if_error = 60s;
    generous.stale_after_invalidation = true;
    for (const bool is_over : {true, false}) {
        CAPTURE(is_over);
        TrackedBench bench(config_with(generous));
        bench.cache("told", "v");
        bench.cache("written", "v");
        Write write(bench);
        if (is_over) bench.advance_proven(10s);

        bench.change({"told"});
        write.send(0, {"written"});

        CHECK(bench.look_up("told") == "(miss)");
        CHECK(bench.look_up("written") == "(miss)");
        bench.backend.reply(0, "+OK\r\n");
    }
}

TEST_CASE("a value whose channel was lost is served while it is fetched anew") {
    TrackedBench bench(config_with(rule));
    bench.cache("k", "v");

    bench.lose();
    CHECK(bench.look_up() == "(stale) v");
    bench.arm();
    CHECK(bench.look_up() == "(stale) v");
    bench.refresh();
    bench.backend.answer(0, "k", "new");

    CHECK(bench.look_up() == "new");
}

TEST_CASE("a value whose channel is not proven any more is served while it is fetched anew") {
    TrackedBench bench(config_with(rule));
    bench.cache("k", "v");

    bench.clock.advance(3s);
    CHECK(bench.look_up() == "(stale) v");
    bench.refresh();
    bench.backend.answer(0, "k", "new");

    CHECK(bench.look_up() == "(stale) new");
    bench.prove();
    CHECK(bench.look_up() == "new");
}

TEST_CASE("an invalidation meets a refresh like any other fetch") {
    TrackedBench bench(config_with(rule));
    bench.cache("k", "v");
    bench.advance_proven(10s);
    bench.refresh();

    bench.change({"k"});
    bench.backend.answer(0, "k", "old");

    CHECK(bench.look_up() == "(miss)");
}

}  // namespace
}  // namespace nearcache::cache
