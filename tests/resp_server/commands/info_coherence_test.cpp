#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp_server/commands/server_commands.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

// A house that is told of changes by its backend, on a channel that is armed.
struct TrackedHouse : House {
    explicit TrackedHouse(const cache::Config& with = small_cache())
        : House(Furnishing{.cache = with, .changes_only_here = false}) {
        cache.start();
        arm();
    }

    void arm() { backend.listener().on_armed({clock.now(), backend::Proof::canary, "abc"}); }
    void change(std::string_view key) { backend.listener().on_changed({&key, 1}); }
};

Names names_in(const std::string& info) {
    Names names;
    for (auto at = info.find("\r\ncoherence_"); at != info.npos;
         at = info.find("\r\ncoherence_", at + 1)) {
        names.push_back(info.substr(at + 2, info.find(':', at) - at - 2));
    }
    return names;
}

// The value of "coherence_name:value"; "(none)" without such a line.
std::string field(House& house, std::string_view name) {
    Visitor visitor(house);
    const auto info = visitor.ask("INFO coherence");
    const auto line = "\r\ncoherence_" + std::string(name) + ":";
    const auto at = info.find(line);
    if (at == info.npos) return "(none)";
    const auto begin = at + line.size();
    return info.substr(begin, info.find("\r\n", begin) - begin);
}

TEST_CASE("INFO has every field of coherence, whatever the state") {
    const Names all{"coherence_wanted",
                    "coherence_mode",
                    "coherence_armed",
                    "coherence_why",
                    "coherence_epoch",
                    "coherence_proof",
                    "coherence_run_id",
                    "coherence_last_pong_age_ms",
                    "coherence_round_trip_us",
                    "coherence_max_staleness_ms",
                    "coherence_invalidated_keys",
                    "coherence_flushes",
                    "coherence_forged_messages",
                    "coherence_losses",
                    "coherence_refusals",
                    "coherence_leases_voided",
                    "coherence_fills_refused_void",
                    "coherence_fills_refused_epoch",
                    "coherence_fills_refused_server",
                    "coherence_fills_refused_write_hot",
                    "coherence_dropped_by_write",
                    "coherence_dropped_by_invalidation",
                    "coherence_dropped_by_flush",
                    "coherence_dropped_by_epoch"};
    House exclusive;
    TrackedHouse tracked;

    CHECK(names_in(Visitor(exclusive).ask("INFO coherence")) == all);
    CHECK(names_in(Visitor(tracked).ask("INFO coherence")) == all);
}

TEST_CASE("INFO says that nothing changes but here") {
    House house;

    CHECK(field(house, "wanted") == "auto");
    CHECK(field(house, "mode") == "exclusive");
    CHECK(field(house, "armed") == "0");
    CHECK(field(house, "why").empty());
    CHECK(field(house, "epoch") == "1");
    CHECK(field(house, "proof") == "none");
    CHECK(field(house, "last_pong_age_ms") == "0");
}

TEST_CASE("INFO says how a channel was proven, when, and for how long that is good") {
    TrackedHouse house;
    house.clock.advance(400ms);
    house.backend.listener().on_proven(house.clock.now() - 100ms, 250us);

    CHECK(field(house, "wanted") == "auto");
    CHECK(field(house, "mode") == "tracking");
    CHECK(field(house, "armed") == "1");
    CHECK(field(house, "proof") == "canary");
    CHECK(field(house, "run_id") == "abc");
    CHECK(field(house, "last_pong_age_ms") == "100");
    CHECK(field(house, "round_trip_us") == "250");
    CHECK(field(house, "max_staleness_ms") == "3000");

    house.backend.listener().on_armed({house.clock.now(), backend::Proof::handshake, ""});
    CHECK(field(house, "proof") == "handshake");
    CHECK(field(house, "epoch") == "2");
}

TEST_CASE("INFO says what went wrong, and how often") {
    TrackedHouse house;

    house.backend.listener().on_lost("the connection was closed");
    CHECK(field(house, "mode") == "none");
    CHECK(field(house, "armed") == "0");
    CHECK(field(house, "proof") == "none");
    CHECK(field(house, "why") == "the connection was closed");
    CHECK(field(house, "losses") == "1");

    house.backend.listener().on_refused("no such command");
    CHECK(field(house, "mode") == "ttl");
    CHECK(field(house, "why") == "no such command");
    CHECK(field(house, "refusals") == "1");
}

TEST_CASE("INFO counts what was told, and what was done about it") {
    TrackedHouse house;
    keep(house, "k", "v");
    keep(house, "l", "v");
    keep(house, "m", "v");
    Visitor visitor(house);

    house.change("k");
    house.change("unknown");
    visitor.say("GET k");
    house.change("k");
    house.backend.answer(0, "k", "v");
    visitor.say("SET l w");
    house.backend.reply(0, "+OK\r\n");
    house.backend.listener().on_forged();
    house.backend.listener().on_everything_changed();

    CHECK(field(house, "invalidated_keys") == "3");
    CHECK(field(house, "flushes") == "1");
    CHECK(field(house, "forged_messages") == "1");
    CHECK(field(house, "leases_voided") == "1");
    CHECK(field(house, "fills_refused_void") == "1");
    CHECK(field(house, "dropped_by_invalidation") == "1");
    CHECK(field(house, "dropped_by_write") == "1");
    CHECK(field(house, "dropped_by_flush") == "1");
    CHECK(field(house, "dropped_by_epoch") == "0");
}

TEST_CASE("INFO counts what the end of an epoch took") {
    TrackedHouse house;
    keep(house, "k", "v");

    house.backend.listener().on_lost("gone");

    CHECK(field(house, "dropped_by_epoch") == "1");
}

TEST_CASE("INFO counts the answers that were not fit to be kept") {
    auto config = small_cache();
    config.store.write_hot_after = 1;
    config.rules = {{.prefix = "", .stale_if_error = 1min}};  // entries outlive their epoch
    TrackedHouse house(config);
    Visitor visitor(house);

    house.backend.set_tracked(false);
    visitor.say("GET elsewhere");
    house.backend.answer(0, "elsewhere", "v");
    house.backend.set_tracked(true);
    visitor.say("GET late");
    house.backend.listener().on_lost("gone");
    house.arm();
    house.backend.answer(0, "late", "v");
    keep(house, "hot", "v");
    house.change("hot");
    visitor.say("GET hot");
    house.backend.answer(0, "hot", "v");

    CHECK(field(house, "fills_refused_server") == "1");
    CHECK(field(house, "fills_refused_epoch") == "1");
    CHECK(field(house, "fills_refused_write_hot") == "1");
}

TEST_CASE("INFO counts what was served stale, as hits too, and what was fetched anew for it") {
    auto config = small_cache();
    config.rules = {{.prefix = "", .ttl = 1s, .stale_while_revalidate = 1min}};
    House house(Furnishing{.cache = config});
    keep(house, "k", "v");
    house.clock.advance(1s);
    Visitor visitor(house);
    visitor.ask("GET k");
    visitor.ask("GET k");

    const auto info = visitor.ask("INFO cache");

    CHECK(info.find("\r\ncache_stale_hits:2\r\n") != std::string::npos);
    CHECK(info.find("\r\ncache_hits:0\r\n") != std::string::npos);
    CHECK(info.find("\r\ncache_refreshes:1\r\n") != std::string::npos);
    house.backend.answer(0, "k", "v");
}

}  // namespace
}  // namespace nearcache::resp_server
