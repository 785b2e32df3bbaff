#include "cache/single_flight.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/asker.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/support/lanes.hpp"
#include "tests/support/manual_clock.hpp"

namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using backend::GetReply;
using Told = std::vector<const Asker*>;

constexpr std::size_t max_value_bytes = 10;

Config small_config() {
    Config config;
    config.store.max_entries = 100;
    config.max_value_bytes = max_value_bytes;
    return config;
}

// A store and three lanes run by hand; the test itself answers.
struct Bench {
    explicit Bench(const Config& with = small_config()) : config(with) { invalidator.begin(true); }

    const Config config;
    tests::ManualClock clock;
    tests::Lanes lanes{3};
    tests::FakeBackend backend;
    Rules rules{config};
    store::ShardedStore store{config.store};
    Databases databases{0};
    Invalidator invalidator{{store, databases, clock}, config.coherence};
    FlightDeck deck{store, lanes.threads(), backend, clock, rules, invalidator};

    // The flight that this request opened, or null when it joined another.
    Flight* ask(LoadWaiter& waiter, std::string_view text = "k") {
        const Key key(text);
        const Flight::Opening opening{text, key.hash, waiter.route(), clock.now()};
        return Flight::board(deck, opening, {.waiter = &waiter}).opened;
    }

    Flight& open(LoadWaiter& waiter, std::string_view text = "k") {
        Flight* const opened = ask(waiter, text);
        REQUIRE(opened != nullptr);
        return *opened;
    }

    std::string look_up(std::string_view text = "k") {
        std::string value;
        const auto copy = [&](const store::Entry& entry, store::Lookup) { value = entry.value(); };
        switch (store.find(text, store::hash_of(text), clock.now(), copy)) {
            case store::Lookup::hit:
                return value;
            case store::Lookup::absent:
                return "(absent)";
            case store::Lookup::stale:
            case store::Lookup::miss:
                break;
        }
        return "(miss)";
    }

    void change(std::string_view text = "k") {
        store.invalidate(store::hash_of(text), store::Cause::invalidation, clock.now());
    }

    void advance_to_last_moment_of(Duration life) { clock.advance(life - 1ms); }
};

GetReply value(std::string_view bytes, std::optional<std::chrono::milliseconds> remaining = {}) {
    return {GetReply::Kind::value, bytes, remaining, true};
}
GetReply absent() { return {GetReply::Kind::absent, {}, {}, true}; }
GetReply error(std::string_view line) { return {GetReply::Kind::error, line, {}, true}; }

TEST_CASE("a hundred who ask for one key share one flight and are told in the order they came") {
    Bench bench;
    Told order;
    std::deque<Asker> askers;
    for (int i = 0; i < 100; ++i) askers.emplace_back(0, &order);
    std::vector<Flight*> opened;

    for (auto& asker : askers) {
        if (auto* flight = bench.ask(asker)) opened.push_back(flight);
    }
    REQUIRE(opened.size() == 1);
    opened.front()->on_reply(value("v"));

    CHECK(std::ranges::all_of(askers, [](const Asker& asker) {
        return asker.times_told == 1 && asker.said == "v" && asker.is_kept;
    }));
    CHECK(std::ranges::equal(order, askers, {}, {}, [](const Asker& asker) { return &asker; }));
}

TEST_CASE("those who wait share the bytes of one entry with the store") {
    Bench bench;
    Asker first(0), second(0);

    auto& flight = bench.open(first);
    bench.ask(second);
    flight.on_reply(value("v"));

    CHECK(first.entry.get() == second.entry.get());
    CHECK(bench.look_up() == "v");
}

TEST_CASE("who waits on another lane is told on that lane") {
    Bench bench;
    Asker opener(1), same_lane(1), on_0(0), on_2(2);
    auto& flight = bench.open(opener);
    for (auto* asker : {&on_2, &same_lane, &on_0}) CHECK(bench.ask(*asker) == nullptr);

    flight.on_reply(value("v"));

    CHECK(opener.said == "v");
    CHECK(same_lane.said == "v");
    CHECK_FALSE(on_0.is_told());
    CHECK_FALSE(on_2.is_told());
    CHECK(bench.lanes.run(1) == 0);

    CHECK(bench.lanes.run(2) == 1);
    CHECK(on_2.said == "v");
    CHECK_FALSE(on_0.is_told());

    CHECK(bench.lanes.run(0) == 1);
    CHECK(on_0.said == "v");
}

TEST_CASE("the waiters of two lanes keep the order of their own lane") {
    Bench bench;
    Told order;
    std::deque<Asker> askers;
    for (net::LaneId i = 0; i < 6; ++i) askers.emplace_back(i % 2, &order);
    auto& flight = bench.open(askers[0]);
    for (std::size_t i = 1; i < 6; ++i) bench.ask(askers[i]);

    flight.on_reply(value("v"));
    bench.lanes.run(1);

    CHECK(order == Told{&askers[0], &askers[2], &askers[4], &askers[1], &askers[3], &askers[5]});
}

TEST_CASE("an answer outlives the flight and the entry until the last lane has heard it") {
    Bench bench;
    Asker opener(0), elsewhere(1);
    auto& flight = bench.open(opener);
    bench.ask(elsewhere);

    flight.on_reply(value("v"));
    opener.entry = {};
    bench.store.invalidate_all(store::Cause::flush);
    bench.lanes.run(1);

    CHECK(elsewhere.said == "v");
    CHECK(elsewhere.entry->value() == "v");
}

// A client that is gone keeps what it waits for only until it is told.
struct Leaver final : LoadWaiter {
    using LoadWaiter::LoadWaiter;
    virtual ~Leaver() = default;
    void on_loaded(const LoadOutcome&) override { delete this; }
};

TEST_CASE("a waiter may be gone once it is told") {
    Bench bench;
    Asker last(0);
    auto& flight = bench.open(*new Leaver(backend::Route{.lane = 0}));
    bench.ask(*new Leaver(backend::Route{.lane = 0}));
    bench.ask(*new Leaver(backend::Route{.lane = 1}));
    bench.ask(last);

    flight.on_reply(value("v"));
    bench.lanes.run(1);

    CHECK(last.said == "v");
    CHECK(bench.look_up() == "v");
}

TEST_CASE("a failure reaches all who wait, on every lane, and keeps nothing") {
    Bench bench;
    Asker here(0), also_here(0), elsewhere(1);
    auto& flight = bench.open(here);
    bench.ask(also_here);
    bench.ask(elsewhere);

    flight.on_failure(Errc::backend_timeout);
    bench.lanes.run(1);

    for (const auto* asker : {&here, &also_here, &elsewhere}) {
        CHECK(asker->said == "(failure) backend timed out");
        CHECK_FALSE(asker->is_kept);
        CHECK_FALSE(asker->entry);
    }
    CHECK(bench.look_up() == "(miss)");
}

TEST_CASE("an error line of the backend is told and not kept") {
    Bench bench;
    Asker asker(0);

    bench.open(asker).on_reply(error("WRONGTYPE not a string"));

    CHECK(asker.said == "(error) WRONGTYPE not a string");
    CHECK_FALSE(asker.is_kept);
    CHECK(bench.look_up() == "(miss)");
}

TEST_CASE("after a failure the next request opens a flight of its own") {
    Bench bench;
    Asker unlucky(0), next(0);
    bench.open(unlucky).on_failure(Errc::backend_unreachable);

    auto& flight = bench.open(next);
    flight.on_reply(value("v"));

    CHECK(unlucky.times_told == 1);
    CHECK(next.said == "v");
}

TEST_CASE("an absent key is kept for the time of absent keys") {
    Bench bench;
    Asker asker(0);

    bench.open(asker).on_reply(absent());
    CHECK(asker.said == "(absent)");
    CHECK(asker.is_kept);

    bench.advance_to_last_moment_of(5s);
    CHECK(bench.look_up() == "(absent)");
    bench.clock.advance(1ms);
    CHECK(bench.look_up() == "(miss)");
}

TEST_CASE("a value lives for the shorter of our time and what the backend left it") {
    struct Row {
        std::optional<std::chrono::milliseconds> remaining;
        std::chrono::milliseconds life;
    };
    for (const Row& row :
         {Row{{}, 60s}, Row{61s, 60s}, Row{60s, 60s}, Row{59s, 59s}, Row{2ms, 2ms}}) {
        CAPTURE(row.life.count());
        Bench bench;
        Asker asker(0);

        bench.open(asker).on_reply(value("v", row.remaining));

        bench.advance_to_last_moment_of(row.life);
        CHECK(bench.look_up() == "v");
        bench.clock.advance(1ms);
        CHECK(bench.look_up() == "(miss)");
    }
}

TEST_CASE("a life is counted from the sending of the question, not from its answer") {
    for (const GetReply& reply : {value("v", 10s), absent()}) {
        const auto life = reply.kind == GetReply::Kind::value ? 10s : 5s;
        Bench bench;
        Asker asker(0);
        auto& flight = bench.open(asker);

        bench.clock.advance(3s);
        flight.on_reply(reply);

        bench.advance_to_last_moment_of(life - 3s);
        CHECK(bench.look_up() != "(miss)");
        bench.clock.advance(1ms);
        CHECK(bench.look_up() == "(miss)");
    }
}

TEST_CASE("a value without any life left is told and not kept") {
    Bench bench;
    Asker at_once(0), on_the_way(0);

    bench.open(at_once).on_reply(value("v", 0ms));
    CHECK(at_once.said == "v");
    CHECK_FALSE(at_once.is_kept);
    CHECK(bench.look_up() == "(miss)");

    auto& flight = bench.open(on_the_way);
    bench.clock.advance(5s);
    flight.on_reply(value("v", 5s));
    CHECK(on_the_way.said == "v");
    CHECK_FALSE(on_the_way.is_kept);
    CHECK(bench.look_up() == "(miss)");
}

TEST_CASE("times of zero keep nothing") {
    auto config = small_config();
    config.ttl = 0ms;
    config.negative_ttl = 0ms;
    Bench bench(config);
    Asker of_value(0), of_absence(0);

    bench.open(of_value).on_reply(value("v"));
    bench.open(of_absence).on_reply(absent());

    CHECK(of_value.said == "v");
    CHECK(of_absence.said == "(absent)");
    CHECK_FALSE(of_value.is_kept);
    CHECK_FALSE(of_absence.is_kept);
    CHECK(bench.look_up() == "(miss)");
}

TEST_CASE("a value that is too large passes and is not kept") {
    const std::string largest(max_value_bytes, 'v'), too_large(max_value_bytes + 1, 'v');
    Bench bench;
    Asker of_largest(0), of_too_large(0);

    bench.open(of_largest, "a").on_reply(value(largest));
    bench.open(of_too_large, "b").on_reply(value(too_large));

    CHECK(of_largest.said == largest);
    CHECK(of_largest.is_kept);
    CHECK(bench.look_up("a") == largest);
    CHECK(of_too_large.said == too_large);
    CHECK_FALSE(of_too_large.is_kept);
    CHECK(bench.look_up("b") == "(miss)");
}

TEST_CASE("a key that is too large passes and is not kept, present or absent") {
    const std::string key(max_value_bytes + 1, 'k');
    Bench bench;
    Asker of_value(0), of_absence(0);

    bench.open(of_value, key).on_reply(value("v"));
    bench.open(of_absence, key).on_reply(absent());

    CHECK(of_value.said == "v");
    CHECK(of_absence.said == "(absent)");
    CHECK(bench.look_up(key) == "(miss)");
}

TEST_CASE("an answer older than an invalidation goes to those who waited, and no further") {
    Bench bench;
    Asker waited(0), elsewhere(1), newcomer(0);
    auto& older = bench.open(waited);
    bench.ask(elsewhere);

    bench.change();
    auto& newer = bench.open(newcomer);
    older.on_reply(value("old"));
    bench.lanes.run(1);

    for (const auto* asker : {&waited, &elsewhere}) {
        CHECK(asker->said == "old");
        CHECK_FALSE(asker->is_kept);
    }
    CHECK_FALSE(newcomer.is_told());
    CHECK(bench.look_up() == "(miss)");

    newer.on_reply(value("new"));
    CHECK(newcomer.said == "new");
    CHECK(bench.look_up() == "new");
}

TEST_CASE("an older flight that lands last does not replace the newer answer") {
    Bench bench;
    Asker waited(1), newcomer(0);
    auto& older = bench.open(waited);
    bench.change();
    auto& newer = bench.open(newcomer);

    newer.on_reply(value("new"));
    older.on_reply(value("old"));

    CHECK(waited.said == "old");
    CHECK(newcomer.said == "new");
    CHECK(bench.look_up() == "new");
}

}  // namespace
}  // namespace nearcache::cache
