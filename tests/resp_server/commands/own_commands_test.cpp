#include "resp_server/commands/own_commands.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

const std::string popped = "*2\r\n$1\r\nq\r\n$1\r\n1\r\n";

TEST_CASE("a command that blocks waits alone, without a permit and without a time-out") {
    House house;
    Visitor visitor(house), other(house);

    CHECK(visitor.say("BLPOP q 0") == Execution::done);
    CHECK(visitor.is_held_back());
    CHECK(lent(house).sent_bytes() == command({"BLPOP", "q", "0"}));
    CHECK(lent(house).expectations() == std::vector<bool>{false});
    CHECK(house.in_flight.taken() == 0);
    CHECK(house.backend.commands().empty());
    CHECK(other.ask("PING") == "+PONG\r\n");
    lent(house).give(popped);

    CHECK(visitor.hear() == popped);
    CHECK_FALSE(visitor.is_held_back());
    CHECK(lent(house).was_given_back());
}

TEST_CASE("every command that blocks gets a connection of its own") {
    for (const std::string_view line :
         {"BRPOP q 0", "BLMOVE q r LEFT LEFT 0", "BRPOPLPUSH q r 0", "BLMPOP 0 1 q LEFT",
          "BZPOPMIN q 0", "BZPOPMAX q 0", "BZMPOP 0 1 q MIN", "XREAD BLOCK 0 STREAMS s $",
          "XREADGROUP GROUP g c BLOCK 0 STREAMS s >"}) {
        CAPTURE(line);
        House house;
        Visitor visitor(house);

        CHECK(visitor.say(line) == Execution::done);

        CHECK(house.backend.lent() == 1);
        CHECK(visitor.client().is_blocked());
        CHECK(house.backend.commands().empty());
    }
}

TEST_CASE("what a blocking command changes is dropped when it comes to it") {
    House house;
    Visitor visitor(house);
    visitor.say("BLMOVE q r LEFT RIGHT 0");
    keep(house, "q", "a string meanwhile");
    keep(house, "r", "a string meanwhile");

    lent(house).give(bulk("1"));

    CHECK_FALSE(is_kept(house, "q"));
    CHECK_FALSE(is_kept(house, "r"));
}

TEST_CASE("who changes to a connection of its own waits until all before is answered") {
    House house;
    Visitor visitor(house);
    visitor.say("SET k v");

    CHECK(visitor.say("BLPOP q 0") == Execution::later);
    CHECK(house.backend.lent() == 0);
    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.say("BLPOP q 0") == Execution::done);
    lent(house).give(popped);

    CHECK(visitor.hear() == "+OK\r\n" + popped);
}

TEST_CASE("what was written on a connection of one's own is read there until it is answered") {
    House house;
    keep(house, "k", "old");
    Visitor visitor(house);
    REQUIRE(visitor.client().lend_own() != nullptr);
    visitor.client().own()->is_exempt = true;

    visitor.say("SET k new");
    visitor.say("GET k");
    visitor.say("MGET k");
    CHECK(lent(house).take_sent() ==
          command({"SET", "k", "new"}) + command({"GET", "k"}) + command({"MGET", "k"}));
    lent(house).give("+OK\r\n");
    lent(house).give(bulk("new"));
    lent(house).give("*1\r\n" + bulk("new"));
    CHECK(visitor.hear() == "+OK\r\n" + bulk("new") + "*1\r\n" + bulk("new"));

    // Behind the answer it is anybody's read again, and kept.
    visitor.say("GET k");
    house.backend.answer(0, "k", "new");
    CHECK(visitor.hear() == bulk("new"));
    CHECK(is_kept(house, "k"));
}

TEST_CASE("a write on a connection of one's own waits for one's reads on the shared one") {
    House house;
    Visitor visitor(house);
    REQUIRE(visitor.client().lend_own() != nullptr);
    visitor.client().own()->is_exempt = true;
    visitor.say("GET k");

    CHECK(visitor.say("SET k new") == Execution::later);
    house.backend.answer(0, "k", "old");
    CHECK(visitor.say("SET k new") == Execution::done);
    lent(house).give("+OK\r\n");

    CHECK(visitor.hear() == bulk("old") + "+OK\r\n");
}

TEST_CASE("WAIT is told of what its client has written on any connection") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.say("WAIT 1 0") == Execution::done);
    CHECK(lent(house).sent_bytes() == command({"PING"}) + command({"WAIT", "1", "0"}));
    lent(house).give("+PONG\r\n");
    CHECK(visitor.client().is_blocked());
    lent(house).give(":0\r\n");

    CHECK(visitor.hear() == ":0\r\n");
    CHECK(lent(house).was_given_back());
}

TEST_CASE("who monitors gets every line, and the answers to what it says in their place") {
    House house;
    Visitor visitor(house);
    const std::string line = "+1700000000.123456 [0 127.0.0.1:50000] \"GET\" \"k\"\r\n";

    visitor.say("MONITOR");
    lent(house).give("+OK\r\n");
    lent(house).give(line);
    CHECK(visitor.hear() == "+OK\r\n" + line);

    visitor.say("GET k");
    lent(house).give(line);
    lent(house).give("-ERR Replica can't interact with the keyspace\r\n");
    lent(house).give(line);
    CHECK(visitor.hear() == line + "-ERR Replica can't interact with the keyspace\r\n" + line);
    CHECK(visitor.ask("PING") == "+PONG\r\n");
    CHECK(lent(house).is_lent());
}

TEST_CASE("who monitors and wants no replies gets no lines, as in Redis") {
    House house;
    Visitor visitor(house);
    const std::string line = "+1700000000.123456 [0 127.0.0.1:50000] \"GET\" \"k\"\r\n";
    visitor.say("MONITOR");
    lent(house).give("+OK\r\n");
    visitor.say("CLIENT REPLY OFF");
    visitor.hear();

    lent(house).give(line);
    CHECK(visitor.hear().empty());
    CHECK(visitor.ask("CLIENT REPLY ON") == "+OK\r\n");
    lent(house).give(line);

    CHECK(visitor.hear() == line);
}

TEST_CASE("a second MONITOR has no answer, as in Redis") {
    House house;
    Visitor visitor(house);
    visitor.say("MONITOR");
    lent(house).give("+OK\r\n");
    visitor.hear();
    lent(house).take_sent();

    CHECK(visitor.say("MONITOR") == Execution::done);

    CHECK(lent(house).sent_bytes().empty());
    CHECK(visitor.client().replies().pending() == 0);
    CHECK(visitor.ask("PING") == "+PONG\r\n");
}

TEST_CASE("a MONITOR that is refused leaves nothing behind") {
    House house;
    Visitor visitor(house);

    visitor.say("MONITOR");
    lent(house).give("-NOPERM no\r\n");

    CHECK(visitor.hear() == "-NOPERM no\r\n");
    CHECK(lent(house).was_given_back());
}

TEST_CASE("when as many are lent as may be the command is refused, and the client goes on") {
    House house;
    house.backend.set_most_lent(1);
    Visitor first(house), second(house);
    first.say("BLPOP q 0");

    for (const std::string_view line :
         {"BLPOP q 0", "MULTI", "WATCH k", "SUBSCRIBE c", "MONITOR", "WAIT 0 0"}) {
        CAPTURE(line);
        CHECK(second.ask(line) ==
              "-ERR max number of own backend connections reached "
              "(backend.max_private_connections)\r\n");
        CHECK_FALSE(second.is_held_back());
    }
    CHECK(house.in_flight.taken() == 0);
    lent(house).give(popped);

    CHECK(second.say("BLPOP q 0") == Execution::done);
    CHECK(house.backend.lent() == 1);
}

TEST_CASE("a backend that lends none is named as the reason") {
    House house;
    house.backend.set_lends(false);
    Visitor visitor(house);

    for (const std::string_view line :
         {"BLPOP q 0", "MULTI", "WATCH k", "SUBSCRIBE c", "MONITOR", "WAIT 0 0"}) {
        CAPTURE(line);
        const auto reply = visitor.ask(line);
        CHECK(reply.starts_with("-ERR '"));
        CHECK(reply.ends_with(
            "' needs a connection of its own to a Redis: this backend has none to lend\r\n"));
    }
    CHECK(visitor.ask("UNWATCH") == "+OK\r\n");
}

TEST_CASE("who may not be let in keeps no connection for it") {
    for (const std::string_view line : {"MULTI", "WATCH k", "SUBSCRIBE c", "MONITOR"}) {
        CAPTURE(line);
        House house(0);
        Visitor visitor(house);

        CHECK(visitor.ask(line) == overloaded);

        CHECK(house.backend.lent() == 0);
        CHECK(visitor.client().own() == nullptr);
    }
}

TEST_CASE("a client that leaves while it waits leaves nothing behind") {
    House house;
    for (const std::string_view line :
         {"BLPOP q 0", "SUBSCRIBE c d", "MONITOR", "WAIT 1 0", "MULTI", "WATCH k"}) {
        CAPTURE(line);
        {
            Visitor visitor(house);
            visitor.say(line);
            CHECK(house.backend.lent() == 1);
        }
        CHECK(house.backend.lent() == 0);
        CHECK_FALSE(lent(house).was_given_back());
        CHECK(house.in_flight.taken() == 0);
    }
}

TEST_CASE("an administrative command that is allowed changes no connection but its own") {
    House house;
    house.config.allows_admin_commands = true;
    keep(house, "k", "v");
    Visitor visitor(house);

    CHECK(visitor.say("DEBUG SLEEP 0") == Execution::done);
    CHECK(lent(house).sent_bytes() == command({"DEBUG", "SLEEP", "0"}));
    lent(house).give("+OK\r\n");

    CHECK(visitor.hear() == "+OK\r\n");
    CHECK_FALSE(is_kept(house, "k"));
    CHECK(lent(house).was_given_back());
}

}  // namespace
}  // namespace nearcache::resp_server
