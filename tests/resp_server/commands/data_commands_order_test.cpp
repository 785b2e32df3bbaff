#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp_server/commands/data_commands.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using Said = std::vector<std::string>;

TEST_CASE("behind a write that is not answered a GET of its key goes the write's own way") {
    House house;
    keep(house, "k", "old");
    keep(house, "other", "w");
    Visitor visitor(house);

    visitor.say("SET k new");
    visitor.say("GET k");
    visitor.say("GET other");
    CHECK(house.backend.commands() == Said{"GET k", "GET other", "> SET k new", "> GET k"});

    house.backend.reply(0, "+OK\r\n");
    house.backend.reply(0, "$3\r\nnew\r\n");
    CHECK(visitor.hear() == "+OK\r\n" + bulk("new") + bulk("w"));
}

TEST_CASE("what such a GET brings is not cached, but what is asked after the write's reply is") {
    House house;
    Visitor visitor(house);
    visitor.say("SET k new");
    visitor.say("GET k");
    house.backend.reply(0, "+OK\r\n");
    house.backend.reply(0, "$3\r\nnew\r\n");
    CHECK(house.cache.stats().entries == 0);

    visitor.say("GET k");
    CHECK(house.backend.commands().back() == "GET k");
    house.backend.answer(0, "k", "new");

    CHECK(visitor.hear() == "+OK\r\n" + bulk("new") + bulk("new"));
    CHECK(house.cache.stats().entries == 1);
}

TEST_CASE("a value that somebody else's flight brings back is not shown to who has just written") {
    House house;
    Visitor writer(house, 0), reader(house, 1);
    writer.say("SET k new");
    reader.say("GET k");
    house.backend.answer(1, "k", "old");
    CHECK(reader.hear() == bulk("old"));

    writer.say("GET k");
    CHECK(house.backend.commands().back() == "> GET k");
    house.backend.reply(0, "+OK\r\n");
    house.backend.reply(0, "$3\r\nnew\r\n");
    CHECK(writer.hear() == "+OK\r\n" + bulk("new"));

    // The old value is gone for everybody.
    reader.say("GET k");
    CHECK(reader.hear().empty());
    house.backend.answer(1, "k", "new");
    CHECK(reader.hear() == bulk("new"));
}

TEST_CASE("the writes of one client do not change the ways of another") {
    House house;
    Visitor writer(house, 0), reader(house, 0);

    writer.say("SET k new");
    reader.say("GET k");

    CHECK(house.backend.commands() == Said{"> SET k new", "GET k"});
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("behind a command that may write anything every GET goes its way") {
    House house;
    Visitor visitor(house);
    visitor.say("FLUSHALL");
    visitor.say("GET any");
    visitor.say("MGET a b");
    CHECK(house.backend.commands() == Said{"> FLUSHALL", "> GET any", "> MGET a b"});

    house.backend.reply(0, "+OK\r\n");
    visitor.say("GET any");
    CHECK(house.backend.commands().back() == "GET any");
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("two writes of one key: the first reply does not free it") {
    House house;
    Visitor visitor(house);
    visitor.say("INCR k");
    visitor.say("INCR k");
    house.backend.reply(0, ":1\r\n");

    visitor.say("GET k");
    CHECK(house.backend.commands().back() == "> GET k");
    house.backend.reply(0, ":2\r\n");
    visitor.say("GET k");
    CHECK(house.backend.commands().back() == "GET k");

    house.backend.reply(0, "$1\r\n2\r\n");
    house.backend.answer(0, "k", "2");
    CHECK(visitor.hear() == ":1\r\n:2\r\n" + bulk("2") + bulk("2"));
}

TEST_CASE("a write waits while a read of the same client waits for another lane") {
    House house;
    Visitor opener(house, 1), visitor(house, 0);
    opener.say("GET k");
    visitor.say("GET k");
    const auto before = house.backend.commands();

    CHECK(visitor.say("SET k new") == Execution::later);
    CHECK(visitor.say("DEL other") == Execution::later);
    CHECK(house.backend.commands() == before);
    CHECK(visitor.client().replies().pending() == 1);
    CHECK(house.in_flight.taken() == 2);

    house.backend.answer(1, "k", "old");
    CHECK(visitor.say("SET k new") == Execution::later);
    house.lanes.run(0);
    CHECK(visitor.say("SET k new") == Execution::done);
    CHECK(visitor.hear() == bulk("old"));
    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.hear() == "+OK\r\n");
}

TEST_CASE("what only reads need not wait for another lane") {
    House house;
    Visitor opener(house, 1), visitor(house, 0);
    opener.say("GET k");
    visitor.say("GET k");

    CHECK(visitor.say("STRLEN k") == Execution::done);
    CHECK(visitor.say("GET other") == Execution::done);

    house.backend.answer(1, "k", "v");
    house.backend.reply(0, ":1\r\n");
    house.backend.answer(0, "other", "w");
    CHECK(visitor.hear().empty());
    house.lanes.run(0);
    CHECK(visitor.hear() == bulk("v") + ":1\r\n" + bulk("w"));
}

TEST_CASE("a write need not wait for a read that went its own way") {
    House house;
    Visitor opener(house, 0), visitor(house, 0);
    opener.say("GET k");
    visitor.say("GET k");

    CHECK(visitor.say("SET k new") == Execution::done);

    house.backend.answer(0, "k", "old");
    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.hear() == bulk("old") + "+OK\r\n");
}

TEST_CASE("a read that waited for another lane frees the writes though it failed") {
    House house;
    Visitor opener(house, 1), visitor(house, 0);
    opener.say("GET k");
    visitor.say("MGET k k");
    CHECK(visitor.say("SET k new") == Execution::later);

    house.backend.fail(1, Errc::backend_timeout);
    house.lanes.run(0);

    CHECK(visitor.say("SET k new") == Execution::done);
    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.hear() == "-ERR backend timed out, the command may have taken effect\r\n+OK\r\n");
}

}  // namespace
}  // namespace nearcache::resp_server
