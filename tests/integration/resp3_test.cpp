#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/speaker.hpp"

// RESP3, and the way from one dialect to the other.
namespace nearcache::tests {

namespace {

const std::string null = "_\r\n";

// One of each type of reply that RESP3 knows and RESP2 does not.
const std::vector<Words> commands{
    {"SET", "s", "1.5"},
    {"GET", "s"},
    {"GET", "none"},
    {"MGET", "s", "none"},
    {"INCRBYFLOAT", "s", "0.25"},
    {"HSET", "h", "f", "v", "g", "w"},
    {"HGETALL", "h"},
    {"HGETALL", "none"},
    {"HRANDFIELD", "none"},
    {"SADD", "t", "a"},
    {"SMEMBERS", "t"},
    {"ZADD", "z", "1.5", "a", "inf", "b"},
    {"ZSCORE", "z", "a"},
    {"ZSCORE", "z", "b"},
    {"ZRANGE", "z", "0", "-1", "WITHSCORES"},
    {"ZPOPMIN", "z"},
    {"XADD", "x", "1-1", "f", "v"},
    {"XREAD", "STREAMS", "x", "0"},
    {"XINFO", "STREAM", "x"},
    {"GEOADD", "g", "13.36", "38.11", "Palermo"},
    {"GEOPOS", "g", "Palermo", "none"},
    {"CONFIG", "GET", "appendonly"},
    {"EVAL", "redis.setresp(3) return {double=3.25}", "0"},
    {"EVAL", "redis.setresp(3) return redis.call('HGETALL', 'h')", "0"},
    {"EVAL", "redis.setresp(3) return {map={a=true}}", "0"},
    {"EVAL", "redis.setresp(3) return {big_number='123456789012345678901234567890'}", "0"},
    {"EVAL", "redis.setresp(3) return {verbatim_string={format='txt', string='hello'}}", "0"},
    {"EVAL", "redis.setresp(3) return false", "0"},
    {"EVAL", "return {1, false, {3, {'x'}}}", "0"},
    {"LPOP", "none"},
    {"LPOP", "none", "1"},
    {"SRANDMEMBER", "none"},
    {"BLPOP", "none", "0.01"},
    {"MEMORY", "STATS"},
    {"COMMAND", "INFO", "get"},
    {"COMMAND", "DOCS", "get"},
    {"PUBSUB", "NUMSUB", "c"},
    {"GET", "h"},
    {"NOSUCHCOMMAND"},
};

void check_same(const Words& words, const std::string& heard, const std::string& expected) {
    CAPTURE(words.front());
    CAPTURE(words.back());
    if (words.front() == "MEMORY") {
        CHECK(heard.front() == expected.front());  // its numbers are those of the moment
    } else {
        CHECK(heard == expected);
    }
}

}  // namespace

TEST_CASE("replies in RESP3 are Redis's own, byte for byte, one by one and in one write") {
    const RealRedis direct_redis;
    ProxiedRedis servers;
    Speaker direct(direct_redis), proxied(servers.proxy);
    direct.ask({"HELLO", "3"});
    proxied.ask({"HELLO", "3"});
    std::string bytes;

    for (const auto& words : commands) {
        bytes += command(words);
        const auto expected = direct.ask(words);
        check_same(words, proxied.ask(words), expected);
    }
    direct.say_bytes(bytes);
    proxied.say_bytes(bytes);
    for (const auto& words : commands) {
        const auto expected = direct.hear();
        check_same(words, proxied.hear(), expected);
    }
}

TEST_CASE("HELLO 3 and HELLO 2 are the same as Redis's but for version and number") {
    ProxiedRedis servers;
    Speaker client(servers.proxy);

    CHECK(client.ask({"HELLO", "3"}).starts_with("%7\r\n" + bulk("server") + bulk("redis")));
    CHECK(client.ask({"HELLO"}).starts_with("%7\r\n"));
    CHECK(client.ask({"HELLO", "2"}).starts_with("*14\r\n" + bulk("server") + bulk("redis")));
    CHECK(client.ask({"HELLO", "4"}) == "-NOPROTO unsupported protocol version\r\n");
    CHECK(client.ask({"HELLO", "3", "AUTH", "default", "x", "SETNAME", "me"}).starts_with("%7"));
    CHECK(client.ask({"CLIENT", "GETNAME"}) == bulk("me"));
}

TEST_CASE("a pipeline may change its dialect between hits, misses and writes") {
    ProxiedRedis servers;
    servers.redis.command({"HSET", "h", "f", "v"});
    Speaker client(servers.proxy);
    client.ask({"SET", "warm", "w"});
    client.ask({"GET", "warm"});
    std::string bytes;
    std::vector<std::string> expected;
    const auto add = [&](const Words& words, const std::string& reply) {
        bytes += command(words);
        expected.push_back(reply);
    };
    const std::string field = bulk("f") + bulk("v");

    for (int i = 0; i < 50; ++i) {
        const auto n = std::to_string(i);
        for (const bool is_resp3 : {true, false}) {
            const auto absent = is_resp3 ? null : nil;
            add({"HELLO", is_resp3 ? "3" : "2"}, "");
            add({"GET", "warm"}, bulk("w"));
            add({"GET", "cold" + n}, absent);
            add({"MGET", "warm", "cooler" + n}, array({bulk("w"), absent}));
            add({"SET", "k", n}, ok);
            add({"GET", "k"}, bulk(n));
            add({"HGETALL", "h"}, (is_resp3 ? "%1\r\n" : "*2\r\n") + field);
            add({"WATCH", "k"}, ok);
            add({"HELLO", is_resp3 ? "2" : "3"}, "");
            add({"HGETALL", "h"}, (is_resp3 ? "*2\r\n" : "%1\r\n") + field);
            add({"UNWATCH"}, ok);
        }
    }
    client.say_bytes(bytes);

    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        const auto heard = client.hear();
        if (!expected[i].empty()) CHECK(heard == expected[i]);
    }
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("one cache serves both dialects") {
    ProxiedRedis servers({"--coherence", "ttl"});
    Speaker two(servers.proxy), three(servers.proxy);
    three.ask({"HELLO", "3"});
    servers.redis.command({"SET", "k", "v"});

    CHECK(two.ask({"GET", "k"}) == bulk("v"));
    CHECK(three.ask({"GET", "none"}) == null);
    servers.redis.command({"MSET", "k", "unseen", "none", "unseen"});

    CHECK(three.ask({"GET", "k"}) == bulk("v"));
    CHECK(two.ask({"GET", "none"}) == nil);
    CHECK(three.ask({"MGET", "none", "k"}) == array({null, bulk("v")}));
}

namespace {

std::string invalidation(const std::string& key) {
    return ">2\r\n" + bulk("invalidate") + array({bulk(key)});
}

}  // namespace

TEST_CASE("a client that tracks is told what changes, of what it read and of nothing else") {
    ProxiedRedis servers;
    servers.resp().ask({"GET", "k"});
    {
        Speaker client(servers.proxy);
        client.ask({"HELLO", "3"});
        REQUIRE(client.ask({"CLIENT", "TRACKING", "ON"}) == ok);

        CHECK(client.ask({"GET", "k"}) == null);
        CHECK(client.ask({"MGET", "a", "b"}) == array({null, null}));
        servers.redis.command({"SET", "unread", "x"});
        servers.redis.command({"SET", "k", "1"});
        CHECK(client.hear() == invalidation("k"));
        servers.resp().ask({"SET", "b", "1"});
        CHECK(client.hear() == invalidation("b"));
        CHECK(client.ask({"GET", "k"}) == bulk("1"));
        CHECK(client.ask({"CLIENT", "TRACKING", "OFF"}) == ok);
        servers.redis.command({"SET", "k", "2"});
        CHECK(client.ask({"PING"}) == "+PONG\r\n");
    }

    CHECK(comes_to_rest(servers.proxy));
}

// Redis remembers what a connection has read though it tracks no more.
TEST_CASE("nobody is told of what another client has read on the same connection before") {
    ProxiedRedis servers;
    for (int round = 0; round < 3; ++round) {
        Speaker client(servers.proxy);
        client.ask({"HELLO", "3"});
        client.ask({"CLIENT", "TRACKING", "ON"});
        client.ask({"GET", "read before"});
        client.ask({"CLIENT", "TRACKING", "OFF"});
    }
    Speaker client(servers.proxy);
    client.ask({"HELLO", "3"});
    client.ask({"CLIENT", "TRACKING", "ON"});

    servers.redis.command({"SET", "read before", "x"});

    CHECK(client.ask({"GET", "k"}) == null);
    servers.redis.command({"SET", "k", "x"});
    CHECK(client.hear() == invalidation("k"));
}

TEST_CASE("a client that tracks by prefix, or by choice, is told what it asked for") {
    ProxiedRedis servers;
    Speaker broadcast(servers.proxy), chooser(servers.proxy);
    broadcast.ask({"HELLO", "3"});
    chooser.ask({"HELLO", "3"});

    REQUIRE(broadcast.ask({"CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "user:"}) == ok);
    REQUIRE(chooser.ask({"CLIENT", "TRACKING", "ON", "OPTIN"}) == ok);
    CHECK(chooser.ask({"GET", "unchosen"}) == null);
    CHECK(chooser.ask({"CLIENT", "CACHING", "YES"}) == ok);
    CHECK(chooser.ask({"GET", "user:1"}) == null);
    servers.redis.command({"MSET", "unchosen", "x", "user:1", "x", "other:1", "x"});

    CHECK(broadcast.hear() == invalidation("user:1"));
    CHECK(chooser.hear() == invalidation("user:1"));
    CHECK(broadcast.ask({"PING"}) == "+PONG\r\n");
    CHECK(chooser.ask({"PING"}) == "+PONG\r\n");
}

// But for replies that are not Redis's: those leave as soon as they may.
TEST_CASE("what is told to who tracks comes where it belongs among the replies") {
    ProxiedRedis servers;
    Speaker client(servers.proxy), direct(servers.redis);
    for (auto* const one : {&client, &direct}) {
        one->ask({"HELLO", "3"});
        one->ask({"CLIENT", "TRACKING", "ON"});
    }
    std::string bytes;
    for (int i = 0; i < 20; ++i) {
        const auto n = std::to_string(i);
        bytes += command({"GET", "k"}) + command({"SET", "k", n}) + command({"INCR", "k"}) +
                 command({"MGET", "k", "l"}) + command({"DEL", "k"}) + command({"LLEN", "k"});
    }
    std::vector<std::vector<std::string>> heard;

    for (auto* const one : {&client, &direct}) {
        one->say_bytes(bytes + command({"ECHO", "end"}));
        heard.emplace_back();
        do heard.back().push_back(one->hear());
        while (heard.back().back() != bulk("end"));
        one->ask({"RESET"});
    }

    CHECK(array(heard[0]) == array(heard[1]));
}

TEST_CASE("a client in RESP2 may have another told what changes") {
    ProxiedRedis servers;
    Speaker tracker(servers.proxy), listener(servers.proxy);
    const auto id = text_of(listener.ask({"CLIENT", "ID"}));
    REQUIRE(!is_error(listener.ask({"SUBSCRIBE", "__redis__:invalidate"})));

    CHECK(tracker.ask({"CLIENT", "TRACKING", "ON", "REDIRECT", id}) == ok);
    CHECK(tracker.ask({"GET", "k"}) == nil);
    servers.redis.command({"SET", "k", "1"});

    CHECK(listener.hear() ==
          array({bulk("message"), bulk("__redis__:invalidate"), array({bulk("k")})}));
    CHECK(tracker.ask({"CLIENT", "TRACKING", "OFF"}) == ok);
}

}  // namespace nearcache::tests
