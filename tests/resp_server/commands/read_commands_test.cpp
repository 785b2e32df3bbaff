#include "resp_server/commands/read_commands.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;
using Said = std::vector<std::string>;

TEST_CASE("a GET of what is not here is answered when the backend answers, and is here then") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.say("GET k") == Execution::done);
    CHECK(visitor.hear().empty());
    CHECK(visitor.calls() == 0);
    house.backend.answer(0, "k", {"v\0\r\n", 4});

    CHECK(visitor.calls() == 1);
    CHECK(visitor.hear() == bulk({"v\0\r\n", 4}));
    CHECK(visitor.ask("GET k") == bulk({"v\0\r\n", 4}));
    CHECK(visitor.calls() == 1);
    CHECK(house.backend.gets() == 1);
}

TEST_CASE("a GET of an absent key is nil, and is nil at once the next time") {
    House house;
    Visitor visitor(house);

    visitor.say("GET k");
    house.backend.answer_absent(0, "k");
    CHECK(visitor.hear() == null_bulk);

    CHECK(visitor.ask("GET k") == null_bulk);
    CHECK(house.backend.gets() == 1);
}

TEST_CASE("a GET that the backend refuses or fails at says so, and keeps nothing") {
    House house;
    Visitor visitor(house);

    visitor.say("GET k");
    house.backend.answer_error(0, "k", "WRONGTYPE a list");
    CHECK(visitor.hear() == "-WRONGTYPE a list\r\n");

    visitor.say("GET k");
    house.backend.fail(0, Errc::backend_unreachable);
    CHECK(visitor.hear() == "-ERR backend unreachable\r\n");

    visitor.say("GET k");
    CHECK(house.backend.gets() == 3);
    house.backend.answer(0, "k", "v");
    CHECK(visitor.hear() == bulk("v"));
}

TEST_CASE("a value that is too long to copy is the same to the client") {
    const std::string value(copied_value_bytes + 1, 'v');
    House house;
    Visitor visitor(house);

    visitor.say("GET k");
    house.backend.answer(0, "k", value);

    CHECK(visitor.hear() == bulk(value));
    CHECK(visitor.ask("GET k") == bulk(value));
}

TEST_CASE("clients of two lanes share one fetch, and each is told on its own lane") {
    House house;
    Visitor here(house, 0), elsewhere(house, 1);
    here.say("GET k");
    elsewhere.say("GET k");
    CHECK(house.backend.gets() == 1);

    house.backend.answer(0, "k", "v");
    CHECK(here.hear() == bulk("v"));
    CHECK(elsewhere.hear().empty());

    house.lanes.run(1);
    CHECK(elsewhere.hear() == bulk("v"));
}

TEST_CASE("an absent key is nil in the client's own dialect, from here or not") {
    House house;
    Visitor visitor(house);
    visitor.client().set_dialect(resp::Dialect::resp3);

    visitor.say("GET k");
    house.backend.answer_absent(0, "k");
    CHECK(visitor.hear() == "_\r\n");

    CHECK(visitor.ask("GET k") == "_\r\n");
    CHECK(house.backend.commands() == Said{"[resp3] GET k"});
}

TEST_CASE("a client in another database is answered with what is in there") {
    House house;
    Visitor visitor(house);
    keep(house, "k", "at home");
    visitor.client().set_database(3);

    for (const auto* command : {"GET k", "MGET k"}) {
        visitor.say(command);
        CHECK(house.backend.commands().back() == "[db 3] GET k");
        house.backend.answer(0, "k", "over there", 0ms);
        CHECK(visitor.hear().ends_with(bulk("over there")));
    }
    for (const auto* command :
         {"STRLEN k", "GETRANGE k 0 1", "EXISTS k", "TTL k", "EXPIRETIME k", "TYPE k"}) {
        visitor.say(command);
        CHECK(house.backend.commands().back() == "[db 3] > " + std::string(command));
        house.backend.reply(0, ":1\r\n");
    }
}

// One that nothing is kept of.
TEST_CASE("in a database beyond those that are cached everything is forwarded") {
    House house;
    Visitor visitor(house);
    for (std::uint32_t number = 1; number < cache::most_cached_databases; ++number) {
        house.cache.database(number);
    }
    visitor.client().set_database(100);
    REQUIRE_FALSE(visitor.client().reads_cache());

    for (const auto* command : {"GET k", "MGET k", "STRLEN k", "GETRANGE k 0 1", "SUBSTR k 0 1",
                                "EXISTS k", "TTL k", "PTTL k", "PEXPIRETIME k", "TYPE k"}) {
        visitor.say(command);
        CHECK(house.backend.commands().back() == "[db 100] > " + std::string(command));
        house.backend.reply(0, ":1\r\n");
    }
    CHECK(house.cache.stats().misses == 0);
}

}  // namespace
}  // namespace nearcache::resp_server
