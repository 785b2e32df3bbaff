#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

// What of a fetched answer is kept, for how long, and when it is asked for once more.
namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using backend::GetReply;
using std::chrono::milliseconds;
using Joined = CacheService::Joined;
using Words = std::vector<std::string>;

// The lives of a hundred values, or absences, that were fetched at one moment.
std::vector<milliseconds> lives(const Config& config, bool are_absent = false) {
    ServiceBench bench(config);
    std::vector<milliseconds> lives;
    for (int i = 0; i < 100; ++i) {
        const auto key = "k" + std::to_string(i);
        Asker asker(0);
        bench.load(asker, key);
        are_absent ? bench.backend.answer_absent(0, key) : bench.backend.answer(0, key, "v");
        const auto known = bench.service.explain(Key(key), bench.clock.now());
        for (const auto& [name, value] : known.fields) {
            if (name == "ttl_ms") lives.emplace_back(std::stoll(value));
        }
    }
    return lives;
}

TEST_CASE("an entry knows that its key does not expire only if the backend has said so") {
    struct Case {
        GetReply reply;
        bool is_persistent;
    };
    const milliseconds long_life = 1000h;
    for (const auto& [reply, is_persistent] : {
             Case{{GetReply::Kind::value, "v", {}, true, true}, true},
             Case{{GetReply::Kind::value, "v", {}, true, false}, false},
             Case{{GetReply::Kind::value, "v", long_life, true, true}, false},
         }) {
        ServiceBench bench;
        Asker asker(0);
        bench.load(asker);

        bench.backend.answer_with(0, "k", reply);

        REQUIRE(asker.is_kept);
        CHECK(asker.entry->is_persistent() == is_persistent);
    }
}

TEST_CASE("a question whose connection was lost is asked once more, on its own lane") {
    ServiceBench bench;
    Asker asker(1), joined(1);
    bench.load(asker);
    bench.load(joined);

    bench.backend.fail(1, Errc::backend_connection_lost);
    CHECK_FALSE(asker.is_told());
    CHECK(bench.backend.commands() == Words{"GET k", "GET k"});
    bench.backend.answer(1, "k", "v");

    CHECK(asker.said == "v");
    CHECK(asker.times_told == 1);
    CHECK(joined.said == "v");
    CHECK(bench.look_up() == "v");
}

TEST_CASE("a question whose connection was lost twice has failed") {
    ServiceBench bench;
    Asker asker(0);
    bench.load(asker);

    bench.backend.fail(0, Errc::backend_connection_lost);
    bench.backend.fail(0, Errc::backend_connection_lost);

    CHECK(asker.said == "(failure) backend connection lost");
    CHECK(bench.backend.gets() == 2);
    CHECK(bench.service.stats().open_leases == 0);
}

TEST_CASE("a question that is asked for the first time by the next request has its second chance") {
    ServiceBench bench;
    Asker unlucky(0), next(0);
    bench.load(unlucky);
    bench.backend.fail_all(Errc::backend_connection_lost);

    bench.load(next);
    bench.backend.fail(0, Errc::backend_connection_lost);
    bench.backend.answer(0, "k", "v");

    CHECK(next.said == "v");
}

TEST_CASE("a question that has waited for a second already is not asked again") {
    ServiceBench bench;
    Asker in_time(0), too_late(0);

    bench.load(in_time);
    bench.clock.advance(1s - 1ms);
    bench.backend.fail(0, Errc::backend_connection_lost);
    CHECK_FALSE(in_time.is_told());
    bench.backend.answer_absent(0, "k");

    bench.load(too_late, "other");
    bench.clock.advance(1s);
    bench.backend.fail(0, Errc::backend_connection_lost);
    CHECK(too_late.said == "(failure) backend connection lost");
}

TEST_CASE("no other failure is a reason to ask again") {
    for (const auto why : {Errc::backend_unreachable, Errc::backend_timeout,
                           Errc::backend_protocol_error, Errc::shutting_down}) {
        CAPTURE(describe(why));
        ServiceBench bench;
        Asker asker(0);
        bench.load(asker);

        bench.backend.fail(0, why);

        CHECK(asker.said == "(failure) " + std::string(describe(why)));
        CHECK(bench.backend.gets() == 1);
    }
}

TEST_CASE("a command that may write is never sent twice") {
    ServiceBench bench;
    Write write(bench);
    write.send(0, {"k"});

    bench.backend.fail(0, Errc::backend_connection_lost);

    CHECK(write.ended == "backend connection lost");
    CHECK(bench.backend.commands().size() == 1);
}

TEST_CASE("a life counts from the question that was answered") {
    ServiceBench bench;
    Asker asker(0);
    bench.load(asker);
    bench.clock.advance(500ms);
    bench.backend.fail(0, Errc::backend_connection_lost);
    bench.backend.answer(0, "k", "v");

    bench.clock.advance(60s - 1ms);
    CHECK(bench.look_up() == "v");
    bench.clock.advance(1ms);
    CHECK(bench.look_up() == "(miss)");
}

TEST_CASE("asking again does not bring a lost right to keep the answer back") {
    TrackedBench bench;
    Asker asker(0);
    bench.load(asker);
    bench.change({"k"});

    bench.backend.fail(0, Errc::backend_connection_lost);
    bench.backend.answer(0, "k", "v");

    CHECK(asker.said == "v");
    CHECK_FALSE(asker.is_kept);
}

TEST_CASE("what another server said than the one that tells of changes is not kept") {
    TrackedBench bench;
    bench.backend.set_tracked(false);
    Asker of_value(0), of_absence(0), of_error(0);

    bench.load(of_value);
    bench.backend.answer(0, "k", "v");
    bench.load(of_absence, "none");
    bench.backend.answer_absent(0, "none");
    bench.load(of_error, "list");
    bench.backend.answer_error(0, "list", "WRONGTYPE");

    CHECK(of_value.said == "v");
    CHECK_FALSE(of_value.is_kept);
    CHECK(of_absence.said == "(absent)");
    CHECK_FALSE(of_absence.is_kept);
    CHECK(bench.service.counters().fills_from_elsewhere == 2);

    bench.backend.set_tracked(true);
    bench.cache("k", "v");
    CHECK(bench.service.counters().fills_from_elsewhere == 2);
}

TEST_CASE("where nobody tells of changes it does not matter which server spoke") {
    TrackedBench bench;
    bench.refuse();
    bench.backend.set_tracked(false);

    bench.cache("k", "v");

    CHECK(bench.service.counters().fills_from_elsewhere == 0);
}

TEST_CASE("without jitter all lives are the same") {
    auto config = small_config();
    config.ttl = 100s;

    CHECK(std::ranges::all_of(lives(config), [](auto life) { return life == 100s; }));
}

TEST_CASE("jitter shortens lives, by no more than it says, and not all by the same") {
    auto config = small_config();
    config.ttl = 100s;
    config.negative_ttl = 50s;
    config.ttl_jitter_percent = 20;

    for (const bool are_absent : {false, true}) {
        const auto values = lives(config, are_absent);
        const milliseconds longest = are_absent ? 50s : 100s;
        REQUIRE(values.size() == 100);
        const auto [least, most] = std::ranges::minmax(values);
        CHECK(least >= longest * 8 / 10);
        CHECK(most <= longest);
        CHECK(least < most);
    }
}

TEST_CASE("jitter never makes a life longer than what the backend left of it") {
    auto config = small_config();
    config.ttl = 100s;
    config.ttl_jitter_percent = 20;
    ServiceBench bench(config);
    Asker asker(0);

    bench.load(asker);
    bench.backend.answer(0, "k", "v", 5s);

    CHECK(asker.entry->expires_at() == bench.clock.now() + 5s);
}

TEST_CASE("each prefix has its times, of values and of absences") {
    auto config = small_config();
    config.rules = {{.prefix = "a:", .ttl = 2s, .negative_ttl = 1s}, {.prefix = "b:", .ttl = 3s}};
    ServiceBench bench(config);
    for (const auto key : {"a:v", "b:v", "c:v"}) bench.cache(key, "v");
    for (const auto key : {"a:n", "b:n", "c:n"}) bench.cache_absence(key);
    const auto known = [&bench] {
        std::string keys;
        for (const auto key : {"a:v", "b:v", "c:v", "a:n", "b:n", "c:n"}) {
            if (bench.look_up(key) != "(miss)") keys += std::string(key) + " ";
        }
        return keys;
    };

    bench.clock.advance(1s);
    CHECK(known() == "a:v b:v c:v b:n c:n ");
    bench.clock.advance(1s);
    CHECK(known() == "b:v c:v b:n c:n ");
    bench.clock.advance(1s);
    CHECK(known() == "c:v b:n c:n ");
    bench.clock.advance(2s);
    CHECK(known() == "c:v ");
}

TEST_CASE("what is never to be cached is fetched every time, once for all who ask together") {
    auto config = small_config();
    config.rules = {{.prefix = "live:", .never_cache = true}};
    ServiceBench bench(config);
    Asker first(0), together(0), next(0);

    CHECK(bench.load(first, "live:k") == Joined::opened);
    CHECK(bench.load(together, "live:k") == Joined::same_route);
    bench.backend.answer(0, "live:k", "v");
    CHECK_FALSE(first.is_kept);
    CHECK(together.said == "v");
    CHECK(bench.load(next, "live:k") == Joined::opened);
    bench.backend.answer_absent(0, "live:k");

    CHECK_FALSE(next.is_kept);
    CHECK(bench.look_up("live:k") == "(miss)");
}

TEST_CASE("each prefix has its largest value") {
    auto config = small_config();
    config.rules = {{.prefix = "large:", .max_value_bytes = 1000}};
    ServiceBench bench(config);
    const std::string value(1000, 'v');
    Asker large(0), too_large(0), elsewhere(0);

    bench.load(large, "large:a");
    bench.backend.answer(0, "large:a", value);
    bench.load(too_large, "large:b");
    bench.backend.answer(0, "large:b", value + "v");
    bench.load(elsewhere, "other");
    bench.backend.answer(0, "other", value);

    CHECK(large.is_kept);
    CHECK_FALSE(too_large.is_kept);
    CHECK_FALSE(elsewhere.is_kept);
}

TEST_CASE("an answer that is not kept outdates what is held and says otherwise") {
    Directives anew;
    anew.no_cache = true;
    const std::string too_large(small_config().max_value_bytes + 1, 'x');
    const auto answered = [&](auto&& answer) {
        ServiceBench bench;
        bench.cache("k", "v");
        Asker asker(0);
        bench.clock.advance(1ms);
        bench.load(asker, anew);
        answer(bench.backend);
        return bench.look_up();
    };

    CHECK(answered([&](auto& backend) { backend.answer(0, "k", too_large); }) == "(miss)");
    CHECK(answered([](auto& backend) { backend.answer_error(0, "k", "WRONGTYPE no"); }) ==
          "(miss)");
    CHECK(answered([](auto& backend) { backend.answer(0, "k", "v", milliseconds(0)); }) == "v");
    CHECK(answered([](auto& backend) { backend.answer_error(0, "k", "NOPERM no"); }) == "v");
    CHECK(answered([](auto& backend) { backend.fail(0, Errc::backend_timeout); }) == "v");
}

TEST_CASE("with prefixes of which changes are told only keys below them are kept") {
    auto config = small_config();
    config.coherence.prefixes = {"user:"};
    TrackedBench bench(config);
    Asker told(0), untold(0);

    bench.load(told, "user:1");
    bench.backend.answer(0, "user:1", "v");
    bench.load(untold, "item:1");
    bench.backend.answer(0, "item:1", "v");

    CHECK(told.is_kept);
    CHECK(untold.said == "v");
    CHECK_FALSE(untold.is_kept);
}

TEST_CASE("a key that keeps changing before anyone reads it is not kept for a while") {
    auto config = small_config();
    config.store.write_hot_after = 2;
    config.store.write_hot_pause = 1s;
    TrackedBench bench(config);
    const auto fetch = [&bench] {
        Asker asker(0);
        bench.load(asker);
        bench.backend.answer(0, "k", "v");
        return asker.is_kept;
    };

    for (int i = 0; i < 2; ++i) {
        CHECK(fetch());
        bench.change({"k"});
    }
    CHECK_FALSE(fetch());
    CHECK(bench.service.stats().fills_refused_write_hot == 1);
    bench.clock.advance(1s);

    CHECK(fetch());
}

}  // namespace
}  // namespace nearcache::cache
