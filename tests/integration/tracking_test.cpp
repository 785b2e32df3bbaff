#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background.hpp"
#include "tests/support/tracked_redis.hpp"

// What changes in Redis, whoever changes it, shows here: the channel works.
namespace nearcache::tests {

namespace {

// Something done straight in Redis while `key` is cached.
struct Change {
    std::string name;
    std::vector<Words> commands;
    std::string key;
    std::string then;  // the reply to GET afterwards
};

const std::string put_script = "return redis.call('SET', KEYS[1], 'new')";

std::vector<Change> changes() {
    return {
        {"SET", {{"SET", "k", "new"}}, "k", bulk("new")},
        {"DEL", {{"DEL", "k"}}, "k", nil},
        {"a key that was absent", {{"SET", "late", "new"}}, "late", bulk("new")},
        {"APPEND", {{"APPEND", "k", "0"}}, "k", bulk("10")},
        {"SETRANGE", {{"SETRANGE", "k", "0", "9"}}, "k", bulk("9")},
        {"SETBIT", {{"SETBIT", "k", "6", "1"}}, "k", bulk("3")},
        {"INCR", {{"INCR", "k"}}, "k", bulk("2")},
        {"GETDEL", {{"GETDEL", "k"}}, "k", nil},
        {"RENAME, source", {{"RENAME", "k", "other"}}, "k", nil},
        {"RENAME, target", {{"RENAME", "other", "k"}}, "k", bulk("o")},
        {"COPY", {{"COPY", "other", "k", "REPLACE"}}, "k", bulk("o")},
        {"MSET", {{"MSET", "a", "1", "k", "new", "b", "2"}}, "k", bulk("new")},
        {"another type", {{"DEL", "k"}, {"RPUSH", "k", "x"}}, "k", "-WRONGTYPE"},
        {"EVAL", {{"EVAL", put_script, "1", "k"}}, "k", bulk("new")},
        {"EVAL without keys", {{"EVAL", "return redis.call('DEL', 'k')", "0"}}, "k", nil},
        {"expiry", {{"PEXPIRE", "k", "100"}}, "k", nil},
        {"expiry of a new value", {{"SET", "k", "new", "PX", "100"}}, "k", nil},
        {"expiry in the past", {{"PEXPIREAT", "k", "1"}}, "k", nil},
        {"MOVE", {{"MOVE", "k", "1"}}, "k", nil},
        {"FLUSHDB", {{"FLUSHDB"}}, "k", nil},
        {"FLUSHALL", {{"FLUSHALL"}}, "k", nil},
        {"eviction",
         {{"CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", "1"}},
         "k",
         nil},
    };
}

// So many keys as words of one command, each with this behind it; empty: nothing.
Words many_keys(const std::string& name, int count, const std::string& value) {
    Words words{name};
    for (int i = 0; i < count; ++i) {
        words.push_back("many:" + std::to_string(i));
        if (!value.empty()) words.push_back(value);
    }
    return words;
}

// Looks up a cached key all the time, on a connection of its own.
class Bystander {
  public:
    explicit Bystander(const NearcacheProcess& proxy)
        : looks_([this, client = std::make_shared<TestClient>(proxy.resp_port())] {
              const auto asked = now();
              const auto reply = client->ask({"GET", "steady"});
              longest_ms_ = std::max<long>(longest_ms_, elapsed_since(asked).count());
              return reply == bulk("s") ? std::string() : reply;
          }) {}

    std::string surprise() { return looks_.stop(); }
    milliseconds longest() const { return milliseconds(longest_ms_); }

  private:
    std::atomic<long> longest_ms_ = 0;
    Background looks_;
};

// Many keys are cached, and so is one more.
void fetch_many(const NearcacheProcess& proxy, int count) {
    auto client = proxy.resp();
    std::string requests;
    for (int i = 0; i < count; ++i) {
        requests += command({"GET", "many:" + std::to_string(i)});
        if (i % 1000 != 999 && i + 1 != count) continue;
        client.pipeline(std::exchange(requests, {}), static_cast<std::size_t>(i % 1000) + 1);
    }
    REQUIRE(client.ask({"GET", "steady"}) == bulk("s"));
    REQUIRE(info_number(proxy, "cache_entries") == count + 1);
}

}  // namespace

TEST_CASE("a change made straight in Redis shows on both doors") {
    ProxiedRedis servers({"--coherence", "tracking"});
    for (const auto& change : changes()) {
        CAPTURE(change.name);
        servers.redis.command({"CONFIG", "SET", "maxmemory", "0"});
        servers.redis.command({"FLUSHALL"});
        servers.redis.command({"MSET", "k", "1", "other", "o"});
        REQUIRE(comes_to_hit(servers.proxy, change.key));

        for (const auto& words : change.commands) servers.redis.command(words);

        CHECK(comes_to_read(servers.proxy, change.key, change.then));
    }
    CHECK(info_number(servers.proxy, "coherence_flushes") > 0);
    CHECK(info_number(servers.proxy, "coherence_losses") == 0);
}

TEST_CASE("a change made in a transaction of another client shows on both doors") {
    ProxiedRedis servers({"--coherence", "tracking"});
    servers.redis.command({"MSET", "k", "1", "l", "2"});
    REQUIRE(comes_to_hit(servers.proxy, "k"));
    REQUIRE(comes_to_hit(servers.proxy, "l"));
    TestClient client(servers.redis.port());

    client.pipeline(
        command({"MULTI"}) + command({"INCR", "k"}) + command({"DEL", "l"}) + command({"EXEC"}), 4);

    CHECK(comes_to_read(servers.proxy, "k", bulk("2")));
    CHECK(comes_to_read(servers.proxy, "l", nil));
}

TEST_CASE("a change drops its key and leaves the others cached") {
    ProxiedRedis servers({"--coherence", "tracking"});
    servers.redis.command({"MSET", "k", "old", "steady", "s"});
    REQUIRE(comes_to_hit(servers.proxy, "k"));
    REQUIRE(comes_to_hit(servers.proxy, "steady"));

    servers.redis.command({"SET", "k", "new"});
    REQUIRE(comes_to_read(servers.proxy, "k", bulk("new")));

    auto http = servers.http();
    CHECK(x_cache(http, "steady") == "HIT");
    CHECK(comes_to_hit(servers.proxy, "k"));
    CHECK(info_number(servers.proxy, "coherence_dropped_by_invalidation") > 0);
}

TEST_CASE("SWAPDB through nearcache empties the cache") {
    ProxiedRedis servers({"--coherence", "tracking"});
    servers.redis.command({"SET", "k", "v"});
    REQUIRE(comes_to_hit(servers.proxy, "k"));

    const auto reply = servers.resp().ask({"SWAPDB", "0", "1"});

    CHECK(reply == ok);
    CHECK(servers.resp().ask({"GET", "k"}) == nil);
}

TEST_CASE("a forged invalidation drops nothing and is counted") {
    ProxiedRedis servers({"--coherence", "tracking"});
    servers.redis.command({"SET", "k", "v"});
    REQUIRE(comes_to_hit(servers.proxy, "k"));
    const auto told = info_number(servers.proxy, "coherence_invalidated_keys");

    for (const char* text : {"k", "", "*1\r\n$1\r\nk\r\n"}) {
        CHECK(servers.redis.command({"PUBLISH", "__redis__:invalidate", text}) == integer(1));
    }

    CHECK(comes_to_say(servers.proxy, "coherence_forged_messages", "3"));
    auto http = servers.http();
    CHECK(x_cache(http, "k") == "HIT");
    CHECK(info_number(servers.proxy, "coherence_invalidated_keys") == told);
    CHECK(info_number(servers.proxy, "coherence_losses") == 0);
}

TEST_CASE("fifty thousand keys changed at once are all dropped while others are served") {
    const int count = static_cast<int>(scaled(50'000));
    RealRedis redis;
    redis.command(many_keys("MSET", count, "old"));
    redis.command({"SET", "steady", "s"});
    NearcacheProcess proxy({"--backend", redis.url(), "--threads", "2", "--coherence", "tracking"});
    REQUIRE(comes_to_keep(proxy));
    fetch_many(proxy, count);
    Bystander bystander(proxy);

    SUBCASE("by MSET") {
        redis.command(many_keys("MSET", count, "new"));
        REQUIRE(comes_to_say(proxy, "cache_entries", "1", milliseconds(10'000)));
        CHECK(comes_to_read(proxy, "many:0", bulk("new")));
        CHECK(comes_to_read(proxy, "many:" + std::to_string(count - 1), bulk("new")));
    }
    SUBCASE("by UNLINK") {
        redis.command(many_keys("UNLINK", count, {}));
        REQUIRE(comes_to_say(proxy, "cache_entries", "1", milliseconds(10'000)));
        CHECK(comes_to_read(proxy, "many:7", nil));
    }
    SUBCASE("in one MULTI") {
        std::string requests = command({"MULTI"});
        for (int i = 0; i < count; ++i) requests += command({"INCR", "many:" + std::to_string(i)});
        requests += command({"EXEC"});
        redis.command(many_keys("MSET", count, "5"));
        REQUIRE(comes_to_say(proxy, "cache_entries", "1", milliseconds(10'000)));
        fetch_many(proxy, count);
        TestClient client(redis.port());
        client.pipeline(requests, static_cast<std::size_t>(count) + 2);
        REQUIRE(comes_to_say(proxy, "cache_entries", "1", milliseconds(10'000)));
        CHECK(comes_to_read(proxy, "many:7", bulk("6")));
    }

    CHECK(bystander.surprise() == "");
    CHECK(bystander.longest() < patience(milliseconds(500)));
    CHECK(info_number(proxy, "coherence_losses") == 0);
}

TEST_CASE("with prefixes given only their keys are cached, and kept coherent") {
    ProxiedRedis servers(
        {"--coherence", "tracking", "--coherence-prefix", "user:", "--coherence-prefix", "item:"});
    servers.redis.command({"MSET", "user:1", "old", "item:1", "old", "k", "old", "use", "old"});

    CHECK(comes_to_hit(servers.proxy, "user:1"));
    CHECK(comes_to_hit(servers.proxy, "item:1"));
    CHECK(is_never_cached(servers.proxy, "k"));
    CHECK(is_never_cached(servers.proxy, "use"));
    servers.redis.command({"MSET", "user:1", "new", "item:1", "new", "k", "new"});

    CHECK(comes_to_read(servers.proxy, "user:1", bulk("new")));
    CHECK(comes_to_read(servers.proxy, "item:1", bulk("new")));
    CHECK(servers.resp().ask({"GET", "k"}) == bulk("new"));
}

TEST_CASE("the embedded store needs no channel: nothing changes but through nearcache") {
    NearcacheProcess proxy;
    auto http = proxy.http();
    auto resp = proxy.resp();

    CHECK(info(proxy, "coherence_mode") == "exclusive");
    CHECK(resp.ask({"SET", "k", "v"}) == ok);
    CHECK(x_cache(http, "k") == "MISS");
    CHECK(x_cache(http, "k") == "HIT");
    CHECK(resp.ask({"SET", "k", "w"}) == ok);
    CHECK(http.get("/k").body == "w");
}

TEST_CASE("INFO tells how the cache keeps up with Redis") {
    ProxiedRedis servers;
    const auto& proxy = servers.proxy;

    CHECK(info(proxy, "coherence_wanted") == "auto");
    CHECK(info(proxy, "coherence_mode") == "tracking");
    CHECK(info(proxy, "coherence_armed") == "1");
    CHECK(info(proxy, "coherence_why") == "");
    CHECK(info(proxy, "coherence_epoch") == "1");
    CHECK(info(proxy, "coherence_proof") == "canary");
    CHECK(info(proxy, "coherence_run_id").size() == 40);
    CHECK(info(proxy, "coherence_max_staleness_ms") == "3000");
    CHECK(info_number(proxy, "coherence_last_pong_age_ms") < 3000);
    // The canary leaves nothing behind.
    CHECK(servers.redis.command({"DBSIZE"}) == integer(0));
}

}  // namespace nearcache::tests
