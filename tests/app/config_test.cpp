#include "app/config.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "tests/app/config_loading.hpp"

using namespace nearcache::app;
using namespace nearcache::app::test;
using namespace std::chrono_literals;
using nearcache::Endpoint;

TEST_CASE("without arguments everything has its default") {
    const auto loaded = load({});

    CHECK(loaded.action == Action::run);
    CHECK_FALSE(loaded.banner);
    CHECK(loaded.output.empty());
    CHECK(loaded.warnings.empty());
    CHECK(loaded.config.http.listen == Endpoint{"127.0.0.1", 8080});
    CHECK(loaded.config.resp.listen == Endpoint{"127.0.0.1", 6380});
    CHECK(loaded.config.cache.ttl == 60s);
    CHECK(loaded.config.threads == 0);
    for (const auto& entry : loaded.origins) CHECK(entry.source == "default");
}

TEST_CASE("a flag goes before the environment, that before the file, that before the default") {
    const TextFile file("cache:\n  ttl: 1s\n  negative_ttl: 1s\n  max_entries: 1\n");

    const auto loaded =
        load({"--config", file.path(), "--ttl", "3s"},
             {{"NEARCACHE_CACHE_TTL", "2s"}, {"NEARCACHE_CACHE_NEGATIVE_TTL", "2s"}});

    CHECK(loaded.config.cache.ttl == 3s);
    CHECK(loaded.config.cache.negative_ttl == 2s);
    CHECK(loaded.config.cache.store.max_entries == 1);
    CHECK(origin(loaded, "cache.ttl") == "3s # flag --ttl");
    CHECK(origin(loaded, "cache.negative_ttl") == "2s # environment NEARCACHE_CACHE_NEGATIVE_TTL");
    CHECK(origin(loaded, "cache.max_entries") == "1 # " + file.path() + ":4");
    CHECK(origin(loaded, "cache.policy") == "lru # default");
}

TEST_CASE("the file may be named by the environment, and a flag goes before that") {
    const TextFile one("threads: 1\n");
    const TextFile two("threads: 2\n");

    CHECK(load({}, {{"NEARCACHE_CONFIG", one.path()}}).config.threads == 1);
    CHECK(load({"--config=" + two.path()}, {{"NEARCACHE_CONFIG", one.path()}}).config.threads == 2);
    CHECK(load({}, {{"NEARCACHE_CONFIG", ""}}).config.threads == 0);
}

TEST_CASE("a bad value of a weaker source is an error even where a stronger one stands") {
    CHECK_FALSE(complaint({"--ttl", "5"}, {{"TTL", "5 parsecs"}}).empty());
}

TEST_CASE("a file that cannot be read is named with the reason") {
    CHECK(complaint({"--config", "/nonexistent/n.yaml"}) ==
          "nearcache: --config: cannot read /nonexistent/n.yaml: No such file or directory");
    CHECK(complaint({"--config", "/"}) == "nearcache: --config: cannot read /: Is a directory");
    CHECK(complaint({}, {{"NEARCACHE_CONFIG", "/nonexistent"}}) ==
          "nearcache: environment NEARCACHE_CONFIG: cannot read /nonexistent: No such file or "
          "directory");
    CHECK(complaint({"--config", "/dev/zero"}) ==
          "nearcache: --config: cannot read /dev/zero: File too large");
}

TEST_CASE("whatever is given, an error is one line and no password is in it") {
    const std::vector<Words> wrong{{"a\nb"},
                                   {"--a\nb"},
                                   {"--ttl", "5\ns"},
                                   {"--config", "/no\nfile"},
                                   {"redis://u:hunter2@host"},
                                   {"--redis-host", "redis://u:hunter2@host"},
                                   {"--backend", "redis://u:hunter2@h:0"},
                                   {"--backnd=redis://u:hunter2@h"}};
    for (const auto& words : wrong) {
        CAPTURE(words.front());
        const auto line = complaint(words);
        CHECK(line.starts_with("nearcache: "));
        CHECK_FALSE(contains(line, "\n"));
        CHECK_FALSE(contains(line, "hunter2"));
    }
}
