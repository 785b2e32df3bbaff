#include "cache/rules.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;

Config with_rules(std::vector<Rule> rules) {
    Config config;
    config.rules = std::move(rules);
    return config;
}

std::string prefix_for(const Rules& rules, std::string_view key) {
    return rules[rules.find(key)].prefix;
}

bool keeps(const Rules& rules, std::string_view key, std::size_t value_bytes) {
    return rules.keeps(rules[rules.find(key)], key, value_bytes);
}

TEST_CASE("without rules all keys fall under the one that is made of the defaults") {
    Config config;
    config.ttl = 7s;
    config.negative_ttl = 3s;
    config.ttl_jitter_percent = 9;
    config.max_value_bytes = 50;
    const Rules rules(config);

    for (const std::string_view key : {"", "k", "a longer key"}) CHECK(rules.find(key) == 0);
    CHECK(rules[0].prefix.empty());
    CHECK(rules[0].ttl == 7s);
    CHECK(rules[0].negative_ttl == 3s);
    CHECK(rules[0].ttl_jitter_percent == 9);
    CHECK(rules[0].max_value_bytes == 50);
    CHECK_FALSE(rules[0].never_cache);
    CHECK(rules[0].retention.longest() == 0ms);
}

TEST_CASE("the longest prefix decides, in whichever order the rules are given") {
    const Rule a{.prefix = "a"}, ab{.prefix = "ab"}, abc{.prefix = "abc"}, b{.prefix = "b"};
    for (const auto& given : {std::vector<Rule>{a, ab, abc, b}, std::vector<Rule>{b, abc, ab, a},
                              std::vector<Rule>{ab, b, a, abc}}) {
        const Rules rules(with_rules(given));

        CHECK(prefix_for(rules, "a") == "a");
        CHECK(prefix_for(rules, "ac") == "a");
        CHECK(prefix_for(rules, "ab") == "ab");
        CHECK(prefix_for(rules, "abd") == "ab");
        CHECK(prefix_for(rules, "abc") == "abc");
        CHECK(prefix_for(rules, "abcd") == "abc");
        CHECK(prefix_for(rules, "bab") == "b");
        CHECK(prefix_for(rules, "").empty());
        CHECK(prefix_for(rules, "c").empty());
        CHECK(prefix_for(rules, "A").empty());
    }
}

TEST_CASE("a prefix is bytes: it may hold a null, and a key may end within it") {
    const Rules rules(with_rules({{.prefix = std::string("a\0b", 3)}}));

    CHECK(rules.find(std::string_view("a\0bc", 4)) == 1);
    CHECK(rules.find(std::string_view("a\0", 2)) == 0);
    CHECK(rules.find("a") == 0);
}

TEST_CASE("the rule of the empty prefix takes the place of the defaults for all other keys") {
    const Rules rules(
        with_rules({{.prefix = "a", .ttl = 1s}, {.prefix = "", .ttl = 2s, .never_cache = true}}));

    CHECK(rules.find("b") == 0);
    CHECK(rules[0].ttl == 2s);
    CHECK(rules[0].never_cache);
    CHECK(rules[rules.find("a")].ttl == 1s);
    CHECK_FALSE(rules[rules.find("a")].never_cache);
}

TEST_CASE("what a rule leaves open is as for all keys, not as in the rule of a shorter prefix") {
    auto config = with_rules({{.prefix = "",
                               .ttl = 100s,
                               .negative_ttl = 10s,
                               .max_value_bytes = 1,
                               .never_cache = true,
                               .stale_if_error = 5s},
                              {.prefix = "a", .ttl = 200s, .ttl_jitter_percent = 50},
                              {.prefix = "ab", .negative_ttl = 20s}});
    config.ttl = 1s;
    config.negative_ttl = 2s;
    config.ttl_jitter_percent = 3;
    config.max_value_bytes = 4;
    const Rules rules(config);

    const auto& ab = rules[rules.find("ab")];
    CHECK(ab.ttl == 1s);
    CHECK(ab.negative_ttl == 20s);
    CHECK(ab.ttl_jitter_percent == 3);
    CHECK(ab.max_value_bytes == 4);
    CHECK_FALSE(ab.never_cache);
    CHECK(ab.retention.longest() == 0ms);
    CHECK(rules[rules.find("a")].negative_ttl == 2s);
}

TEST_CASE("retentions go by the number that entries carry") {
    const Rules rules(
        with_rules({{.prefix = "a", .stale_while_revalidate = 1s},
                    {.prefix = "abc", .stale_if_error = 2s, .stale_after_invalidation = true}}));

    const auto retentions = rules.retentions();

    REQUIRE(retentions.size() == 3);
    CHECK(retentions[0].longest() == 0ms);
    CHECK(retentions[rules.find("a")].while_revalidate == 1s);
    CHECK(retentions[rules.find("a")].if_error == 0ms);
    CHECK_FALSE(retentions[rules.find("a")].after_invalidation);
    CHECK(retentions[rules.find("abcd")].if_error == 2s);
    CHECK(retentions[rules.find("abcd")].after_invalidation);
}

TEST_CASE("as many rules as there may be are told apart") {
    std::vector<Rule> given;
    for (std::size_t i = 1; i < most_rules; ++i) {
        given.push_back({.prefix = "p" + std::to_string(i) + ":"});
    }
    const Rules rules(with_rules(given));

    for (const auto& rule : given) CHECK(prefix_for(rules, rule.prefix + "key") == rule.prefix);
    CHECK(rules.retentions().size() == most_rules);
}

TEST_CASE("a value is kept up to its rule's size, and a key counts like a value") {
    const Rules rules(with_rules({{.prefix = "small", .max_value_bytes = 10},
                                  {.prefix = "large", .max_value_bytes = 10'000'000}}));

    CHECK(keeps(rules, "small", 10));
    CHECK_FALSE(keeps(rules, "small", 11));
    CHECK(keeps(rules, "small:long", 10));
    CHECK_FALSE(keeps(rules, "small:longer", 10));
    CHECK(keeps(rules, "other", 1024u * 1024));
    CHECK_FALSE(keeps(rules, "other", 1024u * 1024 + 1));
    CHECK(keeps(rules, "large", 10'000'000));
}

TEST_CASE("what is never to be cached is not kept, whatever its size") {
    const Rules rules(with_rules({{.prefix = "live:", .never_cache = true}}));

    CHECK_FALSE(keeps(rules, "live:", 0));
    CHECK_FALSE(keeps(rules, "live:k", 0));
    CHECK(keeps(rules, "live", 0));
}

TEST_CASE("without prefixes every key is told, with them only the keys below one of them") {
    Config config;
    CHECK(Rules(config).is_told("anything"));

    config.coherence.prefixes = {"user:", "item:"};
    const Rules rules(config);

    CHECK(rules.is_told("user:"));
    CHECK(rules.is_told("item:7"));
    CHECK_FALSE(rules.is_told("user"));
    CHECK_FALSE(rules.is_told("other:1"));
    CHECK(keeps(rules, "item:7", 1));
    CHECK_FALSE(keeps(rules, "other:1", 1));
}

TEST_CASE("a rule alone does not have a key told") {
    auto config = with_rules({{.prefix = "other:", .ttl = 5s}});
    config.coherence.prefixes = {"user:"};

    CHECK_FALSE(keeps(Rules(config), "other:1", 1));
}

}  // namespace
}  // namespace nearcache::cache
