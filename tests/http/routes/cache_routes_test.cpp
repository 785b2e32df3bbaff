#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "http/routes/routes.hpp"
#include "tests/http/visitor.hpp"

namespace nearcache::http {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

// HTTP has no word for databases.
TEST_CASE("keys are those of the backend's home database, whichever it is") {
    tests::FakeBackend backend;
    backend.set_home_database(3);
    House house(small_cache(), backend);
    Visitor visitor(house);
    const backend::Route home{.lane = 0, .database = 3};

    visitor.ask(verb::get, "/k");
    house.backend.answer(home, "k", "v");
    visitor.read();
    visitor.ask(verb::put, "/k", "new");
    house.backend.reply(home, ":1\r\n");
    house.backend.reply(home, "+OK\r\n");

    CHECK(status_of(visitor.read()) == "204");
    CHECK(house.backend.commands() == Words{"GET k", "> EXISTS k", "> SET k new"});
    CHECK(house.cache.stats().dropped_by_write == 1);
}

TEST_CASE("a key that is not here is fetched, and is here the next time") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask(verb::get, "/k").empty());
    CHECK(visitor.routes.is_waiting());
    CHECK(visitor.answered_later == 0);
    house.backend.answer(0, "k", "v");

    CHECK_FALSE(visitor.routes.is_waiting());
    CHECK(visitor.answered_later == 1);
    const auto fetched = visitor.read();
    CHECK(status_of(fetched) == "200");
    CHECK(source_of(fetched) == "fwd=miss; stored");
    CHECK(body_of(fetched) == "v");

    house.clock.advance(1500ms);
    const auto cached = visitor.ask(verb::get, "/k");
    CHECK(source_of(cached) == "hit; ttl=58");
    CHECK(body_of(cached) == "v");
    CHECK(visitor.answered_later == 1);
    CHECK(house.backend.gets() == 1);
}

TEST_CASE("an absent key is a 404, and is known to be absent the next time") {
    House house;
    Visitor visitor(house);

    visitor.ask(verb::get, "/k");
    house.backend.answer_absent(0, "k");
    const auto fetched = visitor.read();
    CHECK(status_of(fetched) == "404");
    CHECK(source_of(fetched) == "fwd=miss; stored");
    CHECK(body_of(fetched).empty());

    const auto cached = visitor.ask(verb::get, "/k");
    CHECK(status_of(cached) == "404");
    CHECK(source_of(cached) == "hit");
    CHECK(house.backend.gets() == 1);
}

TEST_CASE("who joins another's fetch says so, on whichever lane") {
    House house;
    Visitor opener(house, 0), joined(house, 1);
    opener.ask(verb::get, "/k");
    joined.ask(verb::get, "/k");

    house.backend.answer(0, "k", "v");
    CHECK(source_of(opener.read()) == "fwd=miss; stored");
    CHECK(joined.routes.is_waiting());

    house.lanes.run(1);
    const auto reply = joined.read();
    CHECK(source_of(reply) == "fwd=miss; stored; collapsed");
    CHECK(body_of(reply) == "v");
}

TEST_CASE("HEAD is answered like GET, without the body, from both places") {
    House house;
    Visitor visitor(house);

    visitor.ask(verb::head, "/k");
    house.backend.answer(0, "k", "value");
    const auto fetched = visitor.read(), cached = visitor.ask(verb::head, "/k");

    for (const auto& reply : {fetched, cached}) {
        CHECK(status_of(reply) == "200");
        CHECK(reply.ends_with("Content-Length: 5\r\n\r\n"));
    }
    CHECK(source_of(cached) == "hit; ttl=60");
}

TEST_CASE("what the backend refuses or fails at is told and not kept") {
    House house;
    Visitor visitor(house);

    visitor.ask(verb::get, "/k");
    house.backend.answer_error(0, "k", "WRONGTYPE a list");
    const auto refused = visitor.read();
    CHECK(status_of(refused) == "409");
    CHECK(body_of(refused) == "WRONGTYPE a list\n");

    visitor.ask(verb::get, "/k");
    house.backend.fail(0, Errc::backend_timeout);
    CHECK(status_of(visitor.read()) == "504");

    visitor.ask(verb::get, "/k");
    CHECK(visitor.routes.is_waiting());
    house.backend.answer(0, "k", "v");
    CHECK(visitor.answered_later == 3);
}

TEST_CASE("a key is decoded once: slashes belong to it, plus is plus, any byte may be in it") {
    const auto asked_for = [](std::string_view target) {
        House house;
        Visitor visitor(house);
        visitor.ask(verb::get, target);
        const auto asked = house.backend.commands().front();
        house.backend.fail_all(Errc::shutting_down);
        return asked;
    };

    CHECK(asked_for("/a/b//c?x=1") == "GET a/b//c");
    CHECK(asked_for("/a%2Fb+c%2520") == "GET a/b+c%20");
    CHECK(asked_for("/%00%0d%0a") == std::string("GET \0\r\n", 7));
    CHECK(asked_for("/proxy?key=a+b%2Bc/d") == "GET a b+c/d");
    CHECK(asked_for("/proxy?key=") == "GET ");
    CHECK(asked_for("http://host/k") == "GET k");
}

TEST_CASE("a request that makes no sense is refused without asking anyone") {
    House house;
    Visitor visitor(house);

    CHECK(status_of(visitor.ask(verb::get, "k")) == "400");
    CHECK(status_of(visitor.ask(verb::get, "/%4")) == "400");
    CHECK(status_of(visitor.ask(verb::get, "/proxy?k=a")) == "400");
    CHECK(status_of(visitor.ask(verb::get, "/")) == "404");
    const auto not_allowed = visitor.ask(verb::patch, "/k");
    CHECK(status_of(not_allowed) == "405");
    CHECK(not_allowed.find("\r\nAllow: GET, HEAD, PUT, POST, DELETE, OPTIONS\r\n") !=
          std::string::npos);
    CHECK(status_of(visitor.ask(verb::put, "/", "v")) == "405");

    CHECK(house.backend.commands().empty());
    CHECK(house.in_flight.refusals() == 0);
    CHECK(visitor.answered_later == 0);
}

TEST_CASE("a request holds a permit only while it waits, however it ends") {
    House house;
    Visitor visitor(house);
    const std::vector<std::function<void()>> endings{
        [&] { house.backend.answer(0, "k", "v", 0ms); },
        [&] { house.backend.answer_error(0, "k", "ERR"); },
        [&] { house.backend.fail(0, Errc::backend_unreachable); },
        [&] { house.backend.answer_absent(0, "k"); }};

    for (const auto& end : endings) {
        visitor.ask(verb::get, "/k");
        CHECK(house.in_flight.taken() == 1);
        end();
        CHECK(house.in_flight.taken() == 0);
    }

    visitor.ask(verb::put, "/k", "v");
    CHECK(house.in_flight.taken() == 1);
    house.backend.reply(0, ":1\r\n");
    CHECK(house.in_flight.taken() == 1);
    house.backend.reply(0, "+OK\r\n");
    CHECK(house.in_flight.taken() == 0);

    visitor.ask(verb::delete_, "/k");
    house.backend.fail(0, Errc::backend_timeout);
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("the permit is back before the connection goes on to its next request") {
    House house;
    std::size_t taken = 99;
    Output out;
    Routes routes(house.context, 0, [&] { taken = house.in_flight.taken(); });
    Request request;
    request.method = verb::get;
    request.target = "/k";

    routes.answer(request, {{}, house.clock.now(), &out});
    house.backend.answer(0, "k", "v");

    CHECK(taken == 0);
}

TEST_CASE("beyond the limit requests are refused at once, but for those the cache can answer") {
    House house;
    cache_value(house, "here", "v");
    Visitor first(house), second(house), third(house);
    first.ask(verb::get, "/a");
    second.ask(verb::put, "/b", "v");

    for (const auto method : {verb::get, verb::put, verb::delete_}) {
        const auto reply = third.ask(method, "/c");
        CHECK(status_of(reply) == "503");
        CHECK(reply.find("\r\nRetry-After: 1\r\n") != std::string::npos);
        CHECK_FALSE(third.routes.is_waiting());
    }
    CHECK(status_of(third.ask(verb::get, "/here")) == "200");
    CHECK(house.backend.commands() == Words{"GET here", "GET a", "> EXISTS b", "> SET b v"});
    CHECK(house.in_flight.refusals() == 3);

    house.backend.answer(0, "a", "v");
    house.backend.reply(0, ":1\r\n");
    house.backend.reply(0, "+OK\r\n");
    CHECK(status_of(first.read()) == "200");
    CHECK(status_of(second.read()) == "204");
    CHECK(house.in_flight.taken() == 0);
}

}  // namespace
}  // namespace nearcache::http
