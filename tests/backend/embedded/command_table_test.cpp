#include "backend/embedded/command_table.hpp"

#include <string>

#include <doctest/doctest.h>

#include "tests/backend/embedded/command_replies.hpp"

namespace nearcache::tests {
namespace {

TEST_CASE("a command that is not known is named with what came behind it") {
    const std::string long_word(200, 'y');
    EmbeddedStore store;

    CHECK(store.run("FOO") == "-ERR unknown command 'FOO', with args beginning with: \r\n");
    CHECK(store.run("Foo \"a\\r\\nb\" c") ==
          "-ERR unknown command 'Foo', with args beginning with: 'a  b' 'c' \r\n");
    CHECK(store.run("foo " + long_word + " z") ==
          "-ERR unknown command 'foo', with args beginning with: '" + long_word.substr(0, 128) +
              "' \r\n");
    CHECK(store.run("foo " + long_word.substr(0, 120) + " zzzzzz") ==
          "-ERR unknown command 'foo', with args beginning with: '" + long_word.substr(0, 120) +
              "' 'zzzzz' \r\n");
    CHECK(store.run(long_word) == "-ERR unknown command '" + long_word.substr(0, 128) +
                                      "', with args beginning with: \r\n");
    CHECK(store.run("\"\" a") == "-ERR unknown command '', with args beginning with: 'a' \r\n");
    CHECK(store.run("client|id") ==
          "-ERR unknown command 'client|id', with args beginning with: \r\n");
}

TEST_CASE("a wrong number of words is refused before anything else is looked at") {
    check_replies({
        {"get", "-ERR wrong number of arguments for 'get' command\r\n"},
        {"GET a b", "-ERR wrong number of arguments for 'get' command\r\n"},
        {"DEL", "-ERR wrong number of arguments for 'del' command\r\n"},
        {"DBSIZE x", "-ERR wrong number of arguments for 'dbsize' command\r\n"},
        {"PING a b", "-ERR wrong number of arguments for 'ping' command\r\n"},
        {"CLIENT", "-ERR wrong number of arguments for 'client' command\r\n"},
        {"CLIENT SETNAME", "-ERR wrong number of arguments for 'client|setname' command\r\n"},
        {"COMMAND COUNT x", "-ERR wrong number of arguments for 'command|count' command\r\n"},
    });
}

TEST_CASE("subcommands that are not known are refused in Redis's words") {
    check_replies({
        {"CLIENT Nope x", "-ERR unknown subcommand 'Nope'. Try CLIENT HELP.\r\n"},
        {"command nope", "-ERR unknown subcommand 'nope'. Try COMMAND HELP.\r\n"},
        {"client \"\"", "-ERR unknown subcommand ''. Try CLIENT HELP.\r\n"},
    });
}

TEST_CASE("what a client says when it connects is answered") {
    check_replies({
        {"PING", "+PONG\r\n"},
        {"ping hello", "$5\r\nhello\r\n"},
        {"ECHO hello", "$5\r\nhello\r\n"},
        {"SELECT 0", "+OK\r\n"},
        {"SELECT 1", "-ERR DB index is out of range\r\n"},
        {"SELECT x", not_an_integer},
        {"CLIENT SETNAME me", "+OK\r\n"},
        {"CLIENT SETNAME \"a b\"",
         "-ERR Client names cannot contain spaces, newlines or special characters.\r\n"},
        {"CLIENT ID", ":1\r\n"},
        {"COMMAND DOCS", "*0\r\n"},
        {"COMMAND DOCS get", "*0\r\n"},
    });
}

TEST_CASE("TIME follows the clock") {
    EmbeddedStore store;
    CHECK(store.run("TIME") == "*2\r\n$10\r\n2000000000\r\n$1\r\n0\r\n");

    store.clock.advance(std::chrono::microseconds(61'000'123));

    CHECK(store.run("TIME") == "*2\r\n$10\r\n2000000061\r\n$3\r\n123\r\n");
}

TEST_CASE("COMMAND lists as many commands as it counts, with arity and keys") {
    EmbeddedStore store;

    const auto list = store.run("COMMAND");
    const auto count = store.run("COMMAND COUNT");

    CHECK(list.substr(1, list.find('\n')) == count.substr(1));
    CHECK(list.find("*6\r\n$3\r\nget\r\n:2\r\n*1\r\n+readonly\r\n:1\r\n:1\r\n:1\r\n") !=
          std::string::npos);
    CHECK(list.find("*6\r\n$4\r\nmset\r\n:-3\r\n*1\r\n+write\r\n:1\r\n:-1\r\n:2\r\n") !=
          std::string::npos);
}

}  // namespace
}  // namespace nearcache::tests
