#include "app/config_values.hpp"

#include <doctest/doctest.h>

#include "tests/app/config_loading.hpp"

using namespace nearcache::app;
using namespace nearcache::app::test;
using namespace std::chrono_literals;
using nearcache::Endpoint;

TEST_CASE("an empty host means all addresses, an IPv6 address may have brackets") {
    CHECK(load({"--proxy-host", ""}).config.http.listen == Endpoint{"", 8080});
    CHECK(load({"--proxy-host="}).config.http.listen == Endpoint{"", 8080});
    CHECK(load({"--proxy-host=", "--threads", "2"}).config.threads == 2);
    CHECK(load({"--http-listen", ":9000"}).config.http.listen == Endpoint{"", 9000});
    CHECK(load({"--http-listen", "[::1]:9000"}).config.http.listen == Endpoint{"::1", 9000});
    CHECK(load({"--tcp-host", "::"}).config.resp.listen == Endpoint{"::", 6380});
    CHECK(load({"--tcp-host", "[::1]"}).config.resp.listen == Endpoint{"::1", 6380});
    CHECK(origin(load({"--tcp-host", "::1"}), "resp.listen") == "\"[::1]:6380\" # flag --tcp-host");
}

TEST_CASE("port 0 leaves the choice to the kernel, for several listeners at once") {
    const auto loaded = load({"--http-listen", "127.0.0.1:0", "--tcp-port=0"});

    CHECK(loaded.config.http.listen.port == 0);
    CHECK(loaded.config.resp.listen.port == 0);
}

TEST_CASE("sizes are read in bytes, powers of 1024 and powers of 1000") {
    const auto size = [](const char* text) {
        return load({"--cache-memory", text}).config.cache.store.max_memory_bytes;
    };

    CHECK(size("1024") == 1024);
    CHECK(size("64KiB") == 65'536);
    CHECK(size("256MiB") == 268'435'456);
    CHECK(size("1GiB") == 1'073'741'824);
    CHECK(size("5KB") == 5'000);
    CHECK(size("5mb") == 5'000'000);
    CHECK(size("1GB") == 1'000'000'000);
    CHECK(size("5k") == 5'000);
    CHECK(size("5m") == 5'000'000);
    CHECK(size("2g") == 2'000'000'000);
    for (const auto* const wrong :
         {"", "-1", "1.5GiB", "1 KiB", "KiB", "1XB", "99999999999999999999",
          "18446744073709551615KiB", "1023", "17TiB"}) {
        CAPTURE(wrong);
        CHECK(contains(complaint({"--cache-memory", wrong}), "allowed: 1024, 64KiB, 256MiB"));
    }
}

TEST_CASE("a bare time is seconds") {
    CHECK(load({"--ttl", "90"}).config.cache.ttl == 90s);
    CHECK(load({"--ttl", "0"}).config.cache.ttl == 0s);
    CHECK(load({"--ttl", "500ms"}).config.cache.ttl == 500ms);
}

TEST_CASE("threads are a number or one for each core") {
    CHECK(load({"--threads", "256"}).config.threads == 256);
    CHECK(load({"--threads", "auto"}).config.threads == 0);
    CHECK(complaint({"--threads", "0"}) ==
          "nearcache: --threads: '0' is out of range; allowed: auto, 1 to 256");
}

TEST_CASE("a percentage is a number up to 100, with or without its sign") {
    CHECK(load({"--cache-ttl-jitter", "10%"}).config.cache.ttl_jitter_percent == 10);
    CHECK(load({"--cache-ttl-jitter", "100"}).config.cache.ttl_jitter_percent == 100);
    CHECK(origin(load({"--cache-ttl-jitter", "7"}), "cache.ttl_jitter") ==
          "7% # flag --cache-ttl-jitter");
    CHECK(complaint({"--cache-ttl-jitter", "101%"}) ==
          "nearcache: --cache-ttl-jitter: '101%' is out of range; allowed: 0% to 100%");
    for (const auto* const wrong : {"", "%", "-1", "1.5", "5%%", "% 5"}) {
        CAPTURE(wrong);
        CHECK(contains(complaint({"--cache-ttl-jitter", wrong}), "is not a percentage"));
    }
}

TEST_CASE("a switch is on or off, or true or false") {
    const auto canary = [](const char* text) {
        return load({"--coherence-canary", text}).config.backend.tracking.sends_canary;
    };

    CHECK(canary("on"));
    CHECK(canary("true"));
    CHECK_FALSE(canary("off"));
    CHECK_FALSE(canary("false"));
    CHECK(complaint({"--coherence-canary", "maybe"}) ==
          "nearcache: --coherence-canary: 'maybe' is neither on nor off; allowed: on, off, true, "
          "false");
}

TEST_CASE("numbers are kept whatever their width is") {
    CHECK(load({"--cache-write-hot-after", "255"}).config.cache.store.write_hot_after == 255);
    CHECK(load({"--cache-write-hot-after", "0"}).config.cache.store.write_hot_after == 0);
    CHECK(complaint({"--cache-write-hot-after", "256"}) ==
          "nearcache: --cache-write-hot-after: '256' is out of range; allowed: 0 to 255");
}

TEST_CASE("a bad value is one line with its source and what is allowed") {
    const TextFile file("# one\ncache:\n  ttl: 5 parsecs\n");
    CHECK(
        complaint({"--config", file.path()}) ==
        "nearcache: " + file.path() +
            ":3: cache.ttl: '5 parsecs' is not a duration; allowed: 500ms, 5s, 2m, 1h (0s to 10y)");
    CHECK(
        complaint({"--ttl", "5 parsecs"}) ==
        "nearcache: --ttl: '5 parsecs' is not a duration; allowed: 500ms, 5s, 2m, 1h (0s to 10y)");
    CHECK(
        complaint({}, {{"TTL", "5 parsecs"}}) ==
        "nearcache: environment TTL: '5 parsecs' is not a duration; allowed: 500ms, 5s, 2m, 1h (0s "
        "to 10y)");
    CHECK(complaint({"--proxy-port", "70000"}) ==
          "nearcache: --proxy-port: '70000' is not a port; allowed: 0 to 65535");
    CHECK(complaint({"--redis-port", "0"}) ==
          "nearcache: --redis-port: '0' is not a port; allowed: 1 to 65535");
    CHECK(complaint({"--resp-listen", "6380"}) ==
          "nearcache: --resp-listen: '6380' is not an address; allowed: HOST:PORT, [IPV6]:PORT");
    CHECK(complaint({"--proxy-host", "localhost:80"}) ==
          "nearcache: --proxy-host: 'localhost:80' is not a host; allowed: a name, an IPv4 or IPv6 "
          "address, or nothing");
    CHECK(complaint({"--cache-size", "0"}) ==
          "nearcache: --cache-size: '0' is out of range; allowed: 1 to 1099511627776");
    CHECK(complaint({"--cache-size", ""}) ==
          "nearcache: --cache-size: '' is not a whole number; allowed: 1 to 1099511627776");
    CHECK(complaint({"--eviction-policy", "arc"}) ==
          "nearcache: --eviction-policy: 'arc' is not known; allowed: lru");
    CHECK(complaint({}, {{"REDIS_DB", "-1"}}) ==
          "nearcache: environment REDIS_DB: '-1' is not a database; allowed: 0 to 2147483647");
    CHECK(complaint({"--backend", "rediss://u:hunter2@h"}) ==
          "nearcache: --backend: rediss:// is not supported yet; allowed: embedded:, "
          "redis://[user:password@]host[:port][/database], unix:///path");
}
