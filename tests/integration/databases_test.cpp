#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/speaker.hpp"
#include "tests/support/tracked_redis.hpp"

// SELECT: one cache for all databases, which never mixes them up.
namespace nearcache::tests {

namespace {

// A client of that port in that database.
TestClient in_database(std::uint16_t port, int number) {
    TestClient client(port);
    REQUIRE(client.ask({"SELECT", std::to_string(number)}) == ok);
    return client;
}

std::size_t gets_of(const RealRedis& redis) { return redis.count_of("get"); }

}  // namespace

TEST_CASE("SELECT is answered as by Redis, and what follows is in that database") {
    ProxiedRedis servers;
    TestClient direct(servers.redis.port());
    auto proxied = servers.resp();

    for (const Words& words :
         {Words{"SELECT", "1"}, Words{"SET", "k", "in 1"}, Words{"DBSIZE"}, Words{"SELECT", "16"},
          Words{"GET", "k"}, Words{"SELECT", "-1"}, Words{"SELECT", "x"}, Words{"SELECT"},
          Words{"SELECT", "99999999999999999999"}, Words{"SELECT", "0"}, Words{"GET", "k"},
          Words{"DBSIZE"}, Words{"SELECT", "1"}, Words{"GET", "k"}, Words{"RESET"},
          Words{"GET", "k"}}) {
        CAPTURE(words.front());
        CAPTURE(words.back());
        const auto expected = direct.ask(words);
        CHECK(proxied.ask(words) == expected);
    }
}

TEST_CASE("the same key in two databases is two keys, each of them cached") {
    ProxiedRedis servers({"--coherence", "ttl"});
    in_database(servers.redis.port(), 0).ask({"SET", "k", "zero"});
    in_database(servers.redis.port(), 1).ask({"SET", "k", "one"});
    auto zero = servers.resp(), one = in_database(servers.proxy.resp_port(), 1);
    auto other_one = in_database(servers.proxy.resp_port(), 1);

    for (int round = 0; round < 3; ++round) {
        CHECK(zero.ask({"GET", "k"}) == bulk("zero"));
        CHECK(one.ask({"GET", "k"}) == bulk("one"));
        CHECK(other_one.ask({"MGET", "k", "none"}) == array({bulk("one"), nil}));
        CHECK(zero.ask({"MGET", "k"}) == array({bulk("zero")}));
    }

    CHECK(gets_of(servers.redis) <= 3);  // k, k and none
}

TEST_CASE("a write in one database drops nothing of another, and what it changes at once") {
    ProxiedRedis servers({"--coherence", "ttl"});
    auto zero = servers.resp(), one = in_database(servers.proxy.resp_port(), 1);
    zero.ask({"SET", "k", "zero"});
    one.ask({"SET", "k", "one"});
    REQUIRE(zero.ask({"GET", "k"}) == bulk("zero"));
    REQUIRE(one.ask({"GET", "k"}) == bulk("one"));
    const auto before = gets_of(servers.redis);

    one.ask({"SET", "k", "two"});

    CHECK(one.ask({"GET", "k"}) == bulk("two"));
    CHECK(zero.ask({"GET", "k"}) == bulk("zero"));
    CHECK(gets_of(servers.redis) == before + 1);
}

TEST_CASE("commands between databases drop what they change in each") {
    ProxiedRedis servers({"--coherence", "ttl"});
    auto zero = servers.resp(), one = in_database(servers.proxy.resp_port(), 1);
    const auto reads = [&](TestClient& client, const std::string& key) {
        client.ask({"GET", key});
        return client.ask({"GET", key});
    };
    zero.ask({"MSET", "moved", "m", "copied", "c"});
    for (const std::string key : {"moved", "copied"}) {
        REQUIRE(reads(zero, key) != nil);
        REQUIRE(reads(one, key) == nil);
    }

    CHECK(zero.ask({"MOVE", "moved", "1"}) == integer(1));
    CHECK(reads(zero, "moved") == nil);
    CHECK(reads(one, "moved") == bulk("m"));
    CHECK(zero.ask({"COPY", "copied", "copied", "DB", "1"}) == integer(1));
    CHECK(reads(zero, "copied") == bulk("c"));
    CHECK(reads(one, "copied") == bulk("c"));

    CHECK(zero.ask({"SET", "only", "zero"}) == ok);
    REQUIRE(reads(zero, "only") == bulk("zero"));
    REQUIRE(reads(one, "only") == nil);
    CHECK(one.ask({"SWAPDB", "0", "1"}) == ok);
    CHECK(reads(zero, "only") == nil);
    CHECK(reads(one, "only") == bulk("zero"));

    CHECK(one.ask({"FLUSHDB"}) == ok);
    CHECK(reads(one, "only") == nil);
    CHECK(reads(one, "copied") == nil);
    CHECK(reads(zero, "copied") == bulk("c"));
    CHECK(one.ask({"FLUSHALL"}) == ok);
    CHECK(reads(zero, "copied") == nil);
}

TEST_CASE("a change that reaches Redis by another way is seen in every database") {
    TrackedRedis servers;
    auto one = in_database(servers.proxy.resp_port(), 1);
    auto direct = in_database(servers.redis.port(), 1);
    direct.ask({"SET", "k", "0"});

    for (int i = 1; i < 20; ++i) {
        one.ask({"GET", "k"});
        direct.ask({"SET", "k", std::to_string(i)});
        CHECK(eventually(
            [&] {
                return one.ask({"GET", "k"}) == bulk(std::to_string(i));
            },
            TrackedRedis::max_staleness));
    }
    direct.ask({"FLUSHDB"});
    CHECK(eventually([&] { return one.ask({"GET", "k"}) == nil; }, TrackedRedis::max_staleness));
}

TEST_CASE("HTTP stays in the home database, whatever others select") {
    ProxiedRedis servers;
    auto one = in_database(servers.proxy.resp_port(), 1);
    one.ask({"SET", "k", "one"});
    one.ask({"GET", "k"});
    auto http = servers.http();

    CHECK(http.get("/k").status == 404);
    servers.resp().ask({"SET", "k", "zero"});

    CHECK(http.get("/k").body == "zero");
    CHECK(one.ask({"GET", "k"}) == bulk("one"));
}

TEST_CASE("the home database may be another, and is not 0 then") {
    RealRedis redis;
    NearcacheProcess proxy({"--backend", redis.url() + "/3", "--coherence", "ttl"});
    in_database(redis.port(), 0).ask({"SET", "k", "zero"});
    in_database(redis.port(), 3).ask({"SET", "k", "three"});
    auto client = proxy.resp();

    CHECK(client.ask({"GET", "k"}) == bulk("three"));
    CHECK(client.ask({"SELECT", "0"}) == ok);
    CHECK(client.ask({"GET", "k"}) == bulk("zero"));
    CHECK(client.ask({"STRLEN", "k"}) == integer(4));
    CHECK(client.ask({"SELECT", "3"}) == ok);
    CHECK(client.ask({"GET", "k"}) == bulk("three"));
    client.ask({"SELECT", "0"});
    CHECK(client.ask({"RESET"}) == "+RESET\r\n");
    CHECK(client.ask({"GET", "k"}) == bulk("three"));
    CHECK(proxy.http().get("/k").body == "three");
}

TEST_CASE("a pipeline may change its database as often as it likes") {
    ProxiedRedis servers;
    for (int number = 0; number < 16; ++number) {
        in_database(servers.redis.port(), number).ask({"SET", "k", std::to_string(number)});
    }
    auto client = servers.resp();
    std::string bytes;
    std::vector<std::string> expected;
    const auto add = [&](const Words& words, const std::string& reply) {
        bytes += command(words);
        expected.push_back(reply);
    };
    for (int i = 0; i < 100; ++i) {
        const auto number = std::to_string(i * 7 % 16);
        add({"SELECT", number}, ok);
        add({"GET", "k"}, bulk(number));
        add({"SET", "seen", number}, ok);
        add({"GET", "seen"}, bulk(number));
        if (i % 3 == 0) {
            add({"MULTI"}, ok);
            add({"SELECT", "5"}, "+QUEUED\r\n");
            add({"GET", "k"}, "+QUEUED\r\n");
            add({"EXEC"}, array({ok, bulk("5")}));
            add({"GET", "k"}, bulk("5"));
        }
        if (i % 5 == 0) {
            add({"WATCH", "k"}, ok);
            add({"SELECT", "6"}, ok);
            add({"UNWATCH"}, ok);
            add({"GET", "k"}, bulk("6"));
        }
    }

    CHECK(client.pipeline(bytes, expected.size()) == expected);
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("more databases than are cached are all right") {
    RealRedis redis({"--databases", "200"});
    NearcacheProcess proxy({"--backend", redis.url(), "--coherence", "ttl"});
    auto client = proxy.resp();

    for (int round = 0; round < 2; ++round) {
        for (int number = 0; number < 200; ++number) {
            const auto value = std::to_string(number);
            REQUIRE(client.ask({"SELECT", value}) == ok);
            if (round == 0) REQUIRE(client.ask({"SET", "k", value}) == ok);
            REQUIRE(client.ask({"GET", "k"}) == bulk(value));
            REQUIRE(client.ask({"GET", "k"}) == bulk(value));
            REQUIRE(client.ask({"MGET", "k", "none"}) == array({bulk(value), nil}));
        }
    }
}

TEST_CASE("who blocks, subscribes or watches does it in its own database") {
    ProxiedRedis servers;
    auto one = in_database(servers.proxy.resp_port(), 1);
    one.send(command({"BLPOP", "q", "0"}) + command({"RPUSH", "q", "again"}));
    REQUIRE(comes_to_block(servers.redis, 1));

    servers.redis.command({"RPUSH", "q", "in 0"});
    CHECK(servers.redis.command({"LLEN", "q"}) == integer(1));
    in_database(servers.redis.port(), 1).ask({"RPUSH", "q", "in 1"});

    CHECK(one.read_replies(2) == Words{array({bulk("q"), bulk("in 1")}), integer(1)});
    CHECK(in_database(servers.redis.port(), 1).ask({"LLEN", "q"}) == integer(1));
}

}  // namespace nearcache::tests
