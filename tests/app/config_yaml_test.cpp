#include "app/config_yaml.hpp"

#include <string>

#include <doctest/doctest.h>

#include "app/config_assembly.hpp"

using namespace nearcache::app;

namespace {

// The one-line message that a file with this text ends the start with; empty when it is fine.
std::string complaint(const std::string& text) {
    try {
        Assembly assembly;
        for (const auto& setting : read_yaml("f.yaml", text)) assembly.apply(setting);
        assembly.finish();
    } catch (const ConfigError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("a file without settings is fine") {
    CHECK(complaint("").empty());
    CHECK(complaint("# nothing\n").empty());
    CHECK(complaint("---\n").empty());
    CHECK(complaint("cache:\n  # ttl: 5\n").empty());
}

TEST_CASE("a setting of a file carries its line") {
    const auto settings = read_yaml("f.yaml", "# first\ncache:\n  max_entries: 7\n  ttl: 5s\n");

    REQUIRE(settings.size() == 2);
    CHECK(settings[1].option->path == "cache.ttl");
    CHECK(settings[1].text == "5s");
    CHECK(settings[1].origin == "f.yaml:4");
    CHECK(settings[1].speaker == "f.yaml:4: cache.ttl");
}

TEST_CASE("quoted values, flow style and anchors are YAML too") {
    const auto settings = read_yaml("f.yaml", "cache: {ttl: &t '5', negative_ttl: *t}\n");

    REQUIRE(settings.size() == 2);
    CHECK(settings[0].text == "5");
    CHECK(settings[1].text == "5");
}

TEST_CASE("a misspelt key is answered with the nearest one") {
    CHECK(complaint("cache:\n  tll: 5\n") ==
          "nearcache: f.yaml:2: unknown key 'cache.tll'; did you mean 'cache.ttl'?");
    CHECK(complaint("\ncahce:\n  ttl: 5\n") ==
          "nearcache: f.yaml:2: unknown key 'cahce'; did you mean 'cache'?");
    CHECK(complaint("http:\n  lisen: 1\n") ==
          "nearcache: f.yaml:2: unknown key 'http.lisen'; did you mean 'http.listen'?");
    CHECK(complaint("ttl: 5\n") ==
          "nearcache: f.yaml:1: unknown key 'ttl'; did you mean 'cache.ttl'?");
}

TEST_CASE("a key like no other is answered with those that are known") {
    CHECK(complaint("log:\n  colour_of_the_sea: 5\n") ==
          "nearcache: f.yaml:2: unknown key 'log.colour_of_the_sea'; allowed: level, format");
    CHECK(complaint("colour_of_the_sea: 5\n") ==
          "nearcache: f.yaml:1: unknown key 'colour_of_the_sea'; allowed: http, resp, admin, "
          "backend, cache, coherence, origin, limits, log, threads, drain_timeout");
}

TEST_CASE("a dotted key is answered with how to write it") {
    CHECK(complaint("cache.ttl: 5\n") ==
          "nearcache: f.yaml:1: 'cache.ttl' is not written with a dot; write ttl below cache");
}

TEST_CASE("a key given twice is an error that names both lines") {
    CHECK(complaint("cache:\n  ttl: 5\n  max_entries: 1\n  ttl: 6\n") ==
          "nearcache: f.yaml:4: 'cache.ttl' is given twice; first in line 2");
    CHECK(complaint("cache:\n  ttl: 5\nlog:\n  level: info\ncache:\n  max_entries: 6\n") ==
          "nearcache: f.yaml:5: 'cache' is given twice; first in line 1");
}

TEST_CASE("a value of the wrong shape is an error that says which is right") {
    CHECK(
        complaint("cache:\n  max_entries:\n    a: 1\n") ==
        "nearcache: f.yaml:2: cache.max_entries: expected a single value, not a map; allowed: 1 to "
        "1099511627776");
    CHECK(complaint("cache:\n  policy: [lru]\n") ==
          "nearcache: f.yaml:2: cache.policy: expected a single value, not a list; allowed: lru");
    CHECK(complaint("cache:\n  policy:\n") ==
          "nearcache: f.yaml:2: cache.policy: expected a single value, not nothing; allowed: lru");
    CHECK(complaint("cache: 5\n") ==
          "nearcache: f.yaml:1: cache: expected a map of settings, not a text");
    CHECK(complaint("- cache\n") == "nearcache: f.yaml:1: expected a map of settings, not a list");
    CHECK(complaint("\nhello world\n") ==
          "nearcache: f.yaml:2: expected a map of settings, not a text");
    CHECK(complaint("? [a]\n: 1\n") == "nearcache: f.yaml:1: a key must be a plain word");
}

TEST_CASE("a list is one setting for the list and one or more for each element") {
    const auto settings = read_yaml("f.yaml",
                                    "cache:\n"
                                    "  rules:\n"
                                    "    - ttl: 5s\n"
                                    "      prefix: 'a, b'\n"
                                    "    - {prefix: c, never_cache: true}\n");

    std::string said;
    for (const auto& setting : settings) {
        CHECK(setting.option->path == "cache.rules");
        CHECK(setting.origin == "f.yaml:2");
        said += setting.speaker + " " + setting.text + "\n";
    }
    CHECK(said ==
          "f.yaml:2: cache.rules \n"
          "f.yaml:4: cache.rules prefix=a%2C%20b\n"
          "f.yaml:3: cache.rules ttl=5s\n"
          "f.yaml:5: cache.rules prefix=c\n"
          "f.yaml:5: cache.rules never_cache=true\n");
}

TEST_CASE("a list may be empty, or commented out") {
    CHECK(complaint("cache:\n  rules: []\ncoherence:\n  prefixes: []\n").empty());
    CHECK(complaint("cache:\n  rules:\n    # - prefix: a\n").empty());
}

TEST_CASE("a bad rule is an error with the line of what is bad about it") {
    const auto in_rule = [](const std::string& line) {
        return complaint("cache:\n  rules:\n    - prefix: a\n      " + line + "\n");
    };

    CHECK(in_rule("ttl: 5 parsecs") ==
          "nearcache: f.yaml:4: cache.rules: ttl: '5 parsecs' is not a duration; allowed: 500ms, "
          "5s, 2m, 1h (0s to 10y)");
    CHECK(in_rule("ttl: 5s,never_cache") ==
          "nearcache: f.yaml:4: cache.rules: ttl: '5s,never_cache' is not a duration; allowed: "
          "500ms, 5s, 2m, 1h (0s to 10y)");
    CHECK(in_rule("tll: 5s") ==
          "nearcache: f.yaml:4: cache.rules: unknown member 'tll'; did you mean 'ttl'?");
    CHECK(in_rule("colour_of_the_sea: 5s")
              .starts_with("nearcache: f.yaml:4: cache.rules: unknown member 'colour_of_the_sea'; "
                           "allowed: prefix, ttl, negative_ttl, ttl_jitter, max_value, "));
    CHECK(in_rule("\"ttl=5s,never_cache\": true").starts_with("nearcache: f.yaml:4: "));
    CHECK(in_rule("ttl: [5s]") ==
          "nearcache: f.yaml:4: cache.rules: ttl: expected a single value, not a list");
    CHECK(in_rule("never_cache:") ==
          "nearcache: f.yaml:4: cache.rules: never_cache: expected a single value, not nothing");
    CHECK(in_rule("prefix: b") == "nearcache: f.yaml:4: cache.rules: prefix is given twice");
    CHECK(in_rule("? [a]\n      : 1") ==
          "nearcache: f.yaml:4: cache.rules: a key must be a plain word");
}

TEST_CASE("a rule is a map with a prefix, and no two have the same") {
    const auto rules = [](const std::string& list) { return complaint("cache:\n  rules:" + list); };

    CHECK(rules("\n    - ttl: 5s\n") ==
          "nearcache: f.yaml:3: cache.rules: a rule without a prefix");
    CHECK(rules(" [a]\n").starts_with(
        "nearcache: f.yaml:2: cache.rules: expected a map, not a text; allowed: a list of maps of "
        "prefix, ttl"));
    CHECK(rules(" {prefix: a}\n")
              .starts_with(
                  "nearcache: f.yaml:2: cache.rules: expected a list, not a map; allowed: "));
    CHECK(rules("\n    - prefix: a\n    - prefix: a\n") ==
          "nearcache: f.yaml:4: cache.rules: prefix 'a' has a rule already");
}

TEST_CASE("a bad prefix is an error with its line") {
    const auto prefixes = [](const std::string& list) {
        return complaint("coherence:\n  prefixes:" + list + "\n");
    };

    CHECK(
        prefixes(" a") ==
        "nearcache: f.yaml:2: coherence.prefixes: expected a list, not a text; allowed: a list of "
        "prefixes");
    CHECK(
        prefixes("\n    - user:") ==
        "nearcache: f.yaml:3: coherence.prefixes: expected a text, not a map (a text that ends in "
        "':' needs quotes)");
    CHECK(prefixes("\n    - a\n    - ''") ==
          "nearcache: f.yaml:4: coherence.prefixes: an empty text; leave it out");
    CHECK(
        prefixes("\n    - a\n    - ab") ==
        "nearcache: f.yaml:4: coherence.prefixes: 'ab' begins with 'a'; allowed: prefixes of which "
        "none begins with another");
}

TEST_CASE("an element of a list of texts is taken as it stands") {
    const auto settings =
        read_yaml("f.yaml", "origin:\n  allow:\n    - https://a/b,c\n    - http://d\n");

    REQUIRE(settings.size() == 3);
    CHECK(settings[1].part == Part::element);
    CHECK(settings[1].text == "https://a/b,c");
    CHECK(settings[1].speaker == "f.yaml:3: origin.allow");
    CHECK(settings[2].text == "http://d");
    CHECK(complaint("http:\n  cors_origins: ['*', '']\n") ==
          "nearcache: f.yaml:2: http.cors_origins: an empty text; leave it out");
    CHECK(complaint("http:\n  cors_origins: https://a\n") ==
          "nearcache: f.yaml:2: http.cors_origins: expected a list, not a text; allowed: a list of "
          "origins of pages");
}

TEST_CASE("what is not YAML is an error with the line") {
    CHECK(complaint("cache:\n  ttl: [5\nlog:\n") ==
          "nearcache: f.yaml:3: not YAML: end of sequence flow not found");
    CHECK(complaint("cache:\n  ttl: 'x\n").starts_with("nearcache: f.yaml:"));
    CHECK(complaint("{{{").starts_with("nearcache: f.yaml:1: not YAML: "));
    CHECK(complaint(std::string("\x7f"
                                "ELF\x01\x00\xff\xfe",
                                8))
              .starts_with("nearcache: f.yaml:1: "));
    // Newer releases of the library name the anchor as well.
    CHECK(complaint("a: *nowhere\n")
              .starts_with("nearcache: f.yaml:1: not YAML: the referenced anchor is not defined"));
}

TEST_CASE("a bare embedded: is answered with a hint at the quotes") {
    CHECK(
        complaint("backend:\n  url: embedded:\n") ==
        "nearcache: f.yaml:2: not YAML: illegal map value (a value that ends in ':' or has ': ' in "
        "it needs quotes)");
}

TEST_CASE("a second document is an error") {
    CHECK(complaint("threads: 1\n---\nthreads: 2\n") ==
          "nearcache: f.yaml:3: a second document; expected only one");
}

TEST_CASE("deep nesting ends in an error and not in a crash") {
    CHECK_FALSE(complaint(std::string(100'000, '[')).empty());
    CHECK_FALSE(complaint(std::string(100'000, '{')).empty());
}

TEST_CASE("whatever a file holds, its error is one line") {
    for (const std::string text : {"\"a\\nb\": 1\n", "cache: {policy: \"l\\nru\"}\n",
                                   "cache: {ttl: \"5\\r\\n\"}\n", "? \"x\\x1b[31m\"\n: 1\n"}) {
        CAPTURE(text);
        const auto line = complaint(text);
        CHECK_FALSE(line.empty());
        CHECK(line.find_first_of("\r\n\x1b") == std::string::npos);
    }
}
