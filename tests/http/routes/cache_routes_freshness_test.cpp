#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "http/routes/cache_routes.hpp"
#include "tests/http/visitor.hpp"

namespace nearcache::http {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

// X-Cache, and what Cache-Status says.
std::string origin_of(const std::string& reply) {
    return field_of(reply, "X-Cache") + ": " + source_of(reply);
}

// Fresh for 10 seconds; the rule says what happens after that.
cache::Config with_rule(cache::Rule rule) {
    auto config = small_cache();
    rule.ttl = 10s;
    config.rules = {std::move(rule)};
    return config;
}

TEST_CASE("what comes from the cache says how old it is and what is left of it") {
    House house;
    Visitor visitor(house);
    cache_value(house, "k", "v");
    house.clock.advance(1500ms);

    const auto reply = visitor.ask(verb::get, "/k");

    CHECK(origin_of(reply) == "HIT: hit; ttl=58");
    CHECK(field_of(reply, "Age") == "1");
}

TEST_CASE("what was fetched just now has no age") {
    House house;
    Visitor visitor(house);
    visitor.ask(verb::get, "/k");
    house.clock.advance(2s);
    house.backend.answer(0, "k", "v");

    const auto reply = visitor.read();

    CHECK(origin_of(reply) == "MISS: fwd=miss; stored");
    CHECK(field_of(reply, "Age").empty());
}

TEST_CASE("no-cache has a value fetched though it is here") {
    House house;
    Visitor visitor(house);
    cache_value(house, "k", "v");
    house.clock.advance(1s);

    CHECK(visitor.get("/k", "no-cache").empty());
    house.backend.answer(0, "k", "new");

    const auto reply = visitor.read();
    CHECK(origin_of(reply) == "MISS: fwd=request; stored");
    CHECK(body_of(reply) == "new");
    CHECK(body_of(visitor.ask(verb::get, "/k")) == "new");
}

TEST_CASE("no-store has a value fetched for want of one, and not kept") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.get("/k", "no-store").empty());
    house.backend.answer(0, "k", "v");

    CHECK(origin_of(visitor.read()) == "MISS: fwd=miss");
    CHECK(house.cache.stats().entries == 0);
}

TEST_CASE("max-age and min-fresh take what is young or fresh enough, and have the rest fetched") {
    for (const std::string_view name : {"max-age", "min-fresh"}) {
        CAPTURE(name);
        const bool is_age = name == "max-age";
        House house;
        Visitor visitor(house);
        cache_value(house, "k", "v");
        house.clock.advance(20s);

        const auto taken = visitor.get("/k", std::string(name) + (is_age ? "=20" : "=40"));
        CHECK(origin_of(taken) == "HIT: hit; ttl=40");
        CHECK(visitor.get("/k", std::string(name) + (is_age ? "=19" : "=41")).empty());
        house.backend.answer(0, "k", "new");

        CHECK(origin_of(visitor.read()) == "MISS: fwd=request; stored");
    }
}

TEST_CASE("max-stale takes what is over, and the answer says so") {
    House house;
    Visitor visitor(house);
    cache_value(house, "k", "v");
    house.clock.advance(65s);

    const auto reply = visitor.get("/k", "max-stale=10");

    CHECK(status_of(reply) == "200");
    CHECK(origin_of(reply) == "STALE: hit; ttl=-5; detail=max-stale");
    CHECK(field_of(reply, "Age") == "65");
    CHECK(body_of(reply) == "v");
    CHECK(house.backend.gets() == 1);
}

TEST_CASE("only-if-cached takes what is here, and nothing is asked for what is not") {
    House house;
    Visitor visitor(house);
    cache_value(house, "k", "v");

    CHECK(origin_of(visitor.get("/k", "only-if-cached")) == "HIT: hit; ttl=60");
    const auto reply = visitor.get("/other", "only-if-cached");
    CHECK(status_of(reply) == "504");
    CHECK(origin_of(reply) == "MISS: detail=only-if-cached");
    CHECK(status_of(visitor.get("/k", "only-if-cached, no-cache")) == "504");

    CHECK_FALSE(visitor.routes.is_waiting());
    CHECK(house.backend.commands() == Words{"GET k"});
    CHECK(house.in_flight.refusals() == 0);
}

TEST_CASE("only-if-cached takes a known absence for an answer") {
    House house;
    Visitor visitor(house);
    visitor.ask(verb::get, "/k");
    house.backend.answer_absent(0, "k");
    visitor.read();

    CHECK(status_of(visitor.get("/k", "only-if-cached")) == "404");
}

TEST_CASE("only-if-cached with max-stale takes what is over") {
    House house;
    Visitor visitor(house);
    cache_value(house, "k", "v");
    house.clock.advance(70s);

    CHECK(status_of(visitor.get("/k", "only-if-cached, max-stale=10")) == "504");
    cache_value(house, "l", "w");
    house.clock.advance(70s);
    CHECK(body_of(visitor.get("/l", "only-if-cached, max-stale=11")) == "w");
}

TEST_CASE("a request is not told of the directives of the one before it") {
    House house;
    Visitor visitor(house);
    visitor.get("/k", "no-cache");
    house.backend.answer(0, "k", "v");
    CHECK(source_of(visitor.read()) == "fwd=request; stored");

    visitor.ask(verb::get, "/other");
    house.backend.answer(0, "other", "w");

    CHECK(source_of(visitor.read()) == "fwd=miss; stored");
    CHECK(source_of(visitor.ask(verb::get, "/k")) == "hit; ttl=60");
}

TEST_CASE("by its rule a value is served when it is over, and one request has it fetched anew") {
    House house(with_rule({.prefix = "", .stale_while_revalidate = 60s}));
    Visitor first(house, 0), second(house, 1);
    cache_value(house, "k", "v");
    house.clock.advance(12s);

    for (auto* visitor : {&first, &second, &first}) {
        const auto reply = visitor->ask(verb::get, "/k");
        CHECK(origin_of(reply) == "STALE: hit; ttl=-2; detail=stale-while-revalidate");
        CHECK(field_of(reply, "Age") == "12");
        CHECK(body_of(reply) == "v");
    }
    CHECK(house.backend.gets() == 2);
    CHECK(house.in_flight.taken() == 0);
    house.backend.answer(0, "k", "new");

    CHECK(body_of(second.ask(verb::get, "/k")) == "new");
    CHECK(first.answered_later == 0);
}

// Its own time is not over, but what is left of it is worth nothing.
TEST_CASE("what is served though its channel was lost has no time left") {
    tests::FakeBackend told;
    told.set_changes_only_here(false);
    House house(with_rule({.prefix = "", .stale_while_revalidate = 60s}), told);
    house.cache.start();
    house.backend.listener().on_armed({house.clock.now(), backend::Proof::canary, ""});
    Visitor visitor(house);
    cache_value(house, "k", "v");
    house.clock.advance(2s);

    house.backend.listener().on_lost("gone");
    const auto reply = visitor.ask(verb::get, "/k");

    CHECK(origin_of(reply) == "STALE: hit; ttl=0; detail=stale-while-revalidate");
    CHECK(field_of(reply, "Age") == "2");
    house.backend.answer(0, "k", "new");
}

TEST_CASE("HEAD of a value that is over has it fetched anew, too") {
    House house(with_rule({.prefix = "", .stale_while_revalidate = 60s}));
    Visitor visitor(house);
    cache_value(house, "k", "v");
    house.clock.advance(12s);

    CHECK(visitor.ask(verb::head, "/k").ends_with("Content-Length: 1\r\n\r\n"));

    CHECK(house.backend.gets() == 2);
    house.backend.answer(0, "k", "new");
}

TEST_CASE("a request with directives gets no part in stale-while-revalidate") {
    House house(with_rule({.prefix = "", .stale_while_revalidate = 60s}));
    Visitor visitor(house);
    cache_value(house, "k", "v");
    house.clock.advance(12s);

    CHECK(visitor.get("/k", "max-age=60").empty());
    CHECK(visitor.routes.is_waiting());
    house.backend.answer(0, "k", "new");

    CHECK(body_of(visitor.read()) == "new");
}

TEST_CASE("by its rule a value is told when the backend cannot be asked, and marked") {
    House house(with_rule({.prefix = "", .stale_if_error = 60s}));
    Visitor visitor(house);
    cache_value(house, "k", "v");
    house.clock.advance(12s);

    CHECK(visitor.ask(verb::get, "/k").empty());
    house.backend.fail(0, Errc::backend_unreachable);
    const auto reply = visitor.read();
    CHECK(status_of(reply) == "200");
    CHECK(origin_of(reply) == "STALE: hit; ttl=-2; detail=stale-if-error");
    CHECK(field_of(reply, "Age") == "12");
    CHECK(body_of(reply) == "v");

    visitor.get("/k", "no-cache");
    house.backend.fail(0, Errc::backend_unreachable);
    CHECK(status_of(visitor.read()) == "503");
}

TEST_CASE("a known absence that is told when the backend cannot be asked is marked") {
    House house(with_rule({.prefix = "", .negative_ttl = 10s, .stale_if_error = 60s}));
    Visitor visitor(house);
    visitor.ask(verb::get, "/k");
    house.backend.answer_absent(0, "k");
    visitor.read();
    house.clock.advance(12s);

    visitor.ask(verb::get, "/k");
    house.backend.fail(0, Errc::backend_timeout);

    const auto reply = visitor.read();
    CHECK(status_of(reply) == "404");
    CHECK(origin_of(reply) == "STALE: hit; detail=stale-if-error");
}

}  // namespace
}  // namespace nearcache::http
