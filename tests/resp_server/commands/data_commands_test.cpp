#include "resp_server/commands/data_commands.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;
using Said = std::vector<std::string>;

TEST_CASE("replies leave in the order of the commands, whatever is known at once") {
    House house;
    keep(house, "here", "1");
    Visitor visitor(house);

    visitor.say("GET here");
    visitor.say("GET a");
    visitor.say("GET here");
    visitor.say("STRLEN b");
    visitor.say("MGET here here");
    visitor.say("PING");
    CHECK(visitor.hear() == bulk("1"));

    house.backend.answer(0, "a", "2");
    CHECK(visitor.hear() == bulk("2") + bulk("1"));
    house.backend.reply(0, ":3\r\n");
    CHECK(visitor.hear() == ":3\r\n*2\r\n" + bulk("1") + bulk("1") + "+PONG\r\n");
}

TEST_CASE("whatever else is asked goes to the backend as it came, and its reply comes as it came") {
    House house;
    Visitor visitor(house);
    const std::string sent = "*4\r\n$6\r\nsetBit\r\n$1\r\nk\r\n$1\r\n7\r\n$1\r\n1\r\n";

    visitor.say_bytes(sent);
    CHECK(house.backend.forwarded_bytes() == sent);
    house.backend.reply(0, "*2\r\n:1\r\n$-1\r\n");

    CHECK(visitor.hear() == "*2\r\n:1\r\n$-1\r\n");
}

TEST_CASE("an inline command goes on as an array") {
    House house;
    Visitor visitor(house);

    visitor.say_bytes("set k \"a b\"\r\n");

    CHECK(house.backend.forwarded_bytes() == "*3\r\n$3\r\nset\r\n$1\r\nk\r\n$3\r\na b\r\n");
    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.hear() == "+OK\r\n");
}

TEST_CASE("a command that could not be sent, or whose answer was lost, says so in its place") {
    House house;
    Visitor visitor(house);
    visitor.say("SET k v");
    visitor.say("PING");

    house.backend.fail(0, Errc::backend_connection_lost);

    CHECK(visitor.hear() ==
          "-ERR backend connection lost, the command may have taken effect\r\n+PONG\r\n");
}

TEST_CASE("a command holds a permit only while it waits, however it ends") {
    House house;
    Visitor visitor(house);
    struct Row {
        const char* command;
        std::function<void()> end;
    };
    const std::vector<Row> rows{
        {"GET k", [&] { house.backend.answer(0, "k", "v", 0ms); }},
        {"GET k", [&] { house.backend.answer_error(0, "k", "WRONGTYPE"); }},
        {"GET k", [&] { house.backend.fail(0, Errc::backend_timeout); }},
        {"MGET k k k", [&] { house.backend.answer(0, "k", "v", 0ms); }},
        {"MGET k", [&] { house.backend.answer_error(0, "k", "LOADING"); }},
        {"MGET k", [&] { house.backend.fail(0, Errc::backend_timeout); }},
        {"SET k v", [&] { house.backend.reply(0, "+OK\r\n"); }},
        {"SET k v", [&] { house.backend.reply(0, "-OOM\r\n"); }},
        {"SET k v", [&] { house.backend.fail(0, Errc::backend_connection_lost); }},
        {"GET k", [&] { house.backend.answer_absent(0, "k"); }},
    };

    for (const auto& row : rows) {
        CAPTURE(row.command);
        visitor.say(row.command);
        CHECK(house.in_flight.taken() == 1);
        row.end();
        CHECK(house.in_flight.taken() == 0);
    }
    visitor.ask("GET k");
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("beyond the limit commands are refused, in their order, but for what the cache knows") {
    House house(2);
    keep(house, "here", "v");
    Visitor visitor(house);
    visitor.say("GET a");
    visitor.say("SET b v");

    visitor.say("GET c");
    visitor.say("MGET here c");
    visitor.say("GET here");
    visitor.say("SET c v");
    CHECK(visitor.hear().empty());
    CHECK(house.backend.commands() == Said{"GET here", "GET a", "> SET b v"});
    CHECK(house.in_flight.refusals() == 3);

    house.backend.answer(0, "a", "1");
    house.backend.reply(0, "+OK\r\n");
    const std::string refused(overloaded);
    CHECK(visitor.hear() == bulk("1") + "+OK\r\n" + refused + refused + bulk("v") + refused);
}

TEST_CASE("a write that was refused leaves no trace") {
    House house(1);
    keep(house, "k", "v");
    Visitor other(house), visitor(house);
    other.say("GET a");

    CHECK(visitor.ask("SET k w") == overloaded);
    CHECK(visitor.ask("GET k") == bulk("v"));
    house.backend.answer(0, "a", "1");

    CHECK_FALSE(visitor.client().wrote(cache::Key("k").hash));
    CHECK(visitor.ask("GET k") == bulk("v"));
}

TEST_CASE("a read behind an unanswered write needs a permit of its own") {
    House house(1);
    Visitor visitor(house);
    visitor.say("SET k v");

    visitor.say("GET k");
    visitor.say("MGET k");
    house.backend.reply(0, "+OK\r\n");

    CHECK(visitor.hear() == "+OK\r\n" + std::string(overloaded) + std::string(overloaded));
}

}  // namespace
}  // namespace nearcache::resp_server
