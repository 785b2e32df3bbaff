#include "cache/invalidator.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/quiet.hpp"
#include "tests/support/manual_clock.hpp"

namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using Mode = Coherence::Mode;
using State = CoherenceStatus::State;

constexpr auto max_staleness = 3s;

Coherence in(Mode mode) {
    Coherence coherence;
    coherence.mode = mode;
    coherence.max_staleness = max_staleness;
    return coherence;
}

// The listener over a store of its own; the test is the backend, and the doors.
struct Bench {
    explicit Bench(Mode mode, bool changes_only_here = false)
        : invalidator({store, databases, clock}, in(mode)) {
        invalidator.begin(changes_only_here);
    }

    void arm(backend::Proof proof = backend::Proof::canary) {
        invalidator.on_armed({clock.now(), proof, "the server"});
    }
    void prove() { invalidator.on_proven(clock.now(), 250us); }
    void change(std::vector<std::string_view> keys) { invalidator.on_changed(keys); }

    // Fetches a key. Whether it was kept.
    bool fetch(std::string_view key) {
        const auto hash = store::hash_of(key);
        store::Lease lease(key, hash, 0);
        const auto joined = store.join(key, hash, clock.now(), {.waiter = nullptr},
                                       [&]() -> store::Lease& { return lease; });
        if (joined.kind != store::Joined::Kind::leads) return true;
        const auto now = clock.now();
        const store::NewEntry entry{
            .key = key, .hash = hash, .value = "v", .stored_at = now, .expires_at = now + 1h};
        return store.land(lease, store::make_entry(entry), now).is_kept;
    }
    bool serves(std::string_view key) {
        const auto ignore = [](const store::Entry&, store::Lookup) {};
        return store.find(key, store::hash_of(key), clock.now(), ignore) == store::Lookup::hit;
    }

    CoherenceStatus status() const { return invalidator.status(); }

    const Quiet quiet;
    tests::ManualClock clock;
    store::ShardedStore store{store::Config{}};
    Databases databases{0};
    Invalidator invalidator;
};

TEST_CASE("before the backend has said a word nothing is kept, and the status says so") {
    for (const auto mode : {Mode::automatic, Mode::tracking}) {
        Bench bench(mode);

        CHECK_FALSE(bench.fetch("k"));
        CHECK_FALSE(bench.serves("k"));
        const auto status = bench.status();
        CHECK(status.wanted == mode);
        CHECK(status.state == State::none);
        CHECK(status.epoch == 0);
        CHECK(status.why == "not connected yet");
        CHECK_FALSE(status.is_canary_proven);
        CHECK(status.max_staleness == max_staleness);
    }
}

TEST_CASE("in ttl mode there is one epoch without an end, from the beginning") {
    Bench bench(Mode::ttl);
    REQUIRE(bench.fetch("k"));

    bench.clock.advance(59min);

    CHECK(bench.serves("k"));
    CHECK(bench.status().state == State::ttl);
    CHECK(bench.status().epoch == 1);
    CHECK(bench.status().why.empty());
    CHECK(bench.status().proof_age == 0ms);
}

TEST_CASE("where nothing changes but here there is no need of a channel, in any mode") {
    for (const auto mode : {Mode::automatic, Mode::tracking, Mode::ttl}) {
        Bench bench(mode, true);
        REQUIRE(bench.fetch("k"));

        bench.clock.advance(59min);

        CHECK(bench.serves("k"));
        CHECK(bench.status().state == State::exclusive);
        CHECK(bench.status().why.empty());
    }
}

TEST_CASE("an armed channel opens an epoch, and says how it was proven") {
    for (const auto mode : {Mode::automatic, Mode::tracking}) {
        Bench bench(mode);
        bench.arm(backend::Proof::handshake);

        CHECK(bench.fetch("k"));
        CHECK(bench.serves("k"));
        CHECK(bench.invalidator.is_tracking());
        auto status = bench.status();
        CHECK(status.state == State::tracking);
        CHECK(status.epoch == 1);
        CHECK(status.why.empty());
        CHECK(status.run_id == "the server");
        CHECK_FALSE(status.is_canary_proven);

        bench.arm(backend::Proof::canary);
        status = bench.status();
        CHECK(status.epoch == 2);
        CHECK(status.is_canary_proven);
    }
}

TEST_CASE("a proof that runs out serves nothing, though no loss was told") {
    Bench bench(Mode::tracking);
    bench.arm();
    REQUIRE(bench.fetch("k"));

    bench.clock.advance(max_staleness - 1ns);
    CHECK(bench.serves("k"));
    bench.clock.advance(1ns);
    CHECK_FALSE(bench.serves("k"));

    CHECK(bench.status().state == State::tracking);
    CHECK(bench.status().proof_age == max_staleness);
    CHECK(bench.status().losses == 0);
}

TEST_CASE("a proof that comes late makes fresh again what was not lost") {
    Bench bench(Mode::tracking);
    bench.arm();
    bench.fetch("k");
    bench.clock.advance(10s);
    REQUIRE_FALSE(bench.serves("k"));

    bench.prove();

    CHECK(bench.serves("k"));
    CHECK(bench.status().epoch == 1);
}

// The ping was sent long before its answer came.
TEST_CASE("a proof counts from its ping, not from its arrival") {
    Bench bench(Mode::tracking);
    bench.arm();
    bench.fetch("k");
    const auto pinged_at = bench.clock.now() + 1s;
    bench.clock.advance(2s);

    bench.invalidator.on_proven(pinged_at, 750us);

    CHECK(bench.status().proof_age == 1s);
    CHECK(bench.status().round_trip == 750us);
    bench.clock.advance(2s - 1ns);
    CHECK(bench.serves("k"));
    bench.clock.advance(1ns);
    CHECK_FALSE(bench.serves("k"));
}

TEST_CASE("arming counts from its ping, too") {
    Bench bench(Mode::tracking);

    bench.invalidator.on_armed({bench.clock.now() - 2s, backend::Proof::canary, ""});
    bench.fetch("k");

    bench.clock.advance(1s - 1ns);
    CHECK(bench.serves("k"));
    bench.clock.advance(1ns);
    CHECK_FALSE(bench.serves("k"));
}

TEST_CASE("a loss ends the epoch at once and says why; the next one begins empty") {
    for (const auto mode : {Mode::automatic, Mode::tracking}) {
        Bench bench(mode);
        bench.arm();
        bench.fetch("k");

        bench.invalidator.on_lost("connection closed");
        CHECK_FALSE(bench.serves("k"));
        CHECK_FALSE(bench.fetch("other"));
        CHECK(bench.status().state == State::none);
        CHECK(bench.status().why == "connection closed");
        CHECK(bench.status().losses == 1);
        CHECK_FALSE(bench.status().is_canary_proven);

        bench.arm();
        CHECK_FALSE(bench.serves("k"));
        CHECK(bench.fetch("k"));
        CHECK(bench.status().epoch == 2);
        CHECK(bench.status().why.empty());
    }
}

TEST_CASE("a proof after the loss revives nothing") {
    Bench bench(Mode::tracking);
    bench.arm();
    bench.fetch("k");
    bench.invalidator.on_lost("gone");

    bench.prove();

    CHECK_FALSE(bench.serves("k"));
    CHECK_FALSE(bench.fetch("k"));
}

TEST_CASE("auto falls back to ttl when it is refused, says why, and comes back") {
    Bench bench(Mode::automatic);

    bench.invalidator.on_refused("no such command");
    CHECK(bench.fetch("k"));
    bench.clock.advance(30min);
    CHECK(bench.serves("k"));
    CHECK(bench.status().state == State::ttl);
    CHECK(bench.status().why == "no such command");
    CHECK(bench.status().refusals == 1);

    bench.arm();
    CHECK_FALSE(bench.serves("k"));
    CHECK(bench.fetch("k"));
    bench.clock.advance(max_staleness);
    CHECK_FALSE(bench.serves("k"));
    CHECK(bench.status().state == State::tracking);
    CHECK(bench.status().why.empty());
}

TEST_CASE("a refusal that is repeated takes nothing away; its last reason is shown") {
    Bench bench(Mode::automatic);
    bench.invalidator.on_refused("no such command");
    bench.fetch("k");

    bench.invalidator.on_refused("no permission");

    CHECK(bench.serves("k"));
    CHECK(bench.status().epoch == 1);
    CHECK(bench.status().why == "no permission");
    CHECK(bench.status().refusals == 2);
}

TEST_CASE("a refusal after a loss falls back like the first, and revives nothing") {
    Bench bench(Mode::automatic);
    bench.arm();
    bench.fetch("k");
    bench.invalidator.on_lost("gone");

    bench.invalidator.on_refused("no such command");

    CHECK_FALSE(bench.serves("k"));
    CHECK(bench.fetch("k"));
    CHECK(bench.status().state == State::ttl);
}

TEST_CASE("tracking serves nothing when it is refused, and says why") {
    Bench bench(Mode::tracking);

    bench.invalidator.on_refused("no such command");
    CHECK_FALSE(bench.fetch("k"));
    CHECK(bench.status().state == State::none);
    CHECK(bench.status().why == "no such command");

    bench.arm();
    bench.fetch("k");
    bench.invalidator.on_refused("not any more");
    CHECK_FALSE(bench.serves("k"));
    CHECK_FALSE(bench.fetch("k"));
    CHECK(bench.status().why == "not any more");
    CHECK(bench.status().refusals == 2);
}

TEST_CASE("in ttl mode what a channel says of itself changes nothing") {
    Bench bench(Mode::ttl);
    bench.fetch("k");

    bench.prove();
    bench.invalidator.on_lost("gone");
    bench.invalidator.on_refused("no such command");
    bench.clock.advance(30min);

    CHECK(bench.serves("k"));
    CHECK(bench.fetch("other"));
    CHECK(bench.status().state == State::ttl);
    CHECK(bench.status().epoch == 1);
}

TEST_CASE("changes are counted key by key, and drop what is held of these keys") {
    Bench bench(Mode::tracking);
    bench.arm();
    for (const auto key : {"a", "b", "c"}) bench.fetch(key);

    bench.change({"a", "unknown", "c"});

    CHECK_FALSE(bench.serves("a"));
    CHECK(bench.serves("b"));
    CHECK_FALSE(bench.serves("c"));
    CHECK(bench.status().invalidated_keys == 3);
    CHECK(bench.store.stats().dropped_by_invalidation == 2);
}

TEST_CASE("a flush drops all, and the epoch goes on") {
    Bench bench(Mode::tracking);
    bench.arm();
    for (const auto key : {"a", "b"}) bench.fetch(key);

    bench.invalidator.on_everything_changed();

    CHECK_FALSE(bench.serves("a"));
    CHECK_FALSE(bench.serves("b"));
    CHECK(bench.status().flushes == 1);
    CHECK(bench.store.stats().dropped_by_flush == 2);
    CHECK(bench.fetch("a"));
    CHECK(bench.status().epoch == 1);
}

TEST_CASE("forged messages are counted, and do nothing") {
    Bench bench(Mode::tracking);
    bench.arm();
    bench.fetch("k");

    for (int i = 0; i < 5; ++i) bench.invalidator.on_forged();

    CHECK(bench.status().forged_messages == 5);
    CHECK(bench.serves("k"));
    CHECK(bench.status().invalidated_keys == 0);
}

// The same in words: what the last events of a sequence must have led to.
struct Model {
    explicit Model(Mode wanted) : mode(wanted) {}

    void armed() { enter(State::tracking); }
    void lost() {
        if (state == State::tracking) state = State::none;
    }
    void refused() {
        if (mode == Mode::tracking) state = State::none;
        if (mode == Mode::automatic && state != State::ttl) enter(State::ttl);
    }
    void enter(State next) {
        state = next;
        ++epoch;
    }

    Mode mode;
    State state = State::none;
    std::uint64_t epoch = 0;
};

TEST_CASE("after every sequence of five events the cache serves what it may, and no more") {
    constexpr unsigned sequences = 4 * 4 * 4 * 4 * 4;
    for (const auto mode : {Mode::automatic, Mode::tracking}) {
        for (unsigned sequence = 0; sequence < sequences; ++sequence) {
            CAPTURE(sequence);
            Bench bench(mode);
            Model model(mode);
            std::uint64_t fetched_in = 0;  // the epoch of "k"
            for (unsigned rest = sequence + sequences; rest > 1; rest /= 4) {
                const std::array<void (*)(Bench&, Model&), 4> events{
                    [](Bench& b, Model& m) { b.arm(), m.armed(); },
                    [](Bench& b, Model&) { b.prove(); },
                    [](Bench& b, Model& m) { b.invalidator.on_lost("lost"), m.lost(); },
                    [](Bench& b, Model& m) { b.invalidator.on_refused("refused"), m.refused(); }};
                events[rest % 4](bench, model);

                const bool is_open = model.state != State::none;
                REQUIRE(bench.status().state == model.state);
                REQUIRE(bench.status().epoch == model.epoch);
                REQUIRE(bench.serves("k") == (is_open && fetched_in == model.epoch));
                REQUIRE(bench.fetch("k") == is_open);
                if (is_open) fetched_in = model.epoch;
            }
        }
    }
}

}  // namespace
}  // namespace nearcache::cache
