#include "resp_server/command_catalogue.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/command_replies.hpp"

namespace nearcache::resp_server {
namespace {

using Words = std::vector<std::string_view>;

CommandCatalogue catalogue_of(const std::vector<HandMade>& rows) {
    auto commands = read_commands(reply_of(rows));
    REQUIRE(commands.has_value());
    return CommandCatalogue(std::move(*commands));
}

// The keys that a command changes by both tables, with a space between them; "*" for everything;
// "=" when the tables agree.
std::string written_by(const HandMade& theirs, const Words& words) {
    const auto catalogue = catalogue_of({theirs});
    const auto* const ours = resolve(words).spec;
    REQUIRE(ours != nullptr);
    const auto* const difference = catalogue.difference(*ours);
    if (difference == nullptr) return "=";
    const auto written = CommandCatalogue::written_keys(*ours, *difference, words);
    std::string keys = written.everything ? "*" : "";
    for (const auto key : written.keys) keys += (keys.empty() ? "" : " ") + std::string(key);
    return keys;
}

TEST_CASE("what the backend has listed is found in any case, and nothing else") {
    const auto catalogue = catalogue_of({{.name = "JSON.SET"}, {.name = "bf.add"}, {.name = "zz"}});

    REQUIRE(catalogue.find("json.set") != nullptr);
    CHECK(catalogue.find("json.set")->name == "JSON.SET");
    CHECK(catalogue.find("BF.ADD")->name == "bf.add");
    CHECK(catalogue.find("bf") == nullptr);
    CHECK(catalogue.find("zzz") == nullptr);
    CHECK(catalogue.find("") == nullptr);
    CHECK(catalogue.size() == 3);
    CHECK(catalogue.foreign() == 3);
}

TEST_CASE("a backend that shows no table contradicts nothing") {
    const CommandCatalogue catalogue;

    CHECK(catalogue.find("get") == nullptr);
    CHECK(catalogue.size() + catalogue.foreign() + catalogue.differing() == 0);
}

TEST_CASE("what Redis 7.0 says of its commands is what our table says") {
    auto commands = read_commands(recorded_reply());
    REQUIRE(commands.has_value());
    const CommandCatalogue catalogue(std::move(*commands));

    CHECK(catalogue.size() == 9);
    CHECK(catalogue.foreign() == 0);
    CHECK(catalogue.differing() == 0);
}

// As Redis 6 lists them: a container has no rows for its subcommands and speaks for all of them.
TEST_CASE("what Redis 6 says otherwise, and still means the same, is no difference") {
    const auto catalogue = catalogue_of({
        {.name = "xgroup", .flags = "write denyoom", .first = 2, .last = 2, .fields = 7},
        {.name = "object", .flags = "readonly random", .first = 2, .last = 2, .fields = 7},
        {.name = "zunionstore",
         .arity = -4,
         .flags = "write movablekeys",
         .first = 0,
         .last = 0,
         .step = 0,
         .fields = 7},
        {.name = "sort", .flags = "write denyoom movablekeys", .fields = 7},
        {.name = "eval",
         .arity = -3,
         .flags = "noscript movablekeys",
         .first = 0,
         .last = 0,
         .step = 0,
         .fields = 7},
        {.name = "xread", .arity = -4, .flags = "readonly blocking movablekeys", .fields = 7},
        {.name = "publish",
         .arity = 3,
         .flags = "pubsub loading stale fast",
         .first = 0,
         .last = 0,
         .step = 0,
         .fields = 7},
    });

    CHECK(catalogue.differing_names() == "xgroup|help");
    CHECK(catalogue.foreign() == 0);
}

TEST_CASE("of a command with other keys than in our table both tables' keys are written") {
    CHECK(written_by({.name = "set", .flags = "write"}, {"SET", "k", "v"}) == "=");
    CHECK(written_by({.name = "set", .flags = "write", .first = 2, .last = 2}, {"SET", "k", "v"}) ==
          "k v");
    CHECK(written_by({.name = "set", .flags = "write", .last = -1}, {"SET", "k", "v"}) == "k k v");
    CHECK(written_by({.name = "set", .flags = "write", .first = 0, .last = 0, .step = 0},
                     {"SET", "k", "v"}) == "* k");
    CHECK(written_by({.name = "set", .flags = "write movablekeys"}, {"SET", "k", "v"}) == "* k");
}

TEST_CASE("of a command that only the backend's table calls a write its range is written, or all") {
    CHECK(written_by({.name = "get", .flags = "write"}, {"GET", "k"}) == "k");
    CHECK(written_by({.name = "mget", .flags = "write", .last = -1}, {"MGET", "a", "b"}) == "a b");
    CHECK(written_by({.name = "strlen", .flags = "write", .first = 0, .last = 0, .step = 0},
                     {"STRLEN", "k"}) == "*");
    CHECK(written_by({.name = "lrange", .flags = "write movablekeys"}, {"LRANGE", "k", "0", "1"}) ==
          "*");
}

TEST_CASE("a command that no longer says that it only reads may change anything") {
    CHECK(written_by({.name = "get"}, {"GET", "k"}) == "*");
    CHECK(written_by({.name = "set"}, {"SET", "k", "v"}) == "* k");
}

TEST_CASE("of a subcommand its own row counts") {
    const HandMade writing{
        .name = "object",
        .subcommands = {
            {.name = "object|freq", .arity = 3, .flags = "write", .first = 2, .last = 2}}};

    CHECK(written_by(writing, {"OBJECT", "FREQ", "k"}) == "k");
    CHECK(written_by(writing, {"OBJECT", "ENCODING", "k"}) == "=");
}

TEST_CASE("a write of something else than keys is no difference when both tables know it") {
    const auto catalogue = catalogue_of({{.name = "function",
                                          .subcommands = {{.name = "function|load",
                                                           .flags = "write denyoom noscript",
                                                           .first = 0,
                                                           .last = 0,
                                                           .step = 0}}}});

    CHECK(catalogue.differing_names() == "");
}

TEST_CASE("a command that has learned to wait is known for it") {
    const auto catalogue = catalogue_of({{.name = "lpop", .flags = "write blocking"},
                                         {.name = "blpop", .flags = "write blocking"}});

    const auto* const difference = catalogue.difference(*find_command("lpop"));

    REQUIRE(difference != nullptr);
    CHECK(difference->blocks);
    CHECK(catalogue.differing() == 1);
}

TEST_CASE("rows that never reach the backend contradict nothing") {
    const auto catalogue = catalogue_of({{.name = "ping", .flags = "write"},
                                         {.name = "multi", .flags = "write"},
                                         {.name = "shutdown", .flags = "write"}});

    CHECK(catalogue.differing() == 0);
}

TEST_CASE("catalogues are the same when all their rows are, in whatever order they came") {
    const HandMade a{.name = "a"}, b{.name = "b"}, writing{.name = "b", .flags = "write"};
    const HandMade with_part{.name = "b", .subcommands = {{.name = "b|c"}}};

    CHECK(catalogue_of({a, b}).is_same_as(catalogue_of({b, a})));
    CHECK_FALSE(catalogue_of({a, b}).is_same_as(catalogue_of({a})));
    CHECK_FALSE(catalogue_of({a, b}).is_same_as(catalogue_of({a, writing})));
    CHECK_FALSE(catalogue_of({a, b}).is_same_as(catalogue_of({a, with_part})));
}

}  // namespace
}  // namespace nearcache::resp_server
