#include "app/config_environment.hpp"

#include <string>

#include <doctest/doctest.h>

#include "app/config_table.hpp"
#include "tests/app/config_loading.hpp"

using namespace nearcache::app;
using namespace nearcache::app::test;
using namespace std::chrono_literals;
using nearcache::Endpoint;
using Scheme = nearcache::backend::Url::Scheme;

TEST_CASE("a setting's own variable goes before its aliases, and those in their order") {
    Environment environment{{"GLOBAL_CACHE_EXPIRY", "1"}};
    CHECK(load({}, environment).config.cache.ttl == 1s);

    environment["TTL"] = "2";
    CHECK(load({}, environment).config.cache.ttl == 2s);

    environment["NEARCACHE_CACHE_TTL"] = "3";
    CHECK(load({}, environment).config.cache.ttl == 3s);
    CHECK(origin(load({}, environment), "cache.ttl") == "3s # environment NEARCACHE_CACHE_TTL");
}

TEST_CASE("the names of older proxies are understood") {
    const auto loaded = load({}, {{"CACHE_CAPACITY", "11"},
                                  {"MAX_MEMORY", "12MiB"},
                                  {"EVICTION_POLICY", "lru"},
                                  {"MAX_CLIENTS", "13"},
                                  {"REDIS_USERNAME", "u"},
                                  {"REDIS_PASSWORD", "p"}});

    CHECK(loaded.config.cache.store.max_entries == 11);
    CHECK(loaded.config.cache.store.max_memory_bytes == 12u * 1024 * 1024);
    CHECK(loaded.config.limits.max_in_flight == 13);
    CHECK(loaded.config.limits.max_connections == 20'000);
    CHECK(loaded.config.backend.url.user == "u");
    CHECK(loaded.config.backend.url.password == "p");
    CHECK(load({}, {{"MAX_CLIENTS", "13"}, {"MAX_CONN", "14"}}).config.limits.max_in_flight == 14);
    CHECK(load({"--max-connections", "1", "--max-clients", "2"}).config.limits.max_in_flight == 1);
    CHECK(load({"--max-connections", "1", "--max-clients", "2"}).config.limits.max_connections ==
          2);
    CHECK(load({"--cache-size=5", "--cache-memory=1MB"}).config.cache.store.max_entries == 5);
}

TEST_CASE("a variable holds a whole list, which replaces that of the file") {
    const TextFile file("cache:\n  rules: [{prefix: old}]\ncoherence:\n  prefixes: [old]\n");
    const Environment environment{{"NEARCACHE_CACHE_RULES", "prefix=a,ttl=5s;\n  prefix=b;\n"},
                                  {"NEARCACHE_COHERENCE_PREFIXES", "a, b"}};

    const auto loaded = load({"--config", file.path()}, environment);

    CHECK(elements(loaded, "cache.rules") == Words{"{prefix: \"a\", ttl: 5s}", "{prefix: \"b\"}"});
    CHECK(loaded.config.cache.coherence.prefixes == Words{"a", "b"});
    CHECK(load({"--coherence-prefix", "c"}, environment).config.cache.coherence.prefixes ==
          Words{"c"});
}

TEST_CASE("an empty variable counts as not set, whatever it names") {
    Environment environment{{"NEARCACHE_CACHE_TTL", ""}, {"TTL", "7"}};
    CHECK(load({}, environment).config.cache.ttl == 7s);

    environment.clear();
    for (const auto& option : options()) {
        environment[option.variable()] = "";
        for (const auto& alias : option.aliases()) environment[std::string(alias.name)] = "";
    }
    CHECK(values(load({}, environment)) == values(load({})));
}

TEST_CASE("each half of an address is taken from the first name that says it") {
    const auto listen = load({}, {{"HTTP_PORT", "1"}, {"PROXY_PORT", "2"}, {"FLASK_RUN_HOST", "h"}})
                            .config.http.listen;
    CHECK(listen == Endpoint{"h", 2});

    const auto whole = load({}, {{"NEARCACHE_HTTP_LISTEN", "a:1"}, {"PROXY_PORT", "2"}});
    CHECK(whole.config.http.listen == Endpoint{"a", 1});
}

TEST_CASE("a port that Kubernetes made up for a service is nobody's setting") {
    const auto loaded =
        load({}, {{"REDIS_PORT", "tcp://10.0.0.1:6379"}, {"PROXY_PORT", "udp://[::1]:1"}});

    CHECK(loaded.config.backend.url.scheme == Scheme::embedded);
    CHECK(loaded.config.http.listen.port == 8080);
}

TEST_CASE("a variable that is nearly a setting's is warned about, others are not") {
    const auto loaded = load({}, {{"NEARCACHE_CACHE_TTLS", "5"},
                                  {"NEARCACHE_PORT", "tcp://10.0.0.1:6380"},
                                  {"NEARCACHE_BINARY", "x"},
                                  {"TTLS", "x"}});

    REQUIRE(loaded.warnings.size() == 1);
    CHECK(loaded.warnings[0] ==
          "environment NEARCACHE_CACHE_TTLS is no setting; did you mean NEARCACHE_CACHE_TTL?");
}
