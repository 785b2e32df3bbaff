#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

// Told in order: later commands build on what earlier ones left.
const std::vector<Words> commands{
    {"SET", "s", "value", "EX", "1000"},
    {"SET", "s", "other", "NX"},
    {"SET", "s", "other", "XX", "GET"},
    {"SET", "s", "x", "EX", "nonsense"},
    {"SET", "s", "x", "EX", "0"},
    {"GET", "s"},
    {"GET"},
    {"GET", "s", "t"},
    {"get", "absent"},
    {"STRLEN", "s"},
    {"TTL", "s"},
    {"EXISTS", "s", "s", "absent"},
    {"EXISTS"},
    {"GETRANGE", "s", "1", "-2"},
    {"APPEND", "s", std::string("\0\r\n", 3)},
    {"GET", "s"},
    {"INCR", "s"},
    {"INCRBYFLOAT", "f", "1.5"},
    {"DECRBY", "n", "5"},
    {"MSET", "a", "1", "b"},
    {"MGET"},
    {"MGET", "s", "n", "absent", "l"},
    {"RPUSH", "l", "one", "two", "three"},
    {"LRANGE", "l", "0", "-1"},
    {"LPOS", "l", "three"},
    {"GET", "l"},
    {"LPOP", "l", "2"},
    {"HSET", "h", "f1", "v1", "f2", "v2"},
    {"HGETALL", "h"},
    {"HINCRBY", "h", "f1", "1"},
    {"HMGET", "h", "f1", "none"},
    {"SADD", "set", "m"},
    {"SMEMBERS", "set"},
    {"SISMEMBER", "set", "n"},
    {"ZADD", "z", "1.5", "a", "2", "b"},
    {"ZRANGE", "z", "0", "-1", "WITHSCORES"},
    {"ZSCORE", "z", "none"},
    {"XADD", "x", "1-1", "field", "value"},
    {"XRANGE", "x", "-", "+"},
    {"XREAD", "COUNT", "1", "STREAMS", "x", "0"},
    {"GEOADD", "g", "13.36", "38.11", "Palermo"},
    {"GEOPOS", "g", "Palermo", "none"},
    {"PFADD", "hll", "a", "b"},
    {"PFCOUNT", "hll"},
    {"SETBIT", "bits", "7", "1"},
    {"BITFIELD", "bits", "GET", "u8", "0"},
    {"TYPE", "z"},
    {"OBJECT", "ENCODING", "z"},
    {"RENAME", "absent", "x"},
    {"EVAL", "return {1, 'two', {3, false}, redis.status_reply('fine')}", "0"},
    {"EVAL", "return redis.error_reply('MINE of its own')", "0"},
    {"EVAL", "return redis.call('GET', KEYS[1])", "1", "n"},
    {"EVALSHA", "0000000000000000000000000000000000000000", "0"},
    {"SCAN", "0", "COUNT", "1000", "MATCH", "hl*"},
    {"SORT", "absent"},
    {"COPY", "n", "m"},
    {"DEL", "n", "m", "absent"},
    {"NOSUCHCOMMAND"},
    {"NOSUCHCOMMAND", "with", "arguments", "line\r\nend"},
    {"OBJECT", "NOSUCH", "k"},
    {"LPUSH", "l"},
    {"PUBLISH", "channel", "message"},
    {"DBSIZE"},
    {"FLUSHALL", "ASYNC"},
    {"KEYS", "*"},
};

}  // namespace

TEST_CASE("replies through the proxy are Redis's own, byte for byte") {
    RealRedis direct_redis;
    TestClient direct(direct_redis.port());
    ProxiedRedis servers;
    auto proxied = servers.resp();

    for (const auto& words : commands) {
        CAPTURE(text_of(array({bulk(words.front())})));
        CAPTURE(words.back());
        CHECK(proxied.ask(words) == direct.ask(words));
    }
}

TEST_CASE("the same holds when all commands come in one write") {
    RealRedis direct_redis;
    TestClient direct(direct_redis.port());
    ProxiedRedis servers;
    auto proxied = servers.resp();
    std::string requests;
    for (const auto& words : commands) requests += command(words);

    const auto replies = proxied.pipeline(requests, commands.size());

    CHECK(replies == direct.pipeline(requests, commands.size()));
}

TEST_CASE("a reply of any depth and size is passed on whole") {
    // Redis takes its time to make the large one.
    ProxiedRedis servers({"--backend-operation-timeout", "60s"});
    TestClient direct(servers.redis.port());
    auto proxied = servers.resp();
    const Words deep{"EVAL", "local t = {1} for i = 1, 30 do t = {t, i} end return t", "0"};
    const Words wide{"EVAL", "local t = {} for i = 1, 100000 do t[i] = 'item ' .. i end return t",
                     "0"};
    const Words large{"EVAL", "return string.rep('x', 20 * 1024 * 1024)", "0"};

    for (const auto& words : {deep, wide, large}) {
        CAPTURE(words[1]);
        const auto is_same = proxied.ask(words) == direct.ask(words);
        CHECK(is_same);
    }
}

}  // namespace nearcache::tests
