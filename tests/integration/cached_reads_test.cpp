#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/frame_reader.hpp"
#include "tests/support/nearcache_process.hpp"
#include "tests/support/server_info.hpp"
#include "tests/support/timing.hpp"

// The reads that are answered from the cache, beside the same ones answered by Redis.
namespace nearcache::tests {

namespace {

using namespace std::string_literals;

const Words keys{"text", "number", "empty", "binary", "big", "leaving", "list", "hash", "absent"};

void furnish(const RealRedis& redis) {
    std::string big;
    while (big.size() < 100'000) big += std::to_string(big.size());
    for (const auto& words : std::vector<Words>{{"SET", "text", "0123456789"},
                                                {"SET", "number", "-12345"},
                                                {"SET", "empty", ""},
                                                {"SET", "binary", "a\0b\r\n$3\r\n"s},
                                                {"SET", "big", big},
                                                {"SET", "leaving", "soon", "EX", "100000"},
                                                {"RPUSH", "list", "a", "b"},
                                                {"HSET", "hash", "field", "value"}}) {
        REQUIRE_FALSE(is_error(redis.command(words)));
    }
}

std::vector<Words> questions_about(const std::string& key) {
    std::vector<Words> questions{{"STRLEN", key},
                                 {"EXISTS", key},
                                 {"TYPE", key},
                                 {"EXISTS", key, key, "absent"},
                                 {"EXPIRETIME", key},
                                 {"PEXPIRETIME", key},
                                 {"MGET", key, "absent"},
                                 {"MGET", "text", key, "text", key},
                                 {"GETRANGE", key, "1"},
                                 {"STRLEN", key, key},
                                 {"SUBSTR", key, "1", "2"}};
    // What is left of a life is not the same twice.
    if (key != "leaving") {
        questions.push_back({"TTL", key});
        questions.push_back({"PTTL", key});
    }
    const Words indices{"0",
                        "1",
                        "5",
                        "9",
                        "10",
                        "99",
                        "-1",
                        "-2",
                        "-10",
                        "-11",
                        "9223372036854775807",
                        "-9223372036854775808"};
    for (const auto& first : indices) {
        for (const auto& last : indices) questions.push_back({"GETRANGE", key, first, last});
    }
    for (const auto* nonsense : {"x", "01", "", "-0", " 1", "1 ", "+1", "9223372036854775808"}) {
        questions.push_back({"GETRANGE", key, nonsense, "1"});
        questions.push_back({"GETRANGE", key, "0", nonsense});
    }
    return questions;
}

// Redis, and a nearcache before it that keeps what it fetches, in one dialect.
struct Pair {
    Pair(const ProxiedRedis& servers, const std::string& dialect)
        : redis(servers.redis.port()), proxy(servers.proxy.resp_port()) {
        for (auto* const reader : {&redis, &proxy}) {
            ask(*reader, {"HELLO", dialect});
        }
    }

    static std::string ask(FrameReader& reader, const Words& words) {
        reader.socket().send(command(words));
        return reader.next();
    }

    void compare(const Words& words) {
        const auto expected = ask(redis, words);
        const auto actual = ask(proxy, words);
        CAPTURE(command(words));
        CHECK(actual == expected);
    }

    FrameReader redis;
    FrameReader proxy;
};

}  // namespace

TEST_CASE("reads are answered as Redis answers them, whatever is cached, in both dialects") {
    for (const std::string dialect : {"2", "3"}) {
        ProxiedRedis servers({"--coherence", "ttl"});
        furnish(servers.redis);
        Pair pair(servers, dialect);

        for (const bool is_warm : {false, true}) {
            CAPTURE(dialect);
            CAPTURE(is_warm);
            for (const auto& key : keys) {
                if (is_warm) pair.compare({"GET", key});
                for (const auto& question : questions_about(key)) pair.compare(question);
            }
        }
    }
}

TEST_CASE("of what is cached nothing that is asked reaches Redis") {
    ProxiedRedis servers({"--coherence", "ttl"});
    furnish(servers.redis);
    auto client = servers.resp();
    for (const auto* key : {"text", "empty", "absent"}) client.ask({"GET", key});
    servers.redis.reset_counts();

    for (const std::string key : {"text", "empty", "absent"}) {
        for (const auto* command : {"STRLEN", "TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "TYPE"}) {
            client.ask({command, key});
        }
        client.ask({"GETRANGE", key, "0", "-1"});
        client.ask({"SUBSTR", key, "-5", "3"});
    }
    CHECK(client.ask({"EXISTS", "text", "absent", "empty", "text"}) == integer(3));
    CHECK(client.ask({"MGET", "text", "absent"}) == array({bulk("0123456789"), nil}));

    for (const auto* command : {"strlen", "ttl", "pttl", "expiretime", "pexpiretime", "type",
                                "getrange", "substr", "exists", "mget", "get"}) {
        CAPTURE(command);
        CHECK(servers.redis.count_of(command) == 0);
    }
}

TEST_CASE("what an MGET does not find costs Redis one MGET, however many keys it names") {
    ProxiedRedis servers({"--coherence", "ttl"});
    furnish(servers.redis);
    auto client = servers.resp();
    client.ask({"GET", "text"});
    servers.redis.reset_counts();

    const auto replies = client.ask({"MGET", "number", "text", "list", "absent", "number"});
    CHECK(replies == array({bulk("-12345"), bulk("0123456789"), nil, nil, bulk("-12345")}));
    CHECK(servers.redis.count_of("mget") == 1);
    CHECK(servers.redis.count_of("get") == 0);

    CHECK(client.ask({"GET", "number"}) == bulk("-12345"));
    CHECK(client.ask({"GET", "absent"}) == nil);
    CHECK(servers.redis.count_of("get") == 0);
    CHECK(is_error(client.ask({"GET", "list"})));
    CHECK(servers.redis.count_of("get") == 1);
}

TEST_CASE("a key that is given an end, loses it or reaches it is known to have") {
    ProxiedRedis servers;
    REQUIRE(comes_to_keep(servers.proxy));
    auto client = servers.resp();
    client.ask({"SET", "k", "v"});
    client.ask({"GET", "k"});

    CHECK(client.ask({"TTL", "k"}) == integer(-1));
    client.ask({"EXPIRE", "k", "1000"});
    client.ask({"GET", "k"});
    CHECK(client.ask({"TTL", "k"}) != integer(-1));
    client.ask({"PERSIST", "k"});
    client.ask({"GET", "k"});
    CHECK(client.ask({"TTL", "k"}) == integer(-1));
    // Through the back door it shows once Redis has told.
    servers.redis.command({"EXPIRE", "k", "1000"});
    CHECK(eventually([&] { return client.ask({"TTL", "k"}) != integer(-1); }));

    client.ask({"PEXPIRE", "k", "100"});
    client.ask({"GET", "k"});
    REQUIRE(eventually([&] { return servers.redis.command({"EXISTS", "k"}) == integer(0); }));
    CHECK(client.ask({"EXISTS", "k"}) == integer(0));
    CHECK(client.ask({"TTL", "k"}) == integer(-2));
    CHECK(client.ask({"TYPE", "k"}) == "+none\r\n");
    CHECK(client.ask({"STRLEN", "k"}) == integer(0));
}

TEST_CASE("one name in several databases is several keys") {
    ProxiedRedis servers;
    auto client = servers.resp();
    for (const std::string database : {"0", "1", "2"}) {
        REQUIRE(client.ask({"SELECT", database}) == ok);
        REQUIRE(client.ask({"SET", "k", "of " + database}) == ok);
    }

    // The second time from the cache.
    for (int i = 0; i < 2; ++i) {
        for (const std::string database : {"2", "0", "1"}) {
            REQUIRE(client.ask({"SELECT", database}) == ok);
            CHECK(client.ask({"GET", "k"}) == bulk("of " + database));
            CHECK(client.ask({"MGET", "k", "other"}) == array({bulk("of " + database), nil}));
        }
    }
    REQUIRE(client.ask({"SELECT", "1"}) == ok);
    client.ask({"DEL", "k"});
    CHECK(client.ask({"EXISTS", "k"}) == integer(0));
    client.ask({"SELECT", "0"});
    CHECK(client.ask({"COPY", "k", "k", "DB", "1"}) == integer(1));
    CHECK(client.ask({"MOVE", "k", "2"}) == integer(0));
    client.ask({"SELECT", "1"});
    CHECK(client.ask({"GET", "k"}) == bulk("of 0"));
    CHECK(client.ask({"MOVE", "k", "3"}) == integer(1));
    CHECK(client.ask({"GET", "k"}) == nil);
}

}  // namespace nearcache::tests
