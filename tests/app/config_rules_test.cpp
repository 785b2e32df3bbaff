#include "app/config_rules.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace nearcache::app;
using namespace std::chrono_literals;
using nearcache::cache::most_rules;
using nearcache::cache::Rule;

namespace {

std::vector<Rule> read(const std::string& text) {
    std::vector<Rule> rules;
    const auto wrong = add_rules(text, rules);
    CAPTURE(wrong.value_or(""));
    REQUIRE_FALSE(wrong.has_value());
    return rules;
}

// What is wrong with the text; empty when nothing is.
std::string complaint(const std::string& text) {
    std::vector<Rule> rules;
    return add_rules(text, rules).value_or("");
}

}  // namespace

TEST_CASE("a rule says as much as it wants of what it may say") {
    const auto rules = read(
        "prefix=user:,ttl=5s,negative_ttl=0,ttl_jitter=10%,max_value=2KiB,never_cache=true,"
        "stale_while_revalidate=1m,stale_if_error=1h,stale_after_invalidation=on,"
        "content_type=image/png");

    REQUIRE(rules.size() == 1);
    CHECK(rules[0].prefix == "user:");
    CHECK(rules[0].ttl == 5s);
    CHECK(rules[0].negative_ttl == 0s);
    CHECK(rules[0].ttl_jitter_percent == 10u);
    CHECK(rules[0].max_value_bytes == 2048u);
    CHECK(rules[0].never_cache);
    CHECK(rules[0].stale_while_revalidate == 1min);
    CHECK(rules[0].stale_if_error == 1h);
    CHECK(rules[0].stale_after_invalidation);
    CHECK(rules[0].content_type == "image/png");
}

TEST_CASE("what a rule does not say is as for all keys") {
    const auto rule = read("prefix=a").front();

    CHECK_FALSE(rule.ttl);
    CHECK_FALSE(rule.negative_ttl);
    CHECK_FALSE(rule.ttl_jitter_percent);
    CHECK_FALSE(rule.max_value_bytes);
    CHECK_FALSE(rule.never_cache);
    CHECK(rule.stale_while_revalidate == 0s);
    CHECK(rule.stale_if_error == 0s);
    CHECK_FALSE(rule.stale_after_invalidation);
    CHECK(rule.content_type.empty());
}

TEST_CASE("the name of a switch alone means that it is on") {
    const auto rule = read("prefix=a,never_cache,stale_after_invalidation").front();

    CHECK(rule.never_cache);
    CHECK(rule.stale_after_invalidation);
    CHECK_FALSE(read("prefix=a,never_cache=off").front().never_cache);
}

TEST_CASE("an empty prefix is a rule for all keys that have no other") {
    CHECK(read("prefix=,stale_if_error=1h").front().prefix.empty());
}

TEST_CASE("semicolons part rules, and blanks around anything mean nothing") {
    const auto rules = read(" ttl = 5s , prefix = a b ;\n\tprefix=c=d;\n");

    REQUIRE(rules.size() == 2);
    CHECK(rules[0].prefix == "a b");
    CHECK(rules[0].ttl == 5s);
    CHECK(rules[1].prefix == "c=d");
    CHECK(read(" \n").empty());
}

TEST_CASE("separators and blanks in a prefix are written with a percent sign") {
    CHECK(read("prefix=%20a%2Cb%3bc%25").front().prefix == " a,b;c%");
    CHECK(complaint("prefix=50%").starts_with("prefix: '50%' has a '%' without two hex digits"));
}

TEST_CASE("a rule without a prefix, and one that is there already, are refused") {
    CHECK(complaint("ttl=5s") == "'ttl=5s' has no prefix; allowed: prefix=TEXT and more after it");
    CHECK(complaint("prefix=a;prefix=b;prefix=a") == "prefix 'a' has a rule already");
    CHECK(complaint("prefix=;prefix=") == "prefix '' has a rule already");
}

TEST_CASE("what a rule cannot say is refused with what it can") {
    CHECK(complaint("prefix=a,tll=5s") == "unknown member 'tll'; did you mean 'ttl'?");
    CHECK(complaint("prefix=a,colour_of_the_sea") ==
          "unknown member 'colour_of_the_sea'; allowed: prefix, ttl, negative_ttl, ttl_jitter, "
          "max_value, never_cache, stale_while_revalidate, stale_if_error, "
          "stale_after_invalidation, content_type");
    CHECK(complaint("prefix=a,,ttl=5s").starts_with("unknown member ''; allowed: "));
    CHECK(complaint("prefix=a,ttl=1,ttl=2") == "ttl is given twice");
    CHECK(complaint("prefix=a,ttl") == "ttl: a value is missing; allowed: ttl=...");
    CHECK(complaint("prefix=a,ttl=11y") ==
          "ttl: '11y' is not a duration; allowed: 500ms, 5s, 2m, 1h (0s to 10y)");
    CHECK(complaint("prefix=a,max_value=5GiB") ==
          "max_value: '5GiB' is out of range; allowed: 1024, 64KiB, 256MiB, 1GiB, 1GB (0 to 4GiB)");
    CHECK(complaint("prefix=a,ttl_jitter=101") ==
          "ttl_jitter: '101' is out of range; allowed: 0% to 100%");
    CHECK(complaint("prefix=a,never_cache=maybe") ==
          "never_cache: 'maybe' is neither on nor off; allowed: on, off, true, false");
}

TEST_CASE("there are as many rules as can be told apart, beside the one for all keys") {
    std::vector<Rule> rules;
    for (std::size_t i = 0; i + 1 < most_rules; ++i) {
        REQUIRE_FALSE(add_rules("prefix=" + std::to_string(i), rules));
    }

    CHECK(add_rules("prefix=one-more", rules) == "too many rules; allowed: 254");
    CHECK(rules.size() == 254);
}

TEST_CASE("a bad text changes nothing") {
    auto rules = read("prefix=a");

    CHECK(add_rules("prefix=b;prefix=c,ttl=x", rules).has_value());
    CHECK(rules.size() == 1);
    CHECK(extend_rule("ttl=x", rules[0]).has_value());
    CHECK_FALSE(rules[0].ttl);
}

TEST_CASE("one thing more is said of a rule, and nothing in it parts it") {
    Rule rule;

    CHECK_FALSE(extend_rule("ttl=5s", rule).has_value());
    CHECK(rule.ttl == 5s);
    CHECK(extend_rule("ttl=5s,never_cache", rule) ==
          "ttl: '5s,never_cache' is not a duration; allowed: 500ms, 5s, 2m, 1h (0s to 10y)");
}

TEST_CASE("a content type may have parameters, with its separators as in a prefix") {
    const auto type = [](const std::string& text) {
        return read("prefix=a,content_type=" + text).front().content_type;
    };

    CHECK(type("text/html%3B charset=utf-8") == "text/html; charset=utf-8");
    CHECK(type("a/b%3bc=%22%2C %22") == "a/b;c=\", \"");
    CHECK(show_rules(read("prefix=a,content_type=text/html%3B charset=utf-8")) ==
          "prefix=a,content_type=text/html%3B%20charset=utf-8");
    CHECK(as_yaml_map(read("prefix=a,content_type=text/html%3Bcharset=utf-8").front()) ==
          "{prefix: \"a\", content_type: \"text/html%3Bcharset=utf-8\"}");
}

TEST_CASE("what is no content type is refused") {
    CHECK(complaint("prefix=a,content_type=html") ==
          "content_type: 'html' is not a media type; allowed: image/png, text/html; charset=utf-8 "
          "and the like");
    CHECK(complaint("prefix=a,content_type=a/b%0D%0AX: y").starts_with("content_type: 'a/b"));
    CHECK(
        complaint("prefix=a,content_type=a/b%zz").starts_with("content_type: 'a/b%zz' has a '%'"));
}

TEST_CASE("rules are shown as they can be read") {
    const std::string text =
        "prefix=a%2C,ttl=5s,negative_ttl=0s,ttl_jitter=0%,max_value=0,never_cache=true;"
        "prefix=,stale_while_revalidate=1m,stale_if_error=1h,stale_after_invalidation=true";

    CHECK(show_rules(read(text)) == text);
    CHECK(as_yaml_map(read(text)[0]) ==
          "{prefix: \"a%2C\", ttl: 5s, negative_ttl: 0s, ttl_jitter: 0%, max_value: 0, "
          "never_cache: true}");
    CHECK(as_yaml_map(read("prefix=").front()) == "{prefix: \"\"}");
}
