#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

constexpr std::size_t max_value = 1024 * 1024;

// The cache by itself, with nobody who tells it of changes: each miss and hit can be foretold.
struct Servers : ProxiedRedis {
    explicit Servers(Words flags = {}) : ProxiedRedis(with_ttl_only(std::move(flags))) {}

    static Words with_ttl_only(Words flags) {
        flags.insert(flags.end(), {"--coherence", "ttl"});
        return flags;
    }
};

std::string x_cache(HttpClient& client, const std::string& target) {
    return client.get(target).header("X-Cache");
}

}  // namespace

TEST_CASE("the first read of a key is a miss, the second a hit, over both doors") {
    Servers servers;
    auto http = servers.http();
    auto resp = servers.resp();
    servers.redis.command({"MSET", "one", "1", "two", "2"});

    const auto miss = http.get("/one");
    const auto hit = http.get("/one");
    CHECK(resp.ask({"GET", "two"}) == bulk("2"));
    const auto other_door = http.get("/two");

    CHECK(miss.header("X-Cache") == "MISS");
    CHECK(miss.header("Cache-Status").find("; fwd=") != std::string::npos);
    CHECK(hit.header("X-Cache") == "HIT");
    CHECK(hit.header("Cache-Status").find("; hit") != std::string::npos);
    CHECK(hit.body == "1");
    CHECK(other_door.header("X-Cache") == "HIT");
    CHECK(servers.redis.count_of("get") == 2);
}

TEST_CASE("a hit is served although the key was changed behind the proxy's back") {
    Servers servers({"--ttl", "60s"});
    auto http = servers.http();
    servers.redis.command({"SET", "k", "old"});
    REQUIRE(http.get("/k").body == "old");

    servers.redis.command({"SET", "k", "new"});

    CHECK(http.get("/k").body == "old");
    CHECK(servers.resp().ask({"GET", "k"}) == bulk("old"));
}

TEST_CASE("after the ttl the new value is fetched") {
    Servers servers({"--ttl", "300ms"});
    auto http = servers.http();
    servers.redis.command({"SET", "k", "old"});
    REQUIRE(http.get("/k").body == "old");

    servers.redis.command({"SET", "k", "new"});

    CHECK(eventually([&] { return http.get("/k").body == "new"; }));
}

TEST_CASE("a value is never served beyond its own expiry in Redis") {
    constexpr milliseconds life(300);
    const auto slack = patience(milliseconds(100));
    Servers servers({"--ttl", "60s"});
    auto http = servers.http();
    servers.redis.command({"SET", "k", "v", "PX", std::to_string(life.count())});
    const auto set = now();
    REQUIRE(http.get("/k").body == "v");

    milliseconds last_seen(0);
    const bool is_gone = eventually([&] {
        const auto asked = elapsed_since(set);
        if (http.get("/k").status == 404) return true;
        last_seen = asked;
        return false;
    });

    CHECK(is_gone);
    CHECK(last_seen <= life + slack);
    CHECK(servers.resp().ask({"GET", "k"}) == nil);
    CHECK(servers.redis.count_of("get") <= 5);  // it was cached, and not asked for each time
}

TEST_CASE("that a key is absent is remembered until it is written through the proxy") {
    Servers servers({"--cache-negative-ttl", "60s"});
    auto http = servers.http();
    auto resp = servers.resp();
    REQUIRE(resp.ask({"GET", "k"}) == nil);

    servers.redis.command({"SET", "k", "behind the back"});
    CHECK(resp.ask({"GET", "k"}) == nil);
    CHECK(http.get("/k").status == 404);
    CHECK(servers.redis.count_of("get") == 1);
    REQUIRE(http.put("/k", "through").is_success());

    CHECK(resp.ask({"GET", "k"}) == bulk("through"));
}

TEST_CASE("an absent key is asked for again after the negative ttl") {
    Servers servers({"--cache-negative-ttl", "200ms", "--ttl", "60s"});
    auto resp = servers.resp();
    REQUIRE(resp.ask({"GET", "k"}) == nil);

    servers.redis.command({"SET", "k", "v"});

    CHECK(eventually([&] { return resp.ask({"GET", "k"}) == bulk("v"); }));
}

TEST_CASE("a cache of three entries evicts exactly the least recently used") {
    Servers servers({"--cache-size", "3"});
    auto http = servers.http();
    auto resp = servers.resp();
    servers.redis.command({"MSET", "a", "1", "b", "2", "c", "3", "d", "4"});
    for (const char* key : {"/a", "/b", "/c"}) REQUIRE(x_cache(http, key) == "MISS");

    CHECK(resp.ask({"GET", "a"}) == bulk("1"));      // now b is the oldest
    CHECK(resp.ask({"EXISTS", "b"}) == integer(1));  // which does not touch it
    CHECK(x_cache(http, "/d") == "MISS");

    CHECK(x_cache(http, "/a") == "HIT");
    CHECK(x_cache(http, "/c") == "HIT");
    CHECK(x_cache(http, "/d") == "HIT");
    CHECK(x_cache(http, "/b") == "MISS");
    CHECK(x_cache(http, "/a") == "MISS");  // the oldest when b came back
}

TEST_CASE("absent keys take no entry's place") {
    Servers servers({"--cache-size", "2"});
    auto http = servers.http();
    servers.redis.command({"MSET", "a", "1", "b", "2"});
    REQUIRE(http.get("/a").status == 200);
    REQUIRE(http.get("/b").status == 200);

    for (int i = 0; i < 50; ++i) http.get("/absent" + std::to_string(i));

    CHECK(x_cache(http, "/a") == "HIT");
    CHECK(x_cache(http, "/b") == "HIT");
}

TEST_CASE("a value beyond the largest that is kept passes through whole") {
    Servers servers;
    auto http = servers.http();
    const std::string kept(max_value, 'k');
    const std::string passed(max_value + 1, 'p');
    servers.redis.command({"MSET", "kept", kept, "passed", passed});

    for (int round = 0; round < 2; ++round) {
        CHECK(http.get("/kept").body == kept);
        CHECK(http.get("/passed").body == passed);
    }

    CHECK(x_cache(http, "/kept") == "HIT");
    CHECK(x_cache(http, "/passed") == "MISS");
}

TEST_CASE("the byte budget holds whatever the number of entries") {
    // One shard, and so one order of eviction: of several each would give up its own oldest, and
    // which values are left would depend on where their hashes put them.
    Servers servers({"--cache-memory", "4MiB", "--cache-size", "4096"});
    auto resp = servers.resp();
    const std::string value(100'000, 'v');
    for (int i = 0; i < 200; ++i) {
        REQUIRE(resp.ask({"SET", std::to_string(i), value}) == ok);
        REQUIRE(resp.ask({"GET", std::to_string(i)}) == bulk(value));
    }
    servers.redis.reset_counts();

    for (int i = 199; i >= 180; --i) REQUIRE(resp.ask({"GET", std::to_string(i)}) == bulk(value));

    // At most 41 of these values fit.
    CHECK(servers.redis.count_of("get") < 10);
    for (int i = 0; i < 40; ++i) REQUIRE(resp.ask({"GET", std::to_string(i)}) == bulk(value));
    CHECK(servers.redis.count_of("get") >= 40);
}

TEST_CASE("an error of Redis is passed on and not cached") {
    Servers servers;
    auto resp = servers.resp();
    servers.redis.command({"RPUSH", "k", "1"});
    REQUIRE(resp.ask({"GET", "k"}).starts_with("-WRONGTYPE"));

    servers.redis.command({"DEL", "k"});
    servers.redis.command({"SET", "k", "v"});

    CHECK(resp.ask({"GET", "k"}) == bulk("v"));
}

TEST_CASE("MGET takes what is cached from the cache and a nil is no proof of absence") {
    Servers servers;
    auto resp = servers.resp();
    servers.redis.command({"MSET", "a", "1", "b", "2"});
    servers.redis.command({"RPUSH", "list", "x"});
    REQUIRE(resp.ask({"GET", "a"}) == bulk("1"));
    servers.redis.command({"SET", "a", "changed"});

    const auto reply = resp.ask({"MGET", "a", "list", "b", "absent"});

    CHECK(reply == array({bulk("1"), nil, bulk("2"), nil}));
    CHECK(servers.redis.count_of("mget") <= 1);
    CHECK(resp.ask({"GET", "list"}).starts_with("-WRONGTYPE"));
}

TEST_CASE("a ttl of zero keeps nothing") {
    Servers servers({"--ttl", "0"});
    auto http = servers.http();
    servers.redis.command({"SET", "k", "old"});
    REQUIRE(http.get("/k").body == "old");

    servers.redis.command({"SET", "k", "new"});

    CHECK(http.get("/k").body == "new");
}

}  // namespace nearcache::tests
