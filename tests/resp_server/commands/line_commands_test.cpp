#include "resp_server/commands/line_commands.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

constexpr std::string_view put_error =
    "-ERR PUT is written PUT key=value, and with blanks in either PUT \"key=a value\"\r\n";

TEST_CASE("PUT key=value on a line is SET") {
    House house;
    Visitor visitor(house);

    visitor.say_bytes("PUT greeting=hello\r\n");
    CHECK(house.backend.commands().back() == "> SET greeting hello");
    house.backend.reply(0, "+OK\r\n");

    CHECK(visitor.hear() == "+OK\r\n");
}

TEST_CASE("the first equals sign parts key and value, whatever they are") {
    House house;
    Visitor visitor(house);

    for (const auto& [line, command] :
         std::vector<std::pair<std::string, std::vector<std::string>>>{
             {"put k=a=b\n", {"SET", "k", "a=b"}},
             {"PUT k=\n", {"SET", "k", ""}},
             {"PUT =v\n", {"SET", "", "v"}},
             {"PUT \"a b=c d\"\n", {"SET", "a b", "c d"}},
             {"Put 'k=\xff'\n", {"SET", "k", "\xff"}}}) {
        CAPTURE(line);
        visitor.say_bytes(line);
        std::string expected;
        resp::append_command(expected, command);
        CHECK(house.backend.forwarded_bytes() == expected);
    }
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("a PUT that is written otherwise says how it is written") {
    House house;
    Visitor visitor(house);

    for (const std::string line :
         {"PUT\n", "PUT k\n", "PUT k v\n", "PUT k=a value\n", "PUT k = v\n"}) {
        CAPTURE(line);
        visitor.say_bytes(line);
        CHECK(visitor.hear() == put_error);
    }
    CHECK(house.backend.commands().empty());
}

TEST_CASE("a PUT is a write: what is cached of its key is dropped") {
    House house;
    Visitor visitor(house);
    keep(house, "k", "old");
    CHECK(visitor.ask("GET k") == bulk("old"));

    visitor.say_bytes("PUT k=new\n");
    house.backend.reply(0, "+OK\r\n");
    visitor.hear();

    visitor.say("GET k");
    house.backend.answer(0, "k", "new");
    CHECK(visitor.hear() == bulk("new"));
}

TEST_CASE("between MULTI and EXEC a PUT is queued") {
    House house;
    Visitor visitor(house);
    visitor.say("MULTI");
    auto& own = house.backend.private_connection(0);
    own.give("+OK\r\n");
    visitor.hear();
    own.take_sent();

    visitor.say_bytes("PUT k=v\n");
    CHECK(own.take_sent() == "*3\r\n" + bulk("SET") + bulk("k") + bulk("v"));
    own.give("+QUEUED\r\n");

    CHECK(visitor.hear() == "+QUEUED\r\n");
}

TEST_CASE("between MULTI and EXEC DUMP alone is Redis's, with a word too few") {
    House house;
    Visitor visitor(house);
    visitor.say("MULTI");
    auto& own = house.backend.private_connection(0);
    own.give("+OK\r\n");
    own.take_sent();

    visitor.say_bytes("DUMP\n");

    CHECK(own.take_sent() == "*1\r\n" + bulk("DUMP"));
    own.give("-ERR wrong number of arguments for 'dump' command\r\n");
}

TEST_CASE("in a RESP array PUT and DUMP are what they are to Redis") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("DUMP") == "-ERR wrong number of arguments for 'dump' command\r\n");
    visitor.say("PUT k=v");
    CHECK(house.backend.commands().back() == "> COMMAND INFO PUT");
    house.backend.reply(0, "*1\r\n$-1\r\n");
    visitor.say("PUT k=v");
    CHECK(visitor.hear() == "-ERR unknown command 'PUT', with args beginning with: 'k=v' \r\n");
    // Not regular, so without its raw bytes; an array for all that.
    visitor.say_bytes("*1\r\r$4\r\nDUMP\r\n");
    CHECK(visitor.hear() == "-ERR wrong number of arguments for 'dump' command\r\n");
}

TEST_CASE("DUMP with a key is Redis's on a line, too") {
    House house;
    Visitor visitor(house);

    visitor.say_bytes("DUMP k\n");

    CHECK(house.backend.commands().back() == "> DUMP k");
    house.backend.reply(0, "$-1\r\n");
}

TEST_CASE("DUMP waits until the client's earlier commands are answered") {
    House house;
    Visitor visitor(house);
    visitor.say_bytes("PUT k=v\n");

    CHECK(visitor.say_bytes("DUMP\n") == Execution::later);
    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.say_bytes("DUMP\n") == Execution::done);

    CHECK(house.backend.commands().back() == "> SCAN 0 COUNT 250");
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("DUMP is refused when no request more may be in flight") {
    House house(1);
    Visitor visitor(house), other(house);
    other.say("GET k");

    visitor.say_bytes("DUMP\n");

    CHECK(visitor.hear() == overloaded);
    house.backend.answer(0, "k", "v");
}

TEST_CASE("a client that wants no replies gets no dump") {
    House house;
    Visitor visitor(house);
    visitor.client().set_replying(Client::Replying::off);

    visitor.say_bytes("DUMP\n");

    CHECK(visitor.hear().empty());
    CHECK(house.backend.commands().empty());
}

}  // namespace
}  // namespace nearcache::resp_server
