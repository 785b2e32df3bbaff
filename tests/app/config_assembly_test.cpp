#include "app/config_assembly.hpp"

#include <doctest/doctest.h>

#include "tests/app/config_loading.hpp"

using namespace nearcache::app;
using namespace nearcache::app::test;
using nearcache::Endpoint;
using Scheme = nearcache::backend::Url::Scheme;

TEST_CASE("host and port names set only their half of an address") {
    const TextFile file("http:\n  listen: 10.0.0.1:9000\n");

    const auto port = load({"--config", file.path()}, {{"PROXY_PORT", "9001"}});
    CHECK(port.config.http.listen == Endpoint{"10.0.0.1", 9001});
    CHECK(origin(port, "http.listen") ==
          "10.0.0.1:9001 # " + file.path() + ":2, environment PROXY_PORT");

    const auto both = load({"--config", file.path(), "--proxy-host", "10.0.0.2"},
                           {{"FLASK_RUN_PORT", "9002"}, {"FLASK_RUN_HOST", "10.0.0.3"}});
    CHECK(both.config.http.listen == Endpoint{"10.0.0.2", 9002});
    CHECK(origin(both, "http.listen") ==
          "10.0.0.2:9002 # environment FLASK_RUN_PORT, flag --proxy-host");

    CHECK(load({"--tcp-port", "7000"}).config.resp.listen == Endpoint{"127.0.0.1", 7000});
}

TEST_CASE("the names of a Redis make the backend one") {
    const auto host = load({"--redis-host", "r"}).config.backend.url;
    CHECK(host.scheme == Scheme::redis);
    CHECK(host.endpoint == Endpoint{"r", 6379});

    const auto port = load({}, {{"REDIS_PORT", "7"}}).config.backend.url;
    CHECK(port.scheme == Scheme::redis);
    CHECK(port.endpoint == Endpoint{"127.0.0.1", 7});

    CHECK(load({"--redis-host", ""}).config.backend.url.endpoint == Endpoint{"127.0.0.1", 6379});

    const auto all = load({}, {{"REDIS_ADDRESS", "[::1]:5"},
                               {"REDIS_HOST", "ignored"},
                               {"REDIS_PORT", "9"},
                               {"REDIS_DB", "3"}});
    CHECK(all.config.backend.url.endpoint == Endpoint{"::1", 5});
    CHECK(all.config.backend.url.database == 3);
    CHECK(origin(all, "backend.url") ==
          "\"redis://[::1]:5/3\" # environment REDIS_ADDRESS, environment REDIS_DB");
}

TEST_CASE("host and port of a Redis leave the rest of a redis URL, and nothing of another") {
    const TextFile redis("backend:\n  url: redis://u:p@a:1/3\n");
    const auto kept = load({"--config", redis.path(), "--redis-port", "2"});
    CHECK(kept.config.backend.url.without_secrets() == "redis://u:***@a:2/3");
    CHECK(kept.config.backend.url.password == "p");

    const TextFile socket("backend:\n  url: unix://u:p@/run/s?db=3\n");
    const auto fresh = load({"--config", socket.path(), "--redis-host", "b"});
    CHECK(fresh.config.backend.url.without_secrets() == "redis://b:6379");
    CHECK(origin(fresh, "backend.url") == "redis://b:6379 # flag --redis-host");
}

TEST_CASE("listeners that would stand in each other's way are an error") {
    CHECK(complaint({"--tcp-port", "8080"}) ==
          "nearcache: --tcp-port: resp.listen 127.0.0.1:8080 collides with http.listen "
          "127.0.0.1:8080 (default); give each a port of its own, or 0");
    CHECK(complaint({"--http-listen", ":6380"}, {{"TCP_HOST", "10.0.0.1"}}) ==
          "nearcache: --http-listen: http.listen :6380 collides with resp.listen 10.0.0.1:6380 "
          "(environment TCP_HOST); give each a port of its own, or 0");
    CHECK_FALSE(complaint({"--tcp-port", "8080", "--tcp-host", "0.0.0.0"}).empty());
    CHECK_FALSE(complaint({"--admin-listen", "localhost:8080"}).empty());
    CHECK(complaint({"--proxy-port", "8081"}).empty());
    CHECK(complaint({"--tcp-port", "8080", "--tcp-host", "127.0.0.2"}).empty());
    CHECK(complaint({"--tcp-port", "8080", "--tcp-host", "::1"}).empty());
}

TEST_CASE("the first pause before reconnecting is not above the longest") {
    CHECK(complaint({"--backend-reconnect-min", "2s"}) ==
          "nearcache: --backend-reconnect-min: backend.reconnect_min 2s is longer than "
          "backend.reconnect_max 1s");
    CHECK(complaint({"--backend-reconnect-max=20ms"})
              .starts_with("nearcache: --backend-reconnect-max"));
}

TEST_CASE("three heartbeats fit into the longest staleness") {
    CHECK(complaint({"--coherence-heartbeat", "500ms", "--max-staleness", "500ms"}) ==
          "nearcache: --coherence-heartbeat: coherence.heartbeat 500ms is longer than a third of "
          "coherence.max_staleness 500ms");
    CHECK(complaint({"--coherence-heartbeat", "1001ms"}) ==
          "nearcache: --coherence-heartbeat: coherence.heartbeat 1001ms is longer than a third of "
          "coherence.max_staleness 3s");
    CHECK(complaint({"--coherence-heartbeat", "1s"}).empty());
    CHECK(complaint({"--coherence-heartbeat", "30ms", "--max-staleness", "100ms"}).empty());
}

TEST_CASE("a heartbeat that nobody set follows a short staleness") {
    using namespace std::chrono_literals;
    const auto heartbeat = [](const Words& flags) {
        return load(flags).config.backend.tracking.heartbeat;
    };

    CHECK(heartbeat({}) == 500ms);
    CHECK(heartbeat({"--max-staleness", "1h"}) == 500ms);
    CHECK(heartbeat({"--max-staleness", "600ms"}) == 100ms);
    CHECK(heartbeat({"--max-staleness", "600ms", "--coherence-heartbeat", "200ms"}) == 200ms);
}

TEST_CASE("what backend and cache both need to know of coherence is told to both") {
    const auto loaded =
        load({"--coherence", "tracking", "--max-staleness", "7s", "--coherence-prefix", "a"});
    CHECK(loaded.config.cache.coherence.mode == nearcache::cache::Coherence::Mode::tracking);
    CHECK(loaded.config.cache.coherence.max_staleness == std::chrono::seconds(7));
    CHECK(loaded.config.cache.coherence.prefixes == Words{"a"});
    CHECK(loaded.config.backend.tracking.is_wanted);
    CHECK(loaded.config.backend.tracking.max_staleness == std::chrono::seconds(7));
    CHECK(loaded.config.backend.tracking.prefixes == Words{"a"});

    CHECK(load({}).config.backend.tracking.is_wanted);
    CHECK_FALSE(load({"--coherence", "ttl"}).config.backend.tracking.is_wanted);
}

TEST_CASE("credentials set on their own go before those of the URL") {
    const auto url = load({"--backend", "redis://u:p@h", "--backend-user", "v"},
                          {{"NEARCACHE_BACKEND_PASSWORD", "q"}})
                         .config.backend.url;

    CHECK(url.user == "v");
    CHECK(url.password == "q");
}

TEST_CASE("a password is read from a file without its line end") {
    const TextFile secret("s3 cret\n");
    const TextFile windows("s3cret\r\n");
    const TextFile empty("\n");
    const auto password = [](const TextFile& file) {
        return load({"--backend-password-file", file.path()}).config.backend.url.password;
    };

    CHECK(password(secret) == "s3 cret");
    CHECK(password(windows) == "s3cret");
    CHECK(complaint({"--backend-password-file", empty.path()}) ==
          "nearcache: --backend-password-file: " + empty.path() + " is empty");
    CHECK(
        complaint({"--backend-password-file", "/nonexistent"}) ==
        "nearcache: --backend-password-file: cannot read /nonexistent: No such file or directory");
}

TEST_CASE("a token is kept in a file as a password is, and masked") {
    const TextFile secret("t0k.en/+~=\n");

    const auto by_file = load({"--http-token-file", secret.path(), "--print-config"});
    CHECK(by_file.config.http.token == "t0k.en/+~=");
    CHECK_FALSE(contains(by_file.output, "t0k"));
    const auto by_text = load({"--http-token", "hunter2", "--print-config"});
    CHECK(by_text.config.http.token == "hunter2");
    CHECK(origin(by_text, "http.token") == "\"***\" # flag --http-token");
    CHECK_FALSE(contains(by_text.output, "hunter2"));
    CHECK(load({"--http-token", "flag"}, {{"NEARCACHE_HTTP_TOKEN_FILE", secret.path()}})
              .config.http.token == "flag");
    CHECK(complaint({"--http-token", "a", "--http-token-file", secret.path()}) ==
          "nearcache: --http-token-file: http.token is set too (flag --http-token); give one of "
          "them");
    CHECK(load({}).config.http.token.empty());
}

TEST_CASE("a token that no client could show stops the start, and is not told") {
    const TextFile lines("one\ntwo\n");

    CHECK(complaint({"--http-token", "a secret"}) ==
          "nearcache: --http-token: a token has visible ASCII characters only, and no blanks");
    CHECK(complaint({}, {{"NEARCACHE_HTTP_TOKEN", "gr\xc3\xbc\xc3\x9f"}}) ==
          "nearcache: environment NEARCACHE_HTTP_TOKEN: a token has visible ASCII characters only, "
          "and no blanks");
    CHECK(complaint({"--http-token-file", lines.path()}) ==
          "nearcache: --http-token-file: a token has visible ASCII characters only, and no blanks");
}

TEST_CASE("of a password and a password file the stronger source stands") {
    const TextFile secret("from file\n");
    const Environment text{{"REDIS_PASSWORD", "from text"}};
    const Environment file{{"NEARCACHE_BACKEND_PASSWORD_FILE", secret.path()}};
    const auto password = [](const Loaded& loaded) { return loaded.config.backend.url.password; };

    const auto by_flag = load({"--backend-password-file", secret.path()}, text);
    CHECK(password(by_flag) == "from file");
    CHECK(origin(by_flag, "backend.password") == "\"\" # default");
    CHECK(password(load({"--backend-password", "from text"}, file)) == "from text");
    CHECK(complaint({"--backend-password", "a", "--backend-password-file", secret.path()}) ==
          "nearcache: --backend-password-file: backend.password is set too (flag "
          "--backend-password); give one of them");
}
