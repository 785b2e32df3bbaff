#include "resp_server/commands/foreign_commands.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/command_replies.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

const HandMade json_get{.name = "json.get", .flags = "readonly"};
const HandMade json_set{.name = "json.set", .arity = -3, .flags = "write denyoom"};
const std::string unknown_to_backend = "*1\r\n$-1\r\n";

void publish(House& house, const std::vector<HandMade>& rows) {
    auto commands = read_commands(reply_of(rows));
    REQUIRE(commands.has_value());
    house.context.commands.publish(std::make_unique<const CommandCatalogue>(std::move(*commands)));
}

// Which of the keys a, b and c are dropped when the line is forwarded.
std::string dropped_by(const std::vector<HandMade>& rows, std::string_view line) {
    House house;
    publish(house, rows);
    for (const auto* const key : {"a", "b", "c"}) keep(house, key, "old");
    Visitor visitor(house);

    CHECK(visitor.say(line) == Execution::done);
    REQUIRE(house.backend.forwards() == 1);
    CHECK(house.backend.commands().back() == "> " + std::string(line));
    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.hear() == "+OK\r\n");

    std::string dropped;
    for (const auto* const key : {"a", "b", "c"}) {
        if (!is_kept(house, key)) dropped += key;
    }
    return dropped;
}

// What is answered at once, without a word to the backend.
std::string refusal_of(const std::vector<HandMade>& rows, std::string_view line) {
    House house;
    publish(house, rows);
    Visitor visitor(house);
    const auto reply = visitor.ask(line);
    CHECK(house.backend.commands().empty());
    return reply;
}

TEST_CASE("a command that the backend has listed goes to it, and drops what it writes") {
    CHECK(dropped_by({json_get}, "JSON.GET a") == "");
    CHECK(dropped_by({json_set}, "json.set b v") == "b");
    CHECK(dropped_by({{.name = "x.mset", .flags = "write", .last = -1, .step = 2}},
                     "X.MSET a 1 c 2") == "ac");
}

TEST_CASE("a command whose written keys cannot be known drops everything") {
    CHECK(dropped_by({{.name = "x", .flags = "write movablekeys"}}, "X a") == "abc");
    CHECK(dropped_by({{.name = "x", .flags = "write", .first = 0, .last = 0, .step = 0}}, "X 1") ==
          "abc");
    CHECK(dropped_by({{.name = "x"}}, "X a") == "abc");
}

TEST_CASE("a listed command with the wrong number of words is refused by the backend's name") {
    CHECK(refusal_of({json_set}, "JSON.SET k") ==
          "-ERR wrong number of arguments for 'json.set' command\r\n");
}

TEST_CASE(
    "a listed command that is not known to be safe for others has its client's own connection") {
    const HandMade before_7{.name = "x.old", .fields = 6};
    std::vector<HandMade> rows{before_7};
    for (const std::string flags :
         {"write blocking", "readonly pubsub", "noscript", "readonly no_multi"}) {
        rows.push_back({.name = "x.wait", .flags = flags});
    }
    for (const auto& row : rows) {
        CAPTURE(row.flags);
        House house;
        publish(house, {row});
        Visitor visitor(house);

        visitor.say_words({std::string(row.name), "k"});
        CHECK(lent(house).sent_bytes() == command({std::string(row.name), "k"}));
        CHECK(visitor.is_held_back());
        CHECK(house.backend.commands().empty());
        lent(house).give("+done\r\n");

        CHECK(visitor.hear() == "+done\r\n");
        CHECK_FALSE(visitor.is_held_back());
    }
}

TEST_CASE("nobody knows what such a command leaves behind, so its connection never goes back") {
    House house;
    publish(house, {{.name = "x.wait", .flags = "write blocking"}});
    keep(house, "k", "old");
    keep(house, "other", "v");
    {
        Visitor visitor(house);
        visitor.say("X.WAIT k");
        CHECK_FALSE(is_kept(house, "k"));
        keep(house, "k", "old");
        lent(house).give("+done\r\n");
        visitor.hear();

        CHECK_FALSE(is_kept(house, "k"));
        CHECK(lent(house).is_lent());
        visitor.say("GET other");
        CHECK(lent(house).sent_bytes().ends_with(command({"GET", "other"})));
    }

    CHECK(house.backend.lent() == 0);
    CHECK_FALSE(lent(house).was_given_back());
}

TEST_CASE("a listed command that administers the server is governed like ours") {
    const HandMade row{.name = "x.admin", .flags = "write admin"};
    CHECK(refusal_of({row}, "X.ADMIN k") ==
          "-NOPERM 'x.admin' is an administrative command, and resp.admin_commands is deny\r\n");

    House house;
    house.config.allows_admin_commands = true;
    publish(house, {row});
    Visitor visitor(house);
    visitor.say("X.ADMIN k");
    CHECK(lent(house).sent_bytes() == command({"X.ADMIN", "k"}));
}

TEST_CASE("of a container the subcommand's row counts") {
    const HandMade container{
        .name = "x",
        .subcommands = {{.name = "x|set", .arity = 4, .flags = "write", .first = 2, .last = 2},
                        {.name = "x|get", .arity = 3, .flags = "readonly", .first = 2, .last = 2},
                        {.name = "x|wait", .flags = "write blocking"}}};

    CHECK(dropped_by({container}, "X SET b v") == "b");
    CHECK(dropped_by({container}, "x get b") == "");
    CHECK(refusal_of({container}, "X SET k") ==
          "-ERR wrong number of arguments for 'x|set' command\r\n");
    CHECK(refusal_of({container}, "x frob k") == "-ERR unknown subcommand 'frob'. Try X HELP.\r\n");
    CHECK(refusal_of({container}, "X") == "-ERR wrong number of arguments for 'x' command\r\n");
}

TEST_CASE("a subcommand that only the backend knows goes to it like a command") {
    const HandMade object{
        .name = "object",
        .subcommands = {
            {.name = "object|touch", .arity = 3, .flags = "write", .first = 2, .last = 2}}};

    CHECK(dropped_by({object}, "OBJECT TOUCH a") == "a");
    CHECK(refusal_of({object}, "OBJECT NONE a") ==
          "-ERR unknown subcommand 'NONE'. Try OBJECT HELP.\r\n");
    CHECK(refusal_of({}, "OBJECT TOUCH a") ==
          "-ERR unknown subcommand 'TOUCH'. Try OBJECT HELP.\r\n");
}

TEST_CASE("a name that nobody has listed is asked for, and refused when the backend knows it not") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.say("Foo a bc") == Execution::later);
    CHECK(house.backend.commands().back() == "> COMMAND INFO Foo");
    house.backend.reply(0, unknown_to_backend);
    CHECK(visitor.hear().empty());
    CHECK(visitor.calls() == 1);

    CHECK(visitor.ask("Foo a bc") ==
          "-ERR unknown command 'Foo', with args beginning with: 'a' 'bc' \r\n");
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("line breaks in an unknown command do not break the reply") {
    House house;
    Visitor visitor(house);

    visitor.say_words({"a\r\n+OK", "b\nc"});
    house.backend.reply(0, unknown_to_backend);
    visitor.say_words({"a\r\n+OK", "b\nc"});

    CHECK(visitor.hear() == "-ERR unknown command 'a  +OK', with args beginning with: 'b c' \r\n");
}

// A module may bring the command at any time.
TEST_CASE("a name that was unknown is asked for anew") {
    House house;
    Visitor visitor(house);
    visitor.say("foo");
    house.backend.reply(0, unknown_to_backend);
    visitor.ask("foo");

    visitor.say("foo");

    CHECK(house.backend.forwards() == 2);
    house.backend.fail_all(Errc::shutting_down);
}

// COMMAND lists a renamed command by its old name alone.
TEST_CASE("a command that was renamed works by its new name, and is asked for once") {
    House house;
    publish(house, {});
    keep(house, "k", "old");
    Visitor visitor(house);

    CHECK(visitor.say("STORE k new") == Execution::later);
    house.backend.reply(0, reply_of({{.name = "set", .arity = -3, .flags = "write denyoom"}}));
    CHECK(visitor.say("STORE k new") == Execution::done);
    CHECK(house.backend.commands().back() == "> STORE k new");
    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.hear() == "+OK\r\n");
    CHECK_FALSE(is_kept(house, "k"));

    Visitor other(house, 1);
    CHECK(other.say("store k newer") == Execution::done);
    CHECK(house.backend.forwards() == 3);
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("what was learned is asked for again over new connections") {
    House house;
    Visitor visitor(house);
    visitor.say("FETCH k");
    house.backend.reply(0, reply_of({{.name = "get", .arity = 2, .flags = "readonly"}}));
    visitor.say("FETCH k");
    house.backend.reply(0, "$1\r\nv\r\n");

    house.backend.make_connection();

    CHECK(visitor.say("FETCH k") == Execution::later);
    CHECK(house.backend.commands().back() == "> COMMAND INFO FETCH");
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("the words of a renamed command are counted too") {
    House house;
    Visitor visitor(house);
    visitor.say("FETCH");
    house.backend.reply(0, reply_of({{.name = "get", .arity = 2, .flags = "readonly"}}));

    CHECK(visitor.ask("FETCH") == "-ERR wrong number of arguments for 'get' command\r\n");
}

TEST_CASE("a renamed SELECT does not get at the shared connection") {
    House house;
    Visitor visitor(house);
    visitor.say("PICK 1");
    house.backend.reply(0, reply_of({{.name = "select",
                                      .arity = 2,
                                      .flags = "loading stale fast",
                                      .first = 0,
                                      .categories = "@fast @connection"}}));

    visitor.say("PICK 1");

    CHECK(lent(house).sent_bytes() == command({"PICK", "1"}));
    CHECK(house.backend.forwards() == 1);
    lent(house).give("+OK\r\n");
    CHECK(lent(house).is_lent());
    CHECK_FALSE(visitor.client().reads_cache());
}

TEST_CASE("a command that is asked for waits its turn, and is asked for once") {
    House house;
    Visitor visitor(house);
    visitor.say("SET a 1");
    CHECK(visitor.say("FETCH a") == Execution::later);

    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.say("FETCH a") == Execution::later);
    CHECK(house.backend.forwards() == 2);
    house.backend.reply(0, reply_of({{.name = "get", .arity = 2, .flags = "readonly"}}));
    visitor.say("FETCH a");
    house.backend.reply(0, "$1\r\n1\r\n");

    CHECK(visitor.hear() == "+OK\r\n$1\r\n1\r\n");
}

TEST_CASE("a backend that cannot be asked is named as the reason") {
    House house;
    Visitor visitor(house);
    visitor.say("FETCH k");

    house.backend.fail(0, Errc::backend_unreachable);

    CHECK(visitor.ask("FETCH k") == "-ERR backend unreachable\r\n");
    CHECK(visitor.say("FETCH k") == Execution::later);
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("a backend that does not tell is taken to know no more than our table") {
    for (const std::string reply :
         {"-NOPERM no\r\n", "-ERR unknown command\r\n", "*1\r\n:1\r\n", "+OK\r\n", "*0\r\n"}) {
        CAPTURE(reply);
        House house;
        Visitor visitor(house);
        visitor.say("foo");
        house.backend.reply(0, reply);

        CHECK(visitor.ask("foo").starts_with("-ERR unknown command 'foo'"));
    }
}

TEST_CASE("nobody is asked while no more requests may be in flight") {
    House house(0);
    Visitor visitor(house);

    CHECK(visitor.ask("foo") == overloaded);
    CHECK(house.backend.commands().empty());
}

TEST_CASE("nobody is asked for what cannot be a command") {
    for (const auto& name : {std::string(129, 'n'), std::string()}) {
        House house;
        Visitor visitor(house);

        visitor.say_words({name});

        CHECK(visitor.hear().starts_with("-ERR unknown command '"));
        CHECK(house.backend.commands().empty());
    }
}

TEST_CASE("a command of ours drops what the backend's table says as well") {
    CHECK(dropped_by({{.name = "set", .flags = "write", .first = 2, .last = 2}}, "SET a b") ==
          "ab");
    CHECK(dropped_by({{.name = "strlen", .flags = "write"}}, "STRLEN c") == "c");
    CHECK(dropped_by({{.name = "strlen"}}, "STRLEN c") == "abc");
}

TEST_CASE("a GET that the backend's table calls a write is not answered from the cache") {
    House house;
    keep(house, "a", "old");
    Visitor visitor(house);

    publish(house, {{.name = "get", .arity = 2, .flags = "write"}});
    visitor.say("GET a");
    CHECK(house.backend.commands().back() == "> GET a");
    house.backend.reply(0, "$3\r\nold\r\n");
    publish(house, {});

    CHECK_FALSE(is_kept(house, "a"));
}

TEST_CASE("a command of ours that waits by the backend's table waits alone") {
    House house;
    publish(house, {{.name = "lpop", .flags = "write blocking"}});
    Visitor visitor(house);

    visitor.say("LPOP k");

    CHECK(lent(house).sent_bytes() == command({"LPOP", "k"}));
    CHECK(visitor.client().is_blocked());
}

}  // namespace
}  // namespace nearcache::resp_server
