#include <string_view>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using Joined = CacheService::Joined;

// Fresh for 10 seconds, and good for 60 more when there is nothing better.
const Rule rule{.prefix = "", .ttl = 10s, .negative_ttl = 10s, .stale_if_error = 60s};

// Asks for "k" when its value is over; the test says how that ends.
struct Bench : ServiceBench {
    Bench() : ServiceBench(config_with(rule)) {
        cache("k", "v");
        clock.advance(10s);
        REQUIRE(look_up() == "(miss)");
    }
};

Directives max_age(std::chrono::milliseconds age) {
    Directives directives;
    directives.max_age = age;
    return directives;
}

TEST_CASE("without a rule a failure is told as it is") {
    ServiceBench bench;
    bench.cache("k", "v");
    bench.clock.advance(60s);
    Asker asker(0);
    bench.load(asker);

    bench.backend.fail(0, Errc::backend_unreachable);

    CHECK(asker.said == "(failure) backend unreachable");
}

TEST_CASE("when the backend cannot be asked the old value is told and marked") {
    for (const auto why :
         {Errc::backend_unreachable, Errc::backend_connection_lost, Errc::backend_timeout}) {
        CAPTURE(describe(why));
        Bench bench;
        Asker asker(0), elsewhere(1);
        bench.load(asker);
        bench.load(elsewhere);

        bench.backend.fail_all(why);
        bench.lanes.run(1);

        CHECK(asker.said == "(stale) v");
        CHECK(elsewhere.said == "(stale) v");
        CHECK(bench.look_up() == "(miss)");
    }
}

TEST_CASE("when the backend or the proxy answers badly, the old value is no answer") {
    for (const auto why : {Errc::backend_protocol_error, Errc::overloaded, Errc::shutting_down}) {
        CAPTURE(describe(why));
        Bench bench;
        Asker asker(0);
        bench.load(asker);

        bench.backend.fail(0, why);

        CHECK(asker.said == "(failure) " + std::string(describe(why)));
    }
}

TEST_CASE("a server that is not ready counts as one that cannot be asked") {
    for (const std::string_view line :
         {"LOADING Redis is loading the dataset in memory",
          "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
          "LOADING", "MASTERDOWN"}) {
        CAPTURE(line);
        Bench bench;
        Asker asker(0);
        bench.load(asker);

        bench.backend.answer_error(0, "k", line);

        CHECK(asker.said == "(stale) v");
    }
}

TEST_CASE("any other error line is told as it is") {
    for (const std::string_view line :
         {"WRONGTYPE Operation against a key holding the wrong kind of value",
          "NOAUTH Authentication required.", "NOPERM this user has no permissions", "ERR unknown",
          "BUSY Redis is busy", "LOADINGX", "loading", "ERR LOADING", ""}) {
        CAPTURE(line);
        Bench bench;
        Asker asker(0);
        bench.load(asker);

        bench.backend.answer_error(0, "k", line);

        CHECK(asker.said == "(error) " + std::string(line));
    }
}

TEST_CASE("the window ends when it ends") {
    Bench bench;
    Asker in_time(0), too_late(0);

    bench.clock.advance(60s - 1ms);
    bench.load(in_time);
    bench.backend.fail(0, Errc::backend_timeout);
    CHECK(in_time.said == "(stale) v");

    bench.clock.advance(1ms);
    bench.load(too_late);
    bench.backend.fail(0, Errc::backend_timeout);
    CHECK(too_late.said == "(failure) backend timed out");
}

// What counts is when the failure is known, not when the question was asked.
TEST_CASE("a window that ends while the backend is asked has ended") {
    Bench bench;
    Asker asker(0);
    bench.clock.advance(60s - 1ms);
    bench.load(asker);

    bench.clock.advance(1ms);
    bench.backend.fail(0, Errc::backend_timeout);

    CHECK(asker.said == "(failure) backend timed out");
}

TEST_CASE("an answer is better than what is old, be it that the key is gone") {
    Bench bench;
    Asker asker(0), after_it(0);
    bench.load(asker);

    bench.backend.answer_absent(0, "k");
    CHECK(asker.said == "(absent)");
    bench.clock.advance(10s);
    bench.load(after_it);
    bench.backend.fail(0, Errc::backend_timeout);

    CHECK(after_it.said == "(stale) (absent)");
}

TEST_CASE("a key that was never here has nothing old to tell") {
    Bench bench;
    Asker asker(0);
    bench.load(asker, "other");

    bench.backend.fail(0, Errc::backend_timeout);

    CHECK(asker.said == "(failure) backend timed out");
}

TEST_CASE("what is known to have changed is told only where the rule says so") {
    for (const bool after_invalidation : {true, false}) {
        CAPTURE(after_invalidation);
        auto by_rule = rule;
        by_rule.stale_after_invalidation = after_invalidation;
        TrackedBench bench(config_with(by_rule));
        bench.cache("k", "v");
        Asker asker(0);

        bench.change({"k"});
        CHECK(bench.look_up() == "(miss)");
        bench.load(asker);
        bench.backend.fail(0, Errc::backend_timeout);

        CHECK(asker.said == (after_invalidation ? "(stale) v" : "(failure) backend timed out"));
    }
}

TEST_CASE("what was written through us or flushed is never told") {
    auto generous = rule;
    generous.stale_after_invalidation = true;
    TrackedBench bench(config_with(generous));
    bench.cache("written", "v");
    bench.cache("flushed", "v");
    Write write(bench);
    Asker of_written(0), of_flushed(0);

    write.send(0, {"written"});
    bench.backend.reply(0, "+OK\r\n");
    bench.backend.listener().on_everything_changed();
    bench.load(of_written, "written");
    bench.load(of_flushed, "flushed");
    bench.backend.fail_all(Errc::backend_timeout);

    CHECK(of_written.said == "(failure) backend timed out");
    CHECK(of_flushed.said == "(failure) backend timed out");
}

TEST_CASE("what a lost channel left is told when the backend is gone with it") {
    TrackedBench bench(config_with(rule));
    bench.cache("k", "v");
    bench.lose();
    Asker asker(0);
    REQUIRE(bench.look_up() == "(miss)");
    bench.load(asker);

    bench.backend.fail(0, Errc::backend_unreachable);

    CHECK(asker.said == "(stale) v");
}

TEST_CASE("who asked for something fresh gets the error of the flight that others share") {
    Directives no_cache, min_fresh, max_stale;
    no_cache.no_cache = true;
    min_fresh.min_fresh = 1s;
    max_stale.max_stale = 1ms;
    Bench bench;
    bench.clock.advance(1s);
    Asker opener(0), plain(0), young(0), fresh(1), not_too_stale(1), plain_elsewhere(1);

    CHECK(bench.load(opener, no_cache) == Joined::opened);
    CHECK(bench.load(plain) == Joined::same_route);
    CHECK(bench.load(young, max_age(1s)) == Joined::same_route);
    CHECK(bench.load(fresh, min_fresh) == Joined::another_route);
    CHECK(bench.load(not_too_stale, max_stale) == Joined::another_route);
    CHECK(bench.load(plain_elsewhere) == Joined::another_route);
    bench.backend.fail(0, Errc::backend_timeout);
    bench.lanes.run(1);

    for (const auto* asker : {&opener, &young, &fresh, &not_too_stale}) {
        CHECK(asker->said == "(failure) backend timed out");
    }
    CHECK(plain.said == "(stale) v");
    CHECK(plain_elsewhere.said == "(stale) v");
}

TEST_CASE("a waiter that asks again plainly is told the old value again") {
    Bench bench;
    Asker asker(0);

    bench.load(asker, max_age(0ms));
    bench.backend.fail(0, Errc::backend_timeout);
    CHECK(asker.said == "(failure) backend timed out");
    bench.load(asker);
    bench.backend.fail(0, Errc::backend_timeout);

    CHECK(asker.said == "(stale) v");
}

}  // namespace
}  // namespace nearcache::cache
