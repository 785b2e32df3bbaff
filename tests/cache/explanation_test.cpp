#include "cache/explanation.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string_view>;

std::string field(const Explanation& explanation, std::string_view name) {
    for (const auto& [its_name, value] : explanation.fields) {
        if (its_name == name) return value;
    }
    return "(none)";
}
std::string field(const ServiceBench& bench, std::string_view name, std::string_view key = "k") {
    return field(bench.service.explain(Key(key), bench.clock.now()), name);
}

// "source: why"
std::string reason(const ServiceBench& bench, std::string_view key = "k") {
    return field(bench, "source", key) + ": " + field(bench, "why", key);
}

Names names_of(const Explanation& explanation) {
    Names names;
    for (const auto& [name, value] : explanation.fields) names.push_back(name);
    return names;
}

// With both stale rules, for keys that begin with "s:".
Config with_stale_rules() {
    auto config = small_config();
    config.rules = {{.prefix = "s:",
                     .ttl = 10s,
                     .stale_while_revalidate = 10s,
                     .stale_if_error = 60s,
                     .stale_after_invalidation = true}};
    return config;
}

TEST_CASE("of a key that is not held the fields about an entry are left out") {
    ServiceBench bench;
    const Names all{"key",    "source",    "why",   "held",  "fresh",
                    "age_ms", "ttl_ms",    "bytes", "epoch", "current_epoch",
                    "lease",  "write_hot", "rule",  "mode",  "backend_reachable"};
    auto not_held = all;
    std::erase_if(not_held, [](std::string_view name) {
        return name == "age_ms" || name == "ttl_ms" || name == "bytes" || name == "epoch";
    });

    CHECK(names_of(bench.service.explain(Key("k"), bench.clock.now())) == not_held);
    bench.cache("k", "v");
    CHECK(names_of(bench.service.explain(Key("k"), bench.clock.now())) == all);
}

TEST_CASE("a fresh value comes from the cache, and its numbers are told") {
    ServiceBench bench;
    bench.cache("k", "value");
    bench.clock.advance(1500ms);

    CHECK(reason(bench) == "cache: held and fresh");
    CHECK(field(bench, "key") == "k");
    CHECK(field(bench, "held") == "value");
    CHECK(field(bench, "fresh") == "1");
    CHECK(field(bench, "age_ms") == "1500");
    CHECK(field(bench, "ttl_ms") == "58500");
    CHECK(field(bench, "bytes") == "5");
    CHECK(field(bench, "epoch") == "1");
    CHECK(field(bench, "current_epoch") == "1");
    CHECK(field(bench, "lease") == "none");
    CHECK(field(bench, "write_hot") == "0");
    CHECK(field(bench, "rule") == "all keys");
    CHECK(field(bench, "mode") == "exclusive");
    CHECK(field(bench, "backend_reachable") == "1");
}

TEST_CASE("a known absence comes from the cache") {
    ServiceBench bench;
    bench.cache_absence("k");

    CHECK(reason(bench) == "cache: known to be absent");
    CHECK(field(bench, "held") == "absent");
    CHECK(field(bench, "bytes") == "0");
}

TEST_CASE("what is not held comes from the backend") {
    ServiceBench bench;

    CHECK(reason(bench) == "backend: it is not held");
    CHECK(field(bench, "held") == "no");
    CHECK(field(bench, "fresh") == "0");
}

TEST_CASE("what is over comes from the backend") {
    ServiceBench bench;
    bench.cache("k", "v");
    bench.clock.advance(61s);

    CHECK(reason(bench) == "backend: its ttl is over");
    CHECK(field(bench, "ttl_ms") == "-1000");
}

TEST_CASE("what is being fetched comes from that flight, and who waits is told") {
    ServiceBench bench;
    Asker first(0), second(0);
    bench.load(first);
    bench.load(second);
    bench.clock.advance(20ms);

    CHECK(reason(bench) == "flight: it is being fetched");
    CHECK(field(bench, "lease") == "open for 20 ms, 2 waiting, epoch 1");
    bench.backend.answer(0, "k", "v");
    CHECK(field(bench, "lease") == "none");
}

TEST_CASE("when the backend is not reachable there is no source but the cache") {
    ServiceBench bench;
    bench.cache("here", "v");

    bench.backend.set_reachable(false);

    CHECK(reason(bench) == "none: the backend is not reachable");
    CHECK(reason(bench, "here") == "cache: held and fresh");
    CHECK(field(bench, "backend_reachable") == "0");
}

TEST_CASE("what its rule lets pass is said to be stale, for as long as it does") {
    ServiceBench bench(with_stale_rules());
    bench.cache("s:k", "v");

    bench.clock.advance(10s);
    CHECK(reason(bench, "s:k") == "stale: its ttl is over");
    CHECK(field(bench, "rule", "s:k") == "prefix s:");
    bench.clock.advance(10s);
    CHECK(reason(bench, "s:k") == "backend: its ttl is over");
    bench.backend.set_reachable(false);
    CHECK(reason(bench, "s:k") == "stale: the backend is not reachable");
    bench.clock.advance(50s);
    CHECK(reason(bench, "s:k") == "none: the backend is not reachable");
}

TEST_CASE("what changed is fetched, or told all the same when it cannot be and the rule says so") {
    TrackedBench bench(with_stale_rules());
    bench.cache("s:k", "v");
    bench.change({"s:k"});

    CHECK(reason(bench, "s:k") == "backend: it changed at the backend");
    CHECK(field(bench, "fresh", "s:k") == "0");
    bench.backend.set_reachable(false);
    CHECK(reason(bench, "s:k") == "stale: the backend is not reachable");
}

TEST_CASE("why a value of an armed channel is not fresh is told") {
    auto config = small_config();
    config.rules = {{.prefix = "", .stale_if_error = 1h}};
    TrackedBench bench(config);
    bench.cache("k", "v");
    CHECK(field(bench, "mode") == "tracking");

    bench.clock.advance(3s);
    CHECK(reason(bench) == "backend: the last proof of the channel is too old");
    bench.lose();
    CHECK(reason(bench) == "backend: there is no proven channel to the backend");
    CHECK(reason(bench, "other") == "backend: there is no proven channel to the backend");
    CHECK(field(bench, "mode") == "none");
    bench.arm();
    CHECK(reason(bench) == "backend: it was fetched before the channel was lost");
    CHECK(field(bench, "epoch") == "1");
    CHECK(field(bench, "current_epoch") == "2");
}

TEST_CASE("why a key is never kept is told") {
    auto config = small_config();
    config.coherence.prefixes = {"live:", "short:", "k"};
    config.rules = {{.prefix = "live:", .never_cache = true}, {.prefix = "short:", .ttl = 0ms}};
    TrackedBench bench(config);

    CHECK(reason(bench, "live:1") == "backend: its rule says never_cache");
    CHECK(reason(bench, "short:1") == "backend: its ttl is 0");
    CHECK(reason(bench, "other") == "backend: it is not below any of coherence.prefixes");
    CHECK(reason(bench, "k") == "backend: it is not held");
}

TEST_CASE("a key that is written more often than read is told apart") {
    auto config = small_config();
    config.store.write_hot_after = 1;
    TrackedBench bench(config);
    Asker asker(0);
    bench.load(asker);
    bench.backend.answer(0, "k", "v");
    bench.change({"k"});

    CHECK(reason(bench) == "backend: it is written more often than read");
    CHECK(field(bench, "write_hot") == "1");
}

TEST_CASE("a fall back to ttl is shown as what it is") {
    TrackedBench bench;

    bench.refuse();

    CHECK(field(bench, "mode") == "ttl");
    CHECK(field(bench, "current_epoch") == "2");
}

TEST_CASE("an explanation touches nothing and asks nobody") {
    auto config = small_config();
    config.store.max_entries = 2;
    ServiceBench bench(config);
    bench.cache("a", "1");
    bench.cache("b", "2");
    const auto before = bench.service.stats();

    for (const auto key : {"a", "b", "c"}) reason(bench, key);
    const auto after = bench.service.stats();
    CHECK(after.hits == before.hits);
    CHECK(after.misses == before.misses);
    CHECK(bench.backend.gets() == 2);

    bench.cache("c", "3");
    CHECK(bench.look_up("a") == "(miss)");
    CHECK(bench.look_up("b") == "2");
}

}  // namespace
}  // namespace nearcache::cache
