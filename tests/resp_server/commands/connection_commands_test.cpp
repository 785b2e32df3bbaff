#include "resp_server/commands/connection_commands.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

std::string hello_reply(std::uint64_t id) {
    return "*14\r\n" + bulk("server") + bulk("redis") + bulk("version") + bulk("7.0.15") +
           bulk("proto") + ":2\r\n" + bulk("id") + ":" + std::to_string(id) + "\r\n" +
           bulk("mode") + bulk("standalone") + bulk("role") + bulk("master") + bulk("modules") +
           "*0\r\n";
}

TEST_CASE("PING and ECHO give back what they were given") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("PING") == "+PONG\r\n");
    CHECK(visitor.ask("PING hello") == bulk("hello"));
    CHECK(visitor.ask("ECHO hello") == bulk("hello"));
    visitor.say_words({"ECHO", std::string("\0\r\n", 3)});
    CHECK(visitor.hear() == bulk({"\0\r\n", 3}));
}

TEST_CASE("QUIT says goodbye and leaves") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("QUIT") == "+OK\r\n");

    CHECK(visitor.client().is_leaving());
}

TEST_CASE("only database 0 is there") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("SELECT 0") == "+OK\r\n");
    for (const std::string_view line : {"SELECT 1", "SELECT 15"}) {
        CHECK(visitor.ask(line).find("needs a connection of its own") != std::string::npos);
    }
    for (const std::string_view line : {"SELECT 16", "SELECT -1"}) {
        CHECK(visitor.ask(line) == "-ERR DB index is out of range\r\n");
    }
    for (const std::string_view line :
         {"SELECT zero", "SELECT 0x", "SELECT 99999999999999999999"}) {
        CHECK(visitor.ask(line) == "-ERR value is not an integer or out of range\r\n");
    }
}

TEST_CASE("HELLO introduces us in RESP2, with the client's number") {
    House house;
    Visitor first(house), second(house);

    CHECK(first.ask("HELLO") == hello_reply(1));
    CHECK(second.ask("HELLO 2") == hello_reply(2));
}

TEST_CASE("HELLO refuses a protocol that is not spoken here, and changes nothing then") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("HELLO 3 SETNAME me") == "-NOPROTO unsupported protocol version\r\n");
    CHECK(visitor.ask("HELLO 1") == "-NOPROTO unsupported protocol version\r\n");
    CHECK(visitor.ask("HELLO two") ==
          "-ERR Protocol version is not an integer or out of range\r\n");
    CHECK(visitor.client().name.empty());
}

TEST_CASE("HELLO takes a name, and no password, since there is none") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("HELLO 2 setname me") == hello_reply(1));
    CHECK(visitor.client().name == "me");
    CHECK(visitor.ask("HELLO 2 AUTH default secret")
              .starts_with("-ERR AUTH <password> called without any password configured"));
    CHECK(visitor.ask("HELLO 2 SETNAME") == "-ERR Syntax error in HELLO option 'SETNAME'\r\n");
    CHECK(visitor.ask("HELLO 2 AUTH default") == "-ERR Syntax error in HELLO option 'AUTH'\r\n");
    CHECK(visitor.ask("HELLO 2 LOUD") == "-ERR Syntax error in HELLO option 'LOUD'\r\n");
}

TEST_CASE("AUTH is answered as by a Redis without a password") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("AUTH secret")
              .starts_with("-ERR AUTH <password> called without any password configured"));
    CHECK(visitor.ask("AUTH default secret") == "+OK\r\n");
    CHECK(visitor.ask("AUTH somebody secret") ==
          "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    CHECK(visitor.ask("AUTH a b c") == "-ERR syntax error\r\n");
}

TEST_CASE("a client may have a name") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("CLIENT GETNAME") == null_bulk);
    CHECK(visitor.ask("client setname me") == "+OK\r\n");
    CHECK(visitor.ask("CLIENT GETNAME") == bulk("me"));

    CHECK(visitor.ask("RESET") == "+RESET\r\n");
    CHECK(visitor.ask("CLIENT GETNAME") == null_bulk);
}

TEST_CASE("a name that would break a list of clients is refused, and the old one stays") {
    House house;
    Visitor visitor(house);
    visitor.say("CLIENT SETNAME me");
    visitor.hear();

    for (const std::string name : {"a b", "a\n", "\x7f", "a\xc3\xa9"}) {
        visitor.say_words({"CLIENT", "SETNAME", name});
        CHECK(visitor.hear() ==
              "-ERR Client names cannot contain spaces, newlines or special characters.\r\n");
    }
    CHECK(visitor.client().name == "me");

    visitor.say_words({"CLIENT", "SETNAME", ""});
    CHECK(visitor.hear() == "+OK\r\n");
    CHECK(visitor.ask("CLIENT GETNAME") == null_bulk);
}

TEST_CASE("HELLO refuses such a name too") {
    House house;
    Visitor visitor(house);

    visitor.say_words({"HELLO", "2", "SETNAME", "a b"});

    CHECK(visitor.hear() ==
          "-ERR Client names cannot contain spaces, newlines or special characters.\r\n");
}

TEST_CASE("CLIENT ID is the client's number") {
    House house;
    Visitor first(house), second(house);

    CHECK(first.ask("CLIENT ID") == ":1\r\n");
    CHECK(second.ask("CLIENT ID") == ":2\r\n");
    CHECK(first.ask("CLIENT ID") == ":1\r\n");
}

TEST_CASE("of the other subcommands of CLIENT some follow nothing, the others are refused") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("CLIENT NO-EVICT on") == "+OK\r\n");
    CHECK(visitor.ask("CLIENT SETINFO LIB-VER 1") == "+OK\r\n");
    CHECK(visitor.ask("CLIENT LIST") == "-ERR 'client|LIST' is not offered by this proxy yet\r\n");
    CHECK(visitor.ask("CLIENT REPLY off").starts_with("-ERR "));
    CHECK(visitor.ask("CLIENT TRACKING on").starts_with("-ERR "));
}

}  // namespace
}  // namespace nearcache::resp_server
