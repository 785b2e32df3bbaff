#include <atomic>
#include <functional>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

// What may happen in which order between a fetch and a change: every order is forced.
namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using Joined = CacheService::Joined;

// With it entries and leases stay when an epoch ends.
TrackedBench with_stale_rule() {
    return TrackedBench(config_with({.prefix = "", .stale_if_error = 10min}));
}

// Does something at the moment at which it is asked for the time.
struct BusyClock final : Clock {
    TimePoint now() const noexcept override {
        if (meanwhile) std::exchange(meanwhile, {})();
        return TimePoint(1000h);
    }

    mutable std::function<void()> meanwhile;
};

TEST_CASE("invalidation before the reply: who waited gets the answer, and it is not kept") {
    TrackedBench bench;
    Asker waited(0), elsewhere(1);
    bench.load(waited);
    bench.load(elsewhere);

    bench.change({"k"});
    bench.backend.answer(0, "k", "old");
    bench.lanes.run(1);

    for (const auto* asker : {&waited, &elsewhere}) {
        CHECK(asker->said == "old");
        CHECK_FALSE(asker->is_kept);
    }
    CHECK(bench.look_up() == "(miss)");
    CHECK(bench.service.stats().leases_voided == 1);
    CHECK(bench.service.stats().fills_refused_void == 1);
}

// The time is read between the making of the entry and the fill.
TEST_CASE("invalidation between the reply and the fill: the answer is not kept") {
    BusyClock clock;
    tests::Lanes lanes(1);
    tests::FakeBackend backend;
    backend.set_changes_only_here(false);
    CacheService service(lanes.threads(), backend, clock, small_config());
    service.start();
    backend.listener().on_armed({clock.now(), backend::Proof::handshake, ""});
    Asker asker(0);
    const std::string_view changed = "k";
    service.load(Key("k"), clock.now(), asker);

    bool was_changed = false;
    clock.meanwhile = [&] {
        backend.listener().on_changed({&changed, 1});
        was_changed = true;
    };
    backend.answer(0, "k", "old");

    CHECK(was_changed);
    CHECK(asker.said == "old");
    CHECK_FALSE(asker.is_kept);
    CHECK(service.stats().entries == 0);
    CHECK(service.stats().fills_refused_void == 1);
}

TEST_CASE("invalidation after the fill: the entry goes") {
    TrackedBench bench;
    bench.cache("k", "old");
    bench.cache("other", "w");

    bench.change({"k"});

    CHECK(bench.look_up() == "(miss)");
    CHECK(bench.look_up("other") == "w");
    CHECK(bench.service.stats().dropped_by_invalidation == 1);
}

TEST_CASE("who comes after an invalidation opens a flight of his own, and that one is kept") {
    TrackedBench bench;
    Asker waited(0), newcomer(1), after_him(1);
    bench.load(waited);

    bench.change({"k"});
    CHECK(bench.load(newcomer) == Joined::opened);
    CHECK(bench.load(after_him) == Joined::same_route);
    bench.backend.answer(0, "k", "old");
    CHECK(waited.said == "old");
    CHECK_FALSE(newcomer.is_told());
    bench.backend.answer(1, "k", "new");

    CHECK(newcomer.said == "new");
    CHECK(after_him.said == "new");
    CHECK(bench.look_up() == "new");
    CHECK(bench.backend.gets() == 2);
}

TEST_CASE("two flights of one key, the older landing last: the newer answer stays") {
    TrackedBench bench;
    Asker waited(0), newcomer(1);
    bench.load(waited);
    bench.change({"k"});
    bench.load(newcomer);

    bench.backend.answer(1, "k", "new");
    bench.backend.answer(0, "k", "old");

    CHECK(waited.said == "old");
    CHECK_FALSE(waited.is_kept);
    CHECK(newcomer.is_kept);
    CHECK(bench.look_up() == "new");
}

TEST_CASE("two flights of one key, both invalidated: neither is kept, in either order") {
    for (const bool older_first : {true, false}) {
        CAPTURE(older_first);
        TrackedBench bench;
        Asker waited(0), newcomer(1);
        bench.load(waited);
        bench.change({"k"});
        bench.load(newcomer);
        bench.change({"k"});

        bench.backend.answer(older_first ? 0 : 1, "k", "v");
        bench.backend.answer(older_first ? 1 : 0, "k", "v");

        CHECK_FALSE(waited.is_kept);
        CHECK_FALSE(newcomer.is_kept);
        CHECK(bench.look_up() == "(miss)");
    }
}

TEST_CASE("a write dispatched while a flight is out, answered after it") {
    TrackedBench bench;
    Asker waited(1);
    Write write(bench);
    bench.load(waited);
    write.send(0, {"k"});

    bench.backend.answer(1, "k", "old");
    CHECK(waited.said == "old");
    CHECK_FALSE(waited.is_kept);
    bench.backend.reply(0, "+OK\r\n");

    CHECK(write.known_at_end == "(miss)");
    CHECK(bench.look_up() == "(miss)");
}

TEST_CASE("a write dispatched while a flight is out, answered before it") {
    TrackedBench bench;
    Asker waited(1), newcomer(1);
    Write write(bench);
    bench.load(waited);
    write.send(0, {"k"});

    bench.backend.reply(0, "+OK\r\n");
    CHECK(bench.load(newcomer) == Joined::opened);
    bench.backend.answer(1, "k", "old");
    CHECK(waited.said == "old");
    CHECK(bench.look_up() == "(miss)");
    bench.backend.answer(1, "k", "new");

    CHECK(newcomer.said == "new");
    CHECK(bench.look_up() == "new");
}

TEST_CASE("a flight opened and landed while a write is under way does not outlive its reply") {
    TrackedBench bench;
    Asker asker(1);
    Write write(bench);
    write.send(0, {"k"});
    bench.load(asker);
    bench.backend.answer(1, "k", "old");

    bench.backend.reply(0, "+OK\r\n");

    CHECK(write.known_at_end == "(miss)");
    CHECK(bench.service.stats().dropped_by_write == 1);
}

TEST_CASE("a flight of a lost epoch that lands in the next is told, and not kept") {
    for (const bool has_stale_rule : {true, false}) {
        CAPTURE(has_stale_rule);
        auto bench = has_stale_rule ? with_stale_rule() : TrackedBench();
        Asker waited(0);
        bench.load(waited);

        bench.lose();
        bench.arm();
        bench.backend.answer(0, "k", "old");

        CHECK(waited.said == "old");
        CHECK_FALSE(waited.is_kept);
        CHECK(bench.look_up() == "(miss)");
        const auto stats = bench.service.stats();
        CHECK(stats.fills_refused_void + stats.fills_refused_epoch == 1);
    }
}

TEST_CASE("a flight that lands while there is no epoch is told, and not kept") {
    auto bench = with_stale_rule();
    Asker before(0), meanwhile(1);
    bench.load(before);
    bench.lose();
    CHECK(bench.load(meanwhile) == Joined::opened);

    bench.backend.answer(0, "k", "old");
    bench.backend.answer(1, "k", "new");

    CHECK(before.said == "old");
    CHECK(meanwhile.said == "new");
    CHECK(bench.service.stats().entries == 0);
}

TEST_CASE("who comes in a new epoch does not wait for a flight of the one before") {
    auto bench = with_stale_rule();
    Asker waited(0), newcomer(1);
    bench.load(waited);
    bench.lose();
    bench.arm();

    CHECK(bench.load(newcomer) == Joined::opened);
    bench.backend.answer(1, "k", "new");
    bench.backend.answer(0, "k", "old");

    CHECK(waited.said == "old");
    CHECK(newcomer.said == "new");
    CHECK(bench.look_up() == "new");
}

TEST_CASE("what an older epoch left is not fresh in the next") {
    for (const bool has_stale_rule : {true, false}) {
        CAPTURE(has_stale_rule);
        auto bench = has_stale_rule ? with_stale_rule() : TrackedBench();
        bench.cache("k", "old");

        bench.lose();
        CHECK(bench.look_up() == "(miss)");
        bench.arm();

        CHECK(bench.look_up() == "(miss)");
    }
}

TEST_CASE("a flight that is out for longer than the staleness allowed is not joined any more") {
    TrackedBench bench;
    Asker waited(0), at_the_edge(0), too_late(1);
    bench.load(waited);

    bench.advance_proven(3s);
    CHECK(bench.load(at_the_edge) == Joined::same_route);
    bench.clock.advance(1ms);
    CHECK(bench.load(too_late) == Joined::opened);
    bench.backend.answer(1, "k", "new");
    bench.backend.answer(0, "k", "old");

    CHECK(at_the_edge.said == "old");
    CHECK(too_late.said == "new");
    CHECK(bench.look_up() == "new");
}

TEST_CASE("when everything changed nothing is left, and no flight is kept") {
    TrackedBench bench;
    Asker waited(0), newcomer(1);
    bench.cache("here", "v");
    bench.load(waited);

    bench.backend.listener().on_everything_changed();
    CHECK(bench.look_up("here") == "(miss)");
    CHECK(bench.load(newcomer) == Joined::opened);
    bench.backend.answer(0, "k", "old");
    bench.backend.answer(1, "k", "new");

    CHECK_FALSE(waited.is_kept);
    CHECK(newcomer.is_kept);
    CHECK(bench.service.stats().dropped_by_flush == 1);
}

TEST_CASE("a change of one key leaves the flights of others alone") {
    TrackedBench bench;
    Asker asker(0);
    bench.load(asker);

    bench.change({"other", "K", "k2"});
    bench.backend.answer(0, "k", "v");

    CHECK(asker.is_kept);
    CHECK(bench.look_up() == "v");
}

}  // namespace
}  // namespace nearcache::cache
