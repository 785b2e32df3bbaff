#include "resp_server/backend_command.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/command_replies.hpp"

namespace nearcache::resp_server {
namespace {

std::vector<BackendCommand> read(const std::string& reply) {
    auto commands = read_commands(reply);
    REQUIRE(commands.has_value());
    return std::move(*commands);
}

BackendCommand command_of(const HandMade& row) { return read(reply_of({row})).front(); }

// The keys that the command changes, with a space between them; "*" for everything.
std::string written_by(const HandMade& row, const std::vector<std::string_view>& words) {
    const auto written = written_keys(command_of(row), words);
    std::string keys = written.everything ? "*" : "";
    for (const auto key : written.keys) keys += (keys.empty() ? "" : " ") + std::string(key);
    return keys;
}

TEST_CASE("a recorded reply is read as its server meant it") {
    const auto commands = read(recorded_reply());

    REQUIRE(commands.size() == 9);
    const auto& mget = commands[1];
    CHECK(mget.name == "mget");
    CHECK(mget.arity == -2);
    CHECK(mget.has(flags::readonly));
    CHECK_FALSE(mget.has(flags::write));
    CHECK(mget.first_key == 1);
    CHECK(mget.last_key == -1);
    CHECK(mget.key_step == 1);
    CHECK(mget.has_categories);
    CHECK(commands[3].has(flags::blocking | flags::movable));
    CHECK(commands[4].has(flags::connection));
    const auto& object = commands[6];
    REQUIRE(object.subcommands.size() == 5);
    REQUIRE(object.find_subcommand("ENCODING") != nullptr);
    CHECK(object.find_subcommand("ENCODING")->name == "object|encoding");
    CHECK(object.find_subcommand("encoding")->first_key == 2);
    CHECK(object.find_subcommand("object|encoding") == nullptr);
}

TEST_CASE("a reply that ends too early is no table, wherever it ends") {
    const auto whole = recorded_reply();

    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(read_commands(std::string_view(whole).substr(0, size)).has_value());
    }
    CHECK_FALSE(read_commands(whole + ":1\r\n").has_value());
}

TEST_CASE("what was asked for by name and is unknown is left out") {
    CHECK(read("*1\r\n$-1\r\n").empty());
    CHECK(read("*1\r\n*-1\r\n").empty());
    CHECK(read("*0\r\n").empty());
}

TEST_CASE("what is no table is not taken for one") {
    CHECK_FALSE(read_commands("-NOPERM no\r\n").has_value());
    CHECK_FALSE(read_commands("$3\r\nabc\r\n").has_value());
    CHECK_FALSE(read_commands("*1\r\n:1\r\n").has_value());
    CHECK_FALSE(read_commands("*1\r\n*999999999\r\n$1\r\na\r\n").has_value());
    CHECK_FALSE(read_commands("*1\r\n*5\r\n$1\r\na\r\n:1\r\n*0\r\n:0\r\n:0\r\n").has_value());
    // Without a name, with flags that are numbers, with a position that is text.
    CHECK_FALSE(read_commands("*1\r\n*6\r\n$0\r\n\r\n:1\r\n*0\r\n:0\r\n:0\r\n:0\r\n").has_value());
    CHECK_FALSE(
        read_commands("*1\r\n*6\r\n$1\r\na\r\n:1\r\n*1\r\n:4\r\n:0\r\n:0\r\n:0\r\n").has_value());
    CHECK_FALSE(read_commands("*1\r\n*6\r\n$1\r\na\r\n:1\r\n*0\r\n:0\r\n+0\r\n:0\r\n").has_value());
}

TEST_CASE("rows of older servers have fewer fields, those of newer ones may have more") {
    const auto old = command_of({.name = "get", .flags = "readonly", .fields = 6});
    auto reply = reply_of({{.name = "get", .flags = "readonly"}});
    reply.replace(reply.find("*10"), 3, "*11");

    const auto newer = read(reply + "*2\r\n+any\r\n*1\r\n:1\r\n").front();

    CHECK_FALSE(old.has_categories);
    CHECK(old.has(flags::readonly));
    CHECK(newer.has_categories);
    CHECK(newer.first_key == 1);
}

TEST_CASE("fields that do not matter may hold anything, as deep as it likes") {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "*1\r\n";
    const std::string row =
        "*1\r\n*10\r\n$1\r\na\r\n:1\r\n*0\r\n:0\r\n:0\r\n:0\r\n*0\r\n" + deep + ":1\r\n";

    CHECK(read(row + "*0\r\n*0\r\n").front().name == "a");
    CHECK(read(row + "*0\r\n*-1\r\n").front().subcommands.empty());
}

TEST_CASE("subcommands of subcommands are passed over") {
    const HandMade deepest{.name = "a|b|c"};
    const HandMade middle{.name = "a|b", .subcommands = {deepest}};

    const auto command = command_of({.name = "a", .subcommands = {middle, {.name = "a|d"}}});

    REQUIRE(command.subcommands.size() == 2);
    CHECK(command.subcommands[0].subcommands.empty());
    CHECK(command.subcommands[1].name == "a|d");
}

TEST_CASE("a command takes as many words as its arity says") {
    const auto exact = command_of({.name = "a", .arity = 3});
    const auto open = command_of({.name = "a", .arity = -2});

    CHECK(exact.takes(3));
    CHECK_FALSE(exact.takes(2));
    CHECK_FALSE(exact.takes(4));
    CHECK(open.takes(2));
    CHECK(open.takes(9));
    CHECK_FALSE(open.takes(1));
}

TEST_CASE("numbers beyond all reason are read without harm") {
    const std::string row =
        "*1\r\n*6\r\n$1\r\na\r\n:-9223372036854775808\r\n*1\r\n+write\r\n:1\r\n"
        ":9223372036854775807\r\n:9223372036854775807\r\n";
    const auto command = read(row).front();
    const std::vector<std::string_view> words{"a", "b", "c"};

    CHECK_FALSE(command.takes(3));
    const auto written = written_keys(command, words);
    REQUIRE(written.keys.size() == 1);
    CHECK(written.keys.front() == "b");
}

TEST_CASE("what reads or writes, and nothing more, may share a connection") {
    const auto may_share = [](const std::string& flags, const std::string& categories = "@slow") {
        return command_of({.name = "a", .flags = flags, .categories = categories})
            .may_share_connection();
    };

    CHECK(may_share("write denyoom fast"));
    CHECK(may_share("readonly"));
    CHECK(may_share("", "@slow @json"));
    for (const std::string flag : {"blocking", "noscript", "pubsub", "admin", "no_multi"}) {
        CAPTURE(flag);
        CHECK_FALSE(may_share(flag));
        CHECK_FALSE(may_share("write " + flag));
        CHECK_FALSE(may_share("readonly " + flag));
    }
}

// Redis says of SELECT "loading stale fast", and that it is about connections.
TEST_CASE("what changes its connection may not share it, by whatever name it goes") {
    const auto select = command_of(
        {.name = "pick", .flags = "loading stale fast", .first = 0, .categories = "@connection"});
    const auto of_redis_5 =
        command_of({.name = "pick", .flags = "loading fast", .first = 0, .fields = 6});

    CHECK_FALSE(select.may_share_connection());
    CHECK_FALSE(of_redis_5.may_share_connection());
}

TEST_CASE("a write changes the keys of its range") {
    const HandMade one{.name = "a", .flags = "write"};
    const HandMade all{.name = "a", .flags = "write", .last = -1};
    const HandMade pairs{.name = "a", .flags = "write", .last = -1, .step = 2};
    const HandMade but_last{.name = "a", .flags = "write", .last = -2};

    CHECK(written_by(one, {"a", "k", "v"}) == "k");
    CHECK(written_by(all, {"a", "k", "l", "m"}) == "k l m");
    CHECK(written_by(pairs, {"a", "k", "1", "l", "2"}) == "k l");
    CHECK(written_by(but_last, {"a", "k", "l", "0"}) == "k l");
    CHECK(written_by(one, {"a"}) == "");
}

TEST_CASE("a write whose keys are not all at fixed places may change anything") {
    CHECK(written_by({.name = "a", .flags = "write movablekeys"}, {"a", "k"}) == "*");
    CHECK(written_by({.name = "a", .flags = "write", .first = 0, .last = 0, .step = 0}, {"a"}) ==
          "*");
    CHECK(written_by({.name = "a", .flags = "write", .first = 1, .last = 1, .step = 0},
                     {"a", "k"}) == "*");
    CHECK(written_by({.name = "a", .flags = "write", .first = -1}, {"a", "k"}) == "*");
}

TEST_CASE("a command that does not say what it does may change anything") {
    CHECK(written_by({.name = "a"}, {"a", "k"}) == "*");
    CHECK(written_by({.name = "a", .flags = "readonly"}, {"a", "k"}) == "");
    CHECK(written_by({.name = "a", .flags = "readonly movablekeys"}, {"a", "k"}) == "");
}

TEST_CASE("names are compared without their case") {
    CHECK(compare_names("json.get", "JSON.GET") == 0);
    CHECK(compare_names("a", "B") < 0);
    CHECK(compare_names("get", "GETX") < 0);
    CHECK(compare_names("z", "Y") > 0);
}

}  // namespace
}  // namespace nearcache::resp_server
