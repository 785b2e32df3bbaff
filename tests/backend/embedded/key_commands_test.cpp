#include "backend/embedded/key_commands.hpp"

#include <set>
#include <string>

#include <doctest/doctest.h>

#include "tests/backend/embedded/command_replies.hpp"

namespace nearcache::tests {
namespace {

TEST_CASE("DEL, UNLINK, EXISTS, TOUCH and TYPE count keys as often as they are named") {
    check_replies({
        {"MSET a 1 b 2 c 3", "+OK\r\n"},
        {"EXISTS a a b none", ":3\r\n"},
        {"TOUCH a none", ":1\r\n"},
        {"TYPE a", "+string\r\n"},
        {"TYPE none", "+none\r\n"},
        {"DEL a a none", ":1\r\n"},
        {"UNLINK b c", ":2\r\n"},
        {"DBSIZE", ":0\r\n"},
    });
}

TEST_CASE("RENAME moves value and life") {
    check_replies({
        {"RENAME a b", "-ERR no such key\r\n"},
        {"RENAME a a", "-ERR no such key\r\n"},
        {"SET a 1 PX 500", "+OK\r\n"},
        {"SET b 2", "+OK\r\n"},
        {"RENAME a a", "+OK\r\n"},
        {"RENAMENX a a", ":0\r\n"},
        {"RENAMENX a b", ":0\r\n"},
        {"RENAME a b", "+OK\r\n"},
        {"GET b", "$1\r\n1\r\n"},
        {"PTTL b", ":500\r\n"},
        {"EXISTS a", ":0\r\n"},
        {"RENAMENX b c", ":1\r\n"},
        {"PTTL c", ":500\r\n"},
        {"SET d 4", "+OK\r\n"},
        {"RENAME d c", "+OK\r\n"},
        {"PTTL c", ":-1\r\n"},
        {"RENAMENX none c", "-ERR no such key\r\n"},
    });
}

TEST_CASE("COPY leaves the source as it is") {
    check_replies({
        {"COPY a b", ":0\r\n"},
        {"COPY a a", "-ERR source and destination objects are the same\r\n"},
        {"SET a 1 PX 500", "+OK\r\n"},
        {"COPY a b", ":1\r\n"},
        {"APPEND b 2", ":2\r\n"},
        {"GET a", "$1\r\n1\r\n"},
        {"PTTL b", ":500\r\n"},
        {"COPY a b", ":0\r\n"},
        {"COPY a b DB 0 replace", ":1\r\n"},
        {"GET b", "$1\r\n1\r\n"},
        {"COPY a c DB", syntax_error},
        {"COPY a c foo", syntax_error},
        {"COPY a c DB x", not_an_integer},
        {"COPY a c DB 99", "-ERR DB index is out of range\r\n"},
        {"COPY a c DB 9999999999",
         "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n"},
    });
}

TEST_CASE("KEYS and RANDOMKEY show what is there") {
    check_replies({
        {"KEYS *", "*0\r\n"},
        {"RANDOMKEY", "$-1\r\n"},
        {"SET one 1", "+OK\r\n"},
        {"RANDOMKEY", "$3\r\none\r\n"},
        {"SET two 2", "+OK\r\n"},
        {"KEYS t*", "*1\r\n$3\r\ntwo\r\n"},
        {"KEYS [a-o]ne", "*1\r\n$3\r\none\r\n"},
        {"KEYS x*", "*0\r\n"},
    });
}

TEST_CASE("SCAN filters what it passes") {
    check_replies({
        {"SET one 1", "+OK\r\n"},
        {"SCAN 0", "*2\r\n$1\r\n0\r\n*1\r\n$3\r\none\r\n"},
        {"SCAN 0 MATCH o* COUNT 5", "*2\r\n$1\r\n0\r\n*1\r\n$3\r\none\r\n"},
        {"SCAN 0 match x*", "*2\r\n$1\r\n0\r\n*0\r\n"},
        {"SCAN 0 TYPE STRING", "*2\r\n$1\r\n0\r\n*1\r\n$3\r\none\r\n"},
        {"SCAN 0 type list", "*2\r\n$1\r\n0\r\n*0\r\n"},
        {"SCAN 18446744073709551615", "*2\r\n$1\r\n0\r\n*0\r\n"},
        {"SCAN x", "-ERR invalid cursor\r\n"},
        {"SCAN \" 0\"", "-ERR invalid cursor\r\n"},
        {"SCAN 18446744073709551616", "-ERR invalid cursor\r\n"},
        {"SCAN 0 COUNT 0", syntax_error},
        {"SCAN 0 COUNT x", not_an_integer},
        {"SCAN 0 MATCH", syntax_error},
        {"SCAN 0 foo bar", syntax_error},
    });
}

TEST_CASE("FLUSHALL and FLUSHDB leave nothing") {
    for (const std::string flush : {"FLUSHALL", "FLUSHDB", "flushall ASYNC", "flushdb sync"}) {
        CAPTURE(flush);
        EmbeddedStore store;
        store.run("MSET a 1 b 2");
        store.run("SET c 3 EX 10");

        CHECK(store.run(flush) == "+OK\r\n");

        CHECK(store.run("DBSIZE") == ":0\r\n");
        CHECK(store.run("SET c 4 EX 10") == "+OK\r\n");
        store.clock.advance(std::chrono::seconds(10));
        CHECK(store.run("EXISTS c") == ":0\r\n");
    }
    check_replies({
        {"FLUSHALL now", syntax_error},
        {"FLUSHDB SYNC SYNC", syntax_error},
    });
}

TEST_CASE("RANDOMKEY comes to every key") {
    EmbeddedStore store;
    store.run("MSET a 1 b 2 c 3");

    std::set<std::string> seen;
    // Each is missed with a probability of (2/3)^400.
    for (int i = 0; i < 400; ++i) seen.insert(store.run("RANDOMKEY"));

    CHECK(seen == std::set<std::string>{"$1\r\na\r\n", "$1\r\nb\r\n", "$1\r\nc\r\n"});
}

}  // namespace
}  // namespace nearcache::tests
