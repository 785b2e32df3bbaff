#include "resp_server/commands/command_commands.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;

// In front of a store of our own, which leaves COMMAND to our table.
struct EmbeddedHouse : House {
    EmbeddedHouse() { backend.set_lends(false); }
};

TEST_CASE("COMMAND and its subcommands are the backend's to answer") {
    for (const std::string_view line :
         {"COMMAND", "COMMAND COUNT", "COMMAND DOCS get", "COMMAND INFO get", "COMMAND LIST",
          "COMMAND GETKEYS SET k v", "COMMAND GETKEYSANDFLAGS SET k v",
          "COMMAND LIST FILTERBY PATTERN x*", "COMMAND HELP"}) {
        CAPTURE(line);
        House house;
        Visitor visitor(house);

        visitor.say(line);
        CHECK(house.backend.commands().back() == "> " + std::string(line));
        house.backend.reply(0, "*1\r\n*0\r\n");

        CHECK(visitor.hear() == "*1\r\n*0\r\n");
    }
}

TEST_CASE("what the backend said to COMMAND is told again without asking") {
    House house;
    Visitor visitor(house), other(house, 1);
    visitor.say("COMMAND DOCS get");
    house.backend.reply(0, "*2\r\n$3\r\nget\r\n*0\r\n");

    CHECK(other.ask("command docs GET") == visitor.hear());
    CHECK(house.backend.forwards() == 1);
}

TEST_CASE("each dialect has answers of its own") {
    House house;
    Visitor visitor(house);
    visitor.say("COMMAND");
    house.backend.reply(0, "*0\r\n");
    visitor.hear();

    visitor.client().set_dialect(resp::Dialect::resp3);
    visitor.say("COMMAND");
    CHECK(house.backend.commands().back() == "[resp3] > COMMAND");
    house.backend.reply(0, "~0\r\n");

    CHECK(visitor.hear() == "~0\r\n");
    CHECK(visitor.ask("COMMAND") == "~0\r\n");
}

TEST_CASE("after a new connection to the backend, and after a while, COMMAND is asked anew") {
    House house;
    Visitor visitor(house);
    visitor.say("COMMAND COUNT");
    house.backend.reply(0, ":1\r\n");
    visitor.hear();

    house.backend.make_connection();
    visitor.say("COMMAND COUNT");
    house.backend.reply(0, ":2\r\n");
    CHECK(visitor.hear() == ":2\r\n");

    house.clock.advance(CommandAnswers::longest_life);
    visitor.say("COMMAND COUNT");
    house.backend.reply(0, ":3\r\n");
    CHECK(visitor.hear() == ":3\r\n");
}

TEST_CASE("an error of the backend is passed on, and not kept") {
    House house;
    Visitor visitor(house);
    visitor.say("COMMAND GETKEYS nosuch k");
    house.backend.reply(0, "-ERR Invalid command specified\r\n");
    CHECK(visitor.hear() == "-ERR Invalid command specified\r\n");

    visitor.say("COMMAND GETKEYS nosuch k");

    CHECK(house.backend.forwards() == 2);
    house.backend.reply(0, "*0\r\n");
}

TEST_CASE("while the backend is away, what it said before is told, however old") {
    House house;
    Visitor visitor(house);
    visitor.say("COMMAND DOCS get");
    house.backend.reply(0, "*0\r\n");
    visitor.hear();
    house.clock.advance(CommandAnswers::longest_life);

    visitor.say("COMMAND DOCS get");
    house.backend.fail(0, Errc::backend_unreachable);

    CHECK(visitor.hear() == "*0\r\n");
}

TEST_CASE("while the backend is away, our table answers what it can") {
    House house;
    EmbeddedHouse embedded;
    Visitor visitor(house), expected(embedded);

    for (const std::string_view line :
         {"COMMAND", "COMMAND COUNT", "COMMAND LIST", "COMMAND INFO get nosuch"}) {
        CAPTURE(line);
        visitor.say(line);
        house.backend.fail(0, Errc::backend_unreachable);
        CHECK(visitor.hear() == expected.ask(line));
    }
    visitor.say("COMMAND DOCS get");
    house.backend.fail(0, Errc::backend_unreachable);
    CHECK(visitor.hear() == "-ERR backend unreachable\r\n");
}

TEST_CASE("COMMAND of a client with a connection of its own is asked there") {
    House house;
    Visitor visitor(house);
    visitor.say("WATCH k");
    auto& own = house.backend.private_connection(0);
    own.give("+OK\r\n");
    visitor.hear();
    own.take_sent();

    visitor.say("COMMAND COUNT");
    CHECK(own.take_sent() == "*2\r\n" + bulk("COMMAND") + bulk("COUNT"));
    own.give(":1\r\n");

    CHECK(visitor.hear() == ":1\r\n");
}

TEST_CASE("our table tells of every command, with its arity") {
    EmbeddedHouse house;
    Visitor visitor(house);
    const auto count = std::to_string(all_commands().size());

    const auto all = visitor.ask("COMMAND");
    CHECK(all.starts_with("*" + count + "\r\n*10\r\n"));
    CHECK(visitor.ask("COMMAND INFO") == all);
    CHECK(visitor.ask("COMMAND COUNT") == ":" + count + "\r\n");
    CHECK(all.find("*10\r\n$3\r\nget\r\n:2\r\n") != std::string::npos);
}

TEST_CASE("our table tells of the commands that are named, in their order, and nil of the others") {
    EmbeddedHouse house;
    Visitor visitor(house);

    const auto reply = visitor.ask("COMMAND INFO set nonsense GET config|get");

    CHECK(reply.starts_with("*4\r\n*10\r\n$3\r\nset\r\n:-3\r\n"));
    const auto nil = reply.find("$-1\r\n*10\r\n$3\r\nget\r\n:2\r\n");
    REQUIRE(nil != std::string::npos);
    CHECK(reply.find("*10\r\n$10\r\nconfig|get\r\n:-3\r\n", nil) != std::string::npos);
}

TEST_CASE("in RESP3 the flags of our table are sets") {
    EmbeddedHouse house;
    Visitor visitor(house);
    visitor.client().set_dialect(resp::Dialect::resp3);

    CHECK(visitor.ask("COMMAND INFO echo nonsense") ==
          "*2\r\n*10\r\n$4\r\necho\r\n:2\r\n~3\r\n+loading\r\n+stale\r\n+fast\r\n:0\r\n:0\r\n:0\r\n"
          "~2\r\n+@fast\r\n+@connection\r\n~0\r\n~0\r\n~0\r\n_\r\n");
}

TEST_CASE("COMMAND LIST of our table names every command") {
    EmbeddedHouse house;
    Visitor visitor(house);
    std::string expected = "*" + std::to_string(all_commands().size()) + "\r\n";
    for (const auto& spec : all_commands()) expected += bulk(spec.name);

    CHECK(visitor.ask("command list") == expected);
}

TEST_CASE("a store of our own answers what our table cannot") {
    EmbeddedHouse house;
    Visitor visitor(house);

    visitor.say("COMMAND DOCS get");
    CHECK(house.backend.commands().back() == "> COMMAND DOCS get");
    house.backend.reply(0, "*0\r\n");

    CHECK(visitor.hear() == "*0\r\n");
}

}  // namespace
}  // namespace nearcache::resp_server
