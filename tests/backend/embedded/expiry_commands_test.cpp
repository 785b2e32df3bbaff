#include "backend/embedded/expiry_commands.hpp"

#include <doctest/doctest.h>

#include "tests/backend/embedded/command_replies.hpp"

namespace nearcache::tests {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a key's life is told in all of Redis's units") {
    check_replies({
        {"TTL k", ":-2\r\n"},
        {"PEXPIRETIME k", ":-2\r\n"},
        {"SET k 1", "+OK\r\n"},
        {"PTTL k", ":-1\r\n"},
        {"EXPIRETIME k", ":-1\r\n"},
        {"PEXPIRE k 1499", ":1\r\n"},
        {"TTL k", ":1\r\n"},
        {"PEXPIRE k 1500", ":1\r\n"},
        {"TTL k", ":2\r\n"},
        {"PTTL k", ":1500\r\n"},
        {"EXPIRETIME k", ":2000000002\r\n"},
        {"PEXPIRETIME k", ":2000000001500\r\n"},
        {"EXPIREAT k 2000000100", ":1\r\n"},
        {"TTL k", ":100\r\n"},
        {"PEXPIREAT k 2000000000001", ":1\r\n"},
        {"PTTL k", ":1\r\n"},
        {"PERSIST k", ":1\r\n"},
        {"PERSIST k", ":0\r\n"},
        {"PERSIST none", ":0\r\n"},
        {"TTL k", ":-1\r\n"},
    });
}

TEST_CASE("EXPIRE to a moment that has passed deletes the key") {
    check_replies({
        {"MSET a 1 b 1 c 1 d 1", "+OK\r\n"},
        {"EXPIRE a 0", ":1\r\n"},
        {"PEXPIRE b -1", ":1\r\n"},
        {"EXPIREAT c 2000000000", ":1\r\n"},
        {"PEXPIREAT d -9223372036854775808", ":1\r\n"},
        {"DBSIZE", ":0\r\n"},
        {"EXPIRE a 10", ":0\r\n"},
    });
}

TEST_CASE("EXPIRE heeds NX, XX, GT and LT") {
    check_replies({
        {"SET k 1", "+OK\r\n"},
        {"EXPIRE k 10 XX", ":0\r\n"},
        {"EXPIRE k 10 GT", ":0\r\n"},
        {"EXPIRE k 10 NX", ":1\r\n"},
        {"EXPIRE k 20 NX", ":0\r\n"},
        {"EXPIRE k 5 GT", ":0\r\n"},
        {"EXPIRE k 10 GT", ":0\r\n"},
        {"EXPIRE k 15 gt xx", ":1\r\n"},
        {"EXPIRE k 15 LT", ":0\r\n"},
        {"EXPIRE k 7 LT", ":1\r\n"},
        {"TTL k", ":7\r\n"},
        {"PERSIST k", ":1\r\n"},
        {"EXPIRE k 10 LT", ":1\r\n"},
        {"TTL k", ":10\r\n"},
        {"EXPIRE k 0 GT", ":0\r\n"},
        {"EXISTS k", ":1\r\n"},
    });
}

TEST_CASE("EXPIRE refuses what makes no sense") {
    constexpr std::string_view nx_and_others =
        "-ERR NX and XX, GT or LT options at the same time are not compatible\r\n";
    check_replies({
        {"EXPIRE k 1 NX XX", nx_and_others},
        {"EXPIRE k 1 NX GT", nx_and_others},
        {"EXPIRE k 1 GT LT", "-ERR GT and LT options at the same time are not compatible\r\n"},
        {"EXPIRE k 1 foo", "-ERR Unsupported option foo\r\n"},
        {"EXPIRE k 1 \"foo\\r\\n\"", "-ERR Unsupported option foo\r\n"},
        {"EXPIRE k x", not_an_integer},
        {"EXPIRE k 9223372036854775807", "-ERR invalid expire time in 'expire' command\r\n"},
        {"PEXPIRE k 9223372036854775807", "-ERR invalid expire time in 'pexpire' command\r\n"},
        {"EXPIREAT k 9223372036854776", "-ERR invalid expire time in 'expireat' command\r\n"},
        {"EXPIRE k", "-ERR wrong number of arguments for 'expire' command\r\n"},
    });
}

TEST_CASE("a key is there until its life is over, and not a moment longer") {
    EmbeddedStore store;
    store.run("SET k v PX 100");

    store.clock.advance(99ms);
    CHECK(store.run("GET k") == "$1\r\nv\r\n");
    CHECK(store.run("PTTL k") == ":1\r\n");

    store.clock.advance(1ms);
    CHECK(store.run("GET k") == "$-1\r\n");
    CHECK(store.run("PTTL k") == ":-2\r\n");
}

TEST_CASE("a key that has expired is absent to every command") {
    const Exchange exchanges[] = {
        {"SET k 1 NX", "+OK\r\n"},
        {"SET k 1 XX", "$-1\r\n"},
        {"SETNX k 1", ":1\r\n"},
        {"GETSET k 1", "$-1\r\n"},
        {"MGET k", "*1\r\n$-1\r\n"},
        {"MSETNX k 1", ":1\r\n"},
        {"DEL k", ":0\r\n"},
        {"EXISTS k", ":0\r\n"},
        {"INCR k", ":1\r\n"},
        {"APPEND k x", ":1\r\n"},
        {"STRLEN k", ":0\r\n"},
        {"TYPE k", "+none\r\n"},
        {"RENAME k j", "-ERR no such key\r\n"},
        {"COPY k j", ":0\r\n"},
        {"GETDEL k", "$-1\r\n"},
        {"GETEX k PERSIST", "$-1\r\n"},
        {"PERSIST k", ":0\r\n"},
        {"EXPIRE k 10", ":0\r\n"},
        {"KEYS *", "*0\r\n"},
        {"RANDOMKEY", "$-1\r\n"},
        {"SCAN 0", "*2\r\n$1\r\n0\r\n*0\r\n"},
        {"DBSIZE", ":0\r\n"},
    };
    for (const auto& [command, reply] : exchanges) {
        CAPTURE(command);
        EmbeddedStore store;
        store.run("SET k 41 PX 100");
        store.clock.advance(100ms);

        CHECK(store.run(command) == reply);
    }
}

TEST_CASE("a new value's life is counted from its own beginning") {
    EmbeddedStore store;
    store.run("SET k 1 PX 100");
    store.clock.advance(60ms);
    store.run("SET k 2 PX 100");

    store.clock.advance(60ms);

    CHECK(store.run("GET k") == "$1\r\n2\r\n");
    CHECK(store.run("PTTL k") == ":40\r\n");
}

}  // namespace
}  // namespace nearcache::tests
