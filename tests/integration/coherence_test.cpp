#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background.hpp"
#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

// Makes sure that the proxy keeps `key`, and knows that it does. What is told of an earlier change
// may drop it once more.
void warm(ProxiedRedis& servers, const std::string& key) {
    auto http = servers.http();
    REQUIRE(eventually([&] { return http.get("/" + key).header("X-Cache") == "HIT"; }));
}

// One write, made while the value before it is cached.
struct Write {
    std::string name;
    Words words;
    std::string key;
    std::string then;  // the reply to GET afterwards
};

std::string dump_of(const RealRedis& redis, const std::string& value) {
    redis.command({"SET", "to dump", value});
    return text_of(redis.command({"DUMP", "to dump"}));
}

void load_function(const RealRedis& redis) {
    const std::string library =
        "#!lua name=tests\n"
        "redis.register_function('put', function(keys, arguments)\n"
        "    return redis.call('SET', keys[1] or table.remove(arguments, 1), arguments[1])\n"
        "end)";
    REQUIRE(redis.command({"FUNCTION", "LOAD", "REPLACE", library}) == bulk("tests"));
}

// Done while k is "1", other is "o", there are a list, a set and a zset, and the rest is absent.
std::vector<Write> writes(const RealRedis& redis) {
    const std::string set_first = "return redis.call('SET', KEYS[1], 'new')";
    return {
        {"SET", {"SET", "k", "new"}, "k", bulk("new")},
        {"DEL", {"DEL", "other", "k"}, "k", nil},
        {"UNLINK", {"UNLINK", "k"}, "k", nil},
        {"INCR", {"INCR", "k"}, "k", bulk("2")},
        {"APPEND", {"APPEND", "k", "0"}, "k", bulk("10")},
        {"GETSET", {"GETSET", "k", "new"}, "k", bulk("new")},
        {"GETDEL", {"GETDEL", "k"}, "k", nil},
        {"SETRANGE", {"SETRANGE", "k", "0", "9"}, "k", bulk("9")},
        {"MSET", {"MSET", "x", "0", "k", "new"}, "k", bulk("new")},
        {"RENAME, source", {"RENAME", "k", "other"}, "k", nil},
        {"RENAME, target", {"RENAME", "other", "k"}, "k", bulk("o")},
        {"COPY", {"COPY", "other", "k", "REPLACE"}, "k", bulk("o")},
        {"BITOP", {"BITOP", "OR", "k", "other"}, "k", bulk("o")},
        {"EVAL", {"EVAL", set_first, "1", "k"}, "k", bulk("new")},
        {"EVAL without keys",
         {"EVAL", "return redis.call('SET', 'k', 'new')", "0"},
         "k",
         bulk("new")},
        {"PEXPIREAT in the past", {"PEXPIREAT", "k", "1"}, "k", nil},
        {"lower case", {"incrby", "k", "4"}, "k", bulk("5")},
        {"FLUSHDB", {"FLUSHDB"}, "k", nil},
        {"FLUSHALL", {"FLUSHALL"}, "k", nil},
        {"GETEX with an option", {"GETEX", "k", "PXAT", "1"}, "k", nil},
        {"GETEX that persists", {"GETEX", "k", "PERSIST"}, "k", bulk("1")},
        {"SET with GET", {"SET", "k", "new", "GET"}, "k", bulk("new")},
        {"MSETNX", {"MSETNX", "absent", "new", "late", "x"}, "absent", bulk("new")},
        {"SORT .. STORE", {"SORT", "list", "STORE", "k"}, "k", "-WRONGTYPE"},
        {"SORT .. BY .. STORE",
         {"SORT", "list", "BY", "x", "STORE", "absent"},
         "absent",
         "-WRONGTYPE"},
        {"SUNIONSTORE", {"SUNIONSTORE", "absent", "set"}, "absent", "-WRONGTYPE"},
        {"ZRANGESTORE", {"ZRANGESTORE", "absent", "zset", "0", "-1"}, "absent", "-WRONGTYPE"},
        {"LMOVE", {"LMOVE", "list", "absent", "LEFT", "RIGHT"}, "absent", "-WRONGTYPE"},
        {"XADD", {"XADD", "absent", "*", "field", "value"}, "absent", "-WRONGTYPE"},
        {"RESTORE", {"RESTORE", "k", "0", dump_of(redis, "o"), "REPLACE"}, "k", bulk("o")},
        {"FCALL", {"FCALL", "put", "1", "k", "new"}, "k", bulk("new")},
        {"FCALL without keys", {"FCALL", "put", "0", "k", "new"}, "k", bulk("new")},
        {"SWAPDB", {"SWAPDB", "0", "1"}, "k", nil},
    };
}

void check_writes(const std::string& mode) {
    ProxiedRedis servers({"--coherence", mode});
    load_function(servers.redis);
    auto resp = servers.resp();
    for (const auto& write : writes(servers.redis)) {
        CAPTURE(write.name);
        servers.redis.command({"FLUSHALL"});
        REQUIRE(resp.ask({"MSET", "k", "1", "other", "o"}) == ok);
        REQUIRE(resp.ask({"RPUSH", "list", "1"}) == integer(1));
        REQUIRE(resp.ask({"SADD", "set", "1"}) == integer(1));
        REQUIRE(resp.ask({"ZADD", "zset", "1", "a"}) == integer(1));
        // What changes behind its back is not told in mode ttl.
        REQUIRE(resp.ask({"DEL", "absent", "late"}) == integer(0));
        warm(servers, write.key);

        const auto reply = resp.ask(write.words);

        CHECK(!is_error(reply));
        CHECK(resp.ask({"GET", write.key}).starts_with(write.then));
    }
}

}  // namespace

TEST_CASE("what is written through HTTP is read through RESP at once, and the other way round") {
    ProxiedRedis servers;
    auto http = servers.http();
    auto resp = servers.resp();

    for (std::size_t round = 0; round < scaled(200); ++round) {
        const auto value = std::to_string(round);
        REQUIRE(http.put("/shared", value).is_success());
        REQUIRE(resp.ask({"GET", "shared"}) == bulk(value));
        REQUIRE(resp.ask({"SET", "shared", value + "!"}) == ok);
        REQUIRE(http.get("/shared").body == value + "!");
        REQUIRE(http.remove("/shared").status == 204);
        REQUIRE(resp.ask({"GET", "shared"}) == nil);
        REQUIRE(resp.ask({"SET", "shared", "x"}) == ok);
        REQUIRE(http.get("/shared").status == 200);
        REQUIRE(resp.ask({"DEL", "shared"}) == integer(1));
        REQUIRE(http.get("/shared").status == 404);
    }
}

TEST_CASE("every command that may write drops the local copies of its keys") {
    check_writes("tracking");
}

TEST_CASE("a write through nearcache shows at once although nobody tells of changes") {
    check_writes("ttl");
}

TEST_CASE("a write drops what was known about an absent key") {
    ProxiedRedis servers;
    auto http = servers.http();
    auto resp = servers.resp();
    REQUIRE(http.get("/late").status == 404);

    REQUIRE(resp.ask({"SETNX", "late", "now"}) == integer(1));

    CHECK(http.get("/late").body == "now");
}

TEST_CASE("a client reads its own writes while others fill the cache with the same key") {
    ProxiedRedis servers;
    auto writer = servers.resp();
    auto other_thread = servers.resp();
    Background reader([client = std::make_shared<TestClient>(servers.proxy.resp_port())] {
        const auto reply = client->ask({"GET", "counter"});
        return is_error(reply) ? reply : std::string();
    });

    for (std::size_t round = 1; round <= scaled(2000); ++round) {
        const auto value = std::to_string(round);
        REQUIRE(writer.ask({"SET", "counter", value}) == ok);
        REQUIRE(writer.ask({"GET", "counter"}) == bulk(value));
        REQUIRE(other_thread.ask({"GET", "counter"}) == bulk(value));
    }

    CHECK(reader.stop() == "");
}

TEST_CASE("a failed write does not make the old value stay") {
    ProxiedRedis servers;
    auto resp = servers.resp();
    REQUIRE(resp.ask({"SET", "k", "text"}) == ok);
    warm(servers, "k");

    REQUIRE(is_error(resp.ask({"INCR", "k"})));

    CHECK(resp.ask({"GET", "k"}) == bulk("text"));
}

}  // namespace nearcache::tests
