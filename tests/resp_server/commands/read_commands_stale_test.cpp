#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "resp_server/commands/read_commands.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;
using Said = std::vector<std::string>;

// Values are fresh for 10 seconds.
Furnishing with_rule(cache::Rule rule) {
    rule.ttl = 10s;
    Furnishing furnishing;
    furnishing.cache.rules = {std::move(rule)};
    return furnishing;
}

const cache::Rule revalidate{.prefix = "", .stale_while_revalidate = 60s};

TEST_CASE("a GET of what is over is answered at once, and one of them has it fetched anew") {
    House house(with_rule(revalidate));
    Visitor first(house, 0), second(house, 1);
    keep(house, "k", "v");
    house.clock.advance(10s);

    CHECK(first.ask("GET k") == bulk("v"));
    CHECK(second.ask("GET k") == bulk("v"));
    CHECK(first.ask("GET k") == bulk("v"));
    CHECK(house.backend.commands() == Said{"GET k", "GET k"});
    CHECK(house.in_flight.taken() == 0);
    house.backend.answer(0, "k", "new");

    CHECK(second.ask("GET k") == bulk("new"));
    CHECK(first.calls() == 0);
}

TEST_CASE("an MGET of what is over is answered at once, and each key is fetched anew once") {
    House house(with_rule(revalidate));
    Visitor visitor(house);
    keep(house, "a", "1");
    house.clock.advance(10s);
    keep(house, "b", "2");

    CHECK(visitor.ask("MGET a b a") == "*3\r\n" + bulk("1") + bulk("2") + bulk("1"));
    CHECK(house.backend.commands() == Said{"GET a", "GET b", "GET a"});
    house.backend.answer(0, "a", "new");

    CHECK(visitor.ask("MGET a b") == "*2\r\n" + bulk("new") + bulk("2"));
}

TEST_CASE("an MGET that has to wait for one key serves the others as they are") {
    House house(with_rule(revalidate));
    Visitor visitor(house);
    keep(house, "a", "1");
    house.clock.advance(10s);

    CHECK(visitor.ask("MGET a b").empty());
    house.backend.answer(0, "a", "new");
    house.backend.answer(0, "b", "2");

    CHECK(visitor.hear() == "*2\r\n" + bulk("1") + bulk("2"));
}

TEST_CASE("behind a write of the same client nothing old is served, whatever the rule") {
    House house(with_rule(revalidate));
    Visitor writer(house, 0), reader(house, 1);
    writer.say("SET k new");
    reader.say("GET k");
    house.backend.answer(1, "k", "old");
    house.clock.advance(10s);

    writer.say("GET k");
    CHECK(house.backend.commands().back() == "> GET k");
    house.backend.reply(0, "+OK\r\n");
    house.backend.reply(0, "$3\r\nnew\r\n");

    CHECK(writer.hear() == "+OK\r\n" + bulk("new"));
    CHECK(house.cache.counters().refreshes == 0);
}

TEST_CASE("when the backend cannot be asked GET and MGET are told what the cache still has") {
    House house(with_rule({.prefix = "", .stale_if_error = 60s}));
    Visitor visitor(house);
    keep(house, "k", "v");
    house.clock.advance(10s);

    visitor.say("GET k");
    house.backend.fail(0, Errc::backend_unreachable);
    CHECK(visitor.hear() == bulk("v"));
    visitor.say("MGET k k");
    house.backend.fail(0, Errc::backend_unreachable);
    CHECK(visitor.hear() == "*2\r\n" + bulk("v") + bulk("v"));

    house.clock.advance(60s);
    visitor.say("GET k");
    house.backend.fail(0, Errc::backend_unreachable);
    CHECK(visitor.hear() == "-ERR backend unreachable\r\n");
}

TEST_CASE("an MGET of which one key has nothing old to tell has failed") {
    House house(with_rule({.prefix = "", .stale_if_error = 60s}));
    Visitor visitor(house);
    keep(house, "k", "v");
    house.clock.advance(10s);

    visitor.say("MGET k other");
    house.backend.fail_all(Errc::backend_timeout);

    CHECK(visitor.hear() == "-ERR backend timed out, the command may have taken effect\r\n");
}

}  // namespace
}  // namespace nearcache::resp_server
