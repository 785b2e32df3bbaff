#include "app/config_print.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "app/config_table.hpp"
#include "app/config_values.hpp"
#include "tests/app/config_loading.hpp"

using namespace nearcache::app;
using namespace nearcache::app::test;

namespace {

std::string content_of(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("help names every flag, every variable and every default, in lines of 100 at most") {
    const auto help = load({"--help"}).output;

    for (const auto& option : options()) {
        CAPTURE(option.path);
        const auto value = show_value(option, Draft{});
        const auto line = help.find("  " + std::string(option.flag) + " ");
        REQUIRE(line != std::string::npos);
        CHECK(contains(help.substr(line, help.find('\n', line) - line),
                       "[" + (value.empty() ? "none" : value) + "]"));
        CHECK(contains(help, option.variable()));
        for (const auto& alias : option.aliases()) CHECK(contains(help, alias.name));
    }
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(line.size() <= 100);
    }
}

TEST_CASE("the printed configuration says where each value came from") {
    const TextFile file("cache:\n  max_entries: 5\n");
    const auto text =
        load({"--print-config", "--ttl", "90s", "--config", file.path()}, {{"MAX_CONN", "9"}})
            .output;

    CHECK(contains(text, "\n  ttl: 90s   "));
    CHECK(contains(text, " # flag --ttl\n"));
    CHECK(contains(text, " # " + file.path() + ":2\n"));
    CHECK(contains(text, " # environment MAX_CONN\n"));
    CHECK(contains(text, "\nthreads: auto "));
}

TEST_CASE("the printed configuration can be loaded and means the same") {
    const auto first = load({"--print-config", "--http-listen", ":9000", "--tcp-host", "::1",
                             "--redis-host", "r", "--ttl", "1500ms", "--cache-memory", "3MB",
                             "--backend-user", "a \"b\" #c: \\d'", "--threads", "3"});
    const TextFile file(first.output);

    const auto second = load({"--config", file.path()});

    CHECK(values(second) == values(first));
    CHECK(second.config.backend.url.user == "a \"b\" #c: \\d'");
}

TEST_CASE("printed lists can be loaded and mean the same, whatever bytes are in them") {
    const std::string odd = "\x01 \xff,;%=\"'\\{}[]#: @*&!|>";
    std::string encoded;
    for (const char c : odd) {
        constexpr std::string_view hex = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        encoded.append({'%', hex[byte >> 4], hex[byte & 15]});
    }
    const auto first =
        load({"--print-config", "--coherence-prefix", encoded, "--coherence-prefix", "null,~,- a,2",
              "--cache-rule", "prefix=" + encoded, "--cache-rule",
              "prefix=user:,ttl=1500ms,negative_ttl=0,ttl_jitter=10", "--cache-rule",
              "prefix=,max_value=2KiB,never_cache,stale_while_revalidate=5s,"
              "stale_if_error=1h,stale_after_invalidation,"
              "content_type=a/b%3Bc=%22d%2C%25%5C%22 {#%22",
              "--http-cors-origin", "*,https://A:1", "--origin-allow",
              "https://a.example/b,http://[::1]:80", "--origin-key-prefix", encoded});
    const TextFile file(first.output);

    const auto second = load({"--config", file.path()});

    CHECK(values(second) == values(first));
    CHECK(second.config.cache.coherence.prefixes == Words{odd, "null", "~", "- a", "2"});
    REQUIRE(second.config.cache.rules.size() == 3);
    CHECK(second.config.cache.rules[0].prefix == odd);
    CHECK(second.config.cache.rules[2].stale_after_invalidation);
    CHECK(second.config.cache.rules[2].content_type == "a/b;c=\"d,%\\\" {#\"");
    CHECK(second.config.http.cors_origins == Words{"*", "https://a:1"});
    CHECK(second.config.http.origin.allow == Words{"https://a.example/b", "http://[::1]:80"});
    CHECK(second.config.http.origin.key_prefix == odd);
}

TEST_CASE("the text of a list in --help's form is read back as the same list") {
    const auto loaded =
        load({"--cache-rule", "prefix=a%2C,ttl=5s,ttl_jitter=3%;prefix=b,never_cache",
              "--coherence-prefix", "a%20,b"});
    Draft draft;
    draft.config = loaded.config;

    const auto rules = show_value(*find_option("cache.rules"), draft);
    const auto prefixes = show_value(*find_option("coherence.prefixes"), draft);

    CHECK(values(load({"--cache-rule", rules, "--coherence-prefix", prefixes})) == values(loaded));
}

TEST_CASE("a printed list names its source once, and its elements in lines of their own") {
    const auto text = load({"--print-config", "--coherence-prefix", "user:,b"}).output;

    CHECK(contains(text,
                   "\n  prefixes:                                 # flag --coherence-prefix\n"
                   "    - \"user:\"\n"
                   "    - b\n"));
    CHECK(contains(text, "\n  rules: []                                 # default\n"));
}

TEST_CASE("the printed configuration masks secrets and can be loaded all the same") {
    const auto printed = load({"--print-config", "--backend", "redis://u:hunter2@h"},
                              {{"REDIS_PASSWORD", "hunter3"}});
    const TextFile file(printed.output);

    CHECK_FALSE(contains(printed.output, "hunter"));
    CHECK(contains(printed.output, "password: \"***\""));
    CHECK(complaint({"--config", file.path()}).empty());
}

TEST_CASE("the example file holds every setting, and all of them are the defaults") {
    const auto example = load({"--config", example_file().string()});

    CHECK(values(example) == values(load({})));
    for (const auto& entry : example.origins) {
        CAPTURE(entry.path);
        CHECK(entry.source.starts_with(example_file().string() + ":"));
    }
}

TEST_CASE("every setting of the example file is explained in the line above") {
    std::istringstream lines(content_of(example_file()));
    std::string before;
    for (std::string line; std::getline(lines, line); before = line) {
        const auto start = line.find_first_not_of(' ');
        const bool is_setting =
            start != std::string::npos && line[start] != '#' && !line.ends_with(':');
        if (!is_setting) continue;
        CAPTURE(line);
        CHECK(before.starts_with(std::string(start, ' ') + "# "));
    }
}
