#include "resp_server/commands/connection_commands.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

std::string hello_reply(std::uint64_t id, resp::Dialect dialect = resp::Dialect::resp2) {
    const bool is_resp3 = dialect == resp::Dialect::resp3;
    return std::string(is_resp3 ? "%7" : "*14") + "\r\n" + bulk("server") + bulk("redis") +
           bulk("version") + bulk("7.0.15") + bulk("proto") + (is_resp3 ? ":3\r\n" : ":2\r\n") +
           bulk("id") + ":" + std::to_string(id) + "\r\n" + bulk("mode") + bulk("standalone") +
           bulk("role") + bulk("master") + bulk("modules") + "*0\r\n";
}

TEST_CASE("PING and ECHO give back what they were given") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("PING") == "+PONG\r\n");
    CHECK(visitor.ask("PING hello") == bulk("hello"));
    CHECK(visitor.ask("ECHO hello") == bulk("hello"));
    visitor.say_words({"ECHO", std::string("\0\r\n", 3)});
    CHECK(visitor.hear() == bulk({"\0\r\n", 3}));
}

TEST_CASE("QUIT says goodbye and leaves") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("QUIT") == "+OK\r\n");

    CHECK(visitor.client().is_leaving());
}

TEST_CASE("HELLO introduces us in RESP2, with the client's number") {
    House house;
    Visitor first(house), second(house);

    CHECK(first.ask("HELLO") == hello_reply(1));
    CHECK(second.ask("HELLO 2") == hello_reply(2));
}

TEST_CASE("HELLO 3 introduces us in RESP3, and everything is said in it from then on") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("HELLO 3") == hello_reply(1, resp::Dialect::resp3));
    CHECK(visitor.client().route().dialect == resp::Dialect::resp3);
    CHECK(visitor.ask("CLIENT GETNAME") == "_\r\n");
    CHECK(visitor.ask("HELLO") == hello_reply(1, resp::Dialect::resp3));

    CHECK(visitor.ask("HELLO 2") == hello_reply(1));
    CHECK(visitor.ask("CLIENT GETNAME") == null_bulk);
}

TEST_CASE("hits, absences and misses are told in the dialect of who asks") {
    House house;
    keep(house, "k", "v");
    Visitor visitor(house);
    visitor.ask("HELLO 3");

    CHECK(visitor.ask("GET k") == bulk("v"));
    visitor.say("GET none");
    house.backend.answer_absent(0, "none");
    CHECK(visitor.hear() == "_\r\n");
    CHECK(visitor.ask("GET none") == "_\r\n");
    CHECK(visitor.ask("MGET k none") == "*2\r\n" + bulk("v") + "_\r\n");
    visitor.say("HGETALL h");
    CHECK(house.backend.commands().back() == "[resp3] > HGETALL h");
    house.backend.reply(0, "%0\r\n");
    CHECK(visitor.hear() == "%0\r\n");
}

TEST_CASE("HELLO waits until all before it is answered, in the dialect that it was asked in") {
    House house;
    Visitor visitor(house);
    visitor.say("GET none");

    CHECK(visitor.say("HELLO 3") == Execution::later);
    house.backend.answer_absent(0, "none");
    CHECK(visitor.say("HELLO 3") == Execution::done);

    CHECK(visitor.hear() == std::string(null_bulk) + hello_reply(1, resp::Dialect::resp3));
}

TEST_CASE("HELLO changes the dialect of a client's own connection as well") {
    House house;
    Visitor visitor(house);
    visitor.say("WATCH k");
    lent(house).give("+OK\r\n");
    visitor.hear();
    lent(house).take_sent();

    visitor.say("HELLO 3 SETNAME me");
    CHECK(lent(house).take_sent() == command({"HELLO", "3"}));
    CHECK(visitor.is_held_back());
    CHECK(visitor.client().dialect() == resp::Dialect::resp2);
    lent(house).give("%1\r\n+whatever\r\n+it says\r\n");
    CHECK(visitor.hear() == hello_reply(1, resp::Dialect::resp3));
    CHECK(visitor.client().name == "me");

    CHECK(visitor.ask("HELLO 3") == hello_reply(1, resp::Dialect::resp3));
    visitor.say("UNWATCH");
    lent(house).give("+OK\r\n");
    CHECK(lent(house).was_given_back());
    CHECK(lent(house).route().dialect == resp::Dialect::resp3);
}

TEST_CASE("a HELLO that the backend refuses changes nothing") {
    House house;
    Visitor visitor(house);
    visitor.say("WATCH k");
    lent(house).give("+OK\r\n");
    visitor.hear();

    visitor.say("HELLO 3");
    lent(house).give("-NOPROTO unsupported protocol version\r\n");

    CHECK(visitor.hear() == "-NOPROTO unsupported protocol version\r\n");
    CHECK(visitor.client().dialect() == resp::Dialect::resp2);
    CHECK_FALSE(visitor.is_held_back());
}

TEST_CASE("HELLO refuses a protocol that is not spoken here, and changes nothing then") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("HELLO 4 SETNAME me") == "-NOPROTO unsupported protocol version\r\n");
    CHECK(visitor.ask("HELLO 1") == "-NOPROTO unsupported protocol version\r\n");
    CHECK(visitor.ask("HELLO two") ==
          "-ERR Protocol version is not an integer or out of range\r\n");
    CHECK(visitor.client().name.empty());
    CHECK(visitor.client().dialect() == resp::Dialect::resp2);
}

TEST_CASE("HELLO takes a name, and any password of the one user there is") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("HELLO 2 setname me") == hello_reply(1));
    CHECK(visitor.client().name == "me");
    CHECK(visitor.ask("HELLO 2 AUTH default secret") == hello_reply(1));
    CHECK(visitor.ask("HELLO 3 AUTH somebody secret SETNAME you") ==
          "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    CHECK(visitor.client().name == "me");
    CHECK(visitor.ask("HELLO 2 SETNAME") == "-ERR Syntax error in HELLO option 'SETNAME'\r\n");
    CHECK(visitor.ask("HELLO 2 AUTH default") == "-ERR Syntax error in HELLO option 'AUTH'\r\n");
    CHECK(visitor.ask("HELLO 2 LOUD") == "-ERR Syntax error in HELLO option 'LOUD'\r\n");
}

TEST_CASE("AUTH is answered as by a Redis without a password") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("AUTH secret")
              .starts_with("-ERR AUTH <password> called without any password configured"));
    CHECK(visitor.ask("AUTH default secret") == "+OK\r\n");
    CHECK(visitor.ask("AUTH somebody secret") ==
          "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    CHECK(visitor.ask("AUTH a b c") == "-ERR syntax error\r\n");
}

TEST_CASE("HELLO refuses such a name too") {
    House house;
    Visitor visitor(house);

    visitor.say_words({"HELLO", "2", "SETNAME", "a b"});

    CHECK(visitor.hear() ==
          "-ERR Client names cannot contain spaces, newlines or special characters.\r\n");
}

TEST_CASE("the backend says whether there is a database, and it is the client's from then on") {
    House house;
    keep(house, "k", "in 0");
    Visitor visitor(house);

    CHECK(visitor.say("SELECT 1") == Execution::done);
    CHECK(visitor.is_held_back());
    CHECK(house.backend.commands().back() == "SELECT? 1");
    CHECK(visitor.client().database().number == 0);
    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.hear() == "+OK\r\n");
    CHECK_FALSE(visitor.is_held_back());

    visitor.say("GET k");
    CHECK(house.backend.commands().back() == "[db 1] GET k");
    house.backend.answer(0, "k", "in 1");
    CHECK(visitor.hear() == bulk("in 1"));
    CHECK(visitor.ask("GET k") == bulk("in 1"));
    visitor.say("SET k v");
    CHECK(house.backend.commands().back() == "[db 1] > SET k v");
    house.backend.reply(0, "+OK\r\n");
    CHECK(is_kept(house, "k"));
}

TEST_CASE("what the backend says against a database is passed on, and nothing changes") {
    House house;
    Visitor visitor(house);

    for (const std::string_view line : {"SELECT 16", "SELECT -1", "SELECT zero"}) {
        visitor.say(line);
        house.backend.reply(0, "-ERR whatever it has against it\r\n");
        CHECK(visitor.hear() == "-ERR whatever it has against it\r\n");
    }
    visitor.say("SELECT 2");
    house.backend.fail(0, Errc::backend_unreachable);
    CHECK(visitor.hear() == "-ERR backend unreachable\r\n");

    CHECK(visitor.client().database().number == 0);
    CHECK_FALSE(visitor.is_held_back());
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("SELECT of the database that is selected already asks nobody") {
    House house({.home_database = 3});
    Visitor visitor(house);

    CHECK(visitor.ask("SELECT 3") == "+OK\r\n");

    CHECK(house.backend.commands().empty());
    CHECK(visitor.client().route().database == 3);
}

TEST_CASE("SELECT waits until all before it is answered, and needs a permit") {
    House house(1);
    Visitor visitor(house);
    visitor.say("SET k v");

    CHECK(visitor.say("SELECT 1") == Execution::later);
    house.backend.reply(0, "+OK\r\n");
    visitor.hear();
    const auto taken = house.in_flight.try_acquire();
    CHECK(visitor.ask("SELECT 1") == overloaded);

    CHECK(visitor.client().database().number == 0);
}

TEST_CASE("SELECT goes over a client's own connection, if it has one") {
    House house;
    Visitor visitor(house);
    visitor.say("WATCH k");
    lent(house).give("+OK\r\n");
    visitor.hear();
    lent(house).take_sent();

    visitor.say("SELECT 1");
    CHECK(lent(house).take_sent() == command({"SELECT", "1"}));
    CHECK(visitor.is_held_back());
    lent(house).give("+OK\r\n");
    visitor.say("SELECT 99");
    lent(house).give("-ERR DB index is out of range\r\n");
    CHECK(visitor.hear() == "+OK\r\n-ERR DB index is out of range\r\n");

    CHECK(visitor.client().database().number == 1);
    visitor.say("UNWATCH");
    lent(house).give("+OK\r\n");
    CHECK(lent(house).was_given_back());
    CHECK(lent(house).route().database == 1);
}

TEST_CASE("a new connection of one's own is in the client's database and dialect") {
    House house;
    Visitor visitor(house);
    visitor.say("SELECT 1");
    house.backend.reply(0, "+OK\r\n");
    visitor.say("HELLO 3");

    visitor.say("WATCH k");

    CHECK(lent(house).route() ==
          cache::Route{.lane = 0, .database = 1, .dialect = resp::Dialect::resp3});
}

TEST_CASE("RESET makes a client what it was in the beginning") {
    House house;
    Visitor visitor(house);
    visitor.say("SELECT 1");
    house.backend.reply(0, "+OK\r\n");
    visitor.say("HELLO 3 SETNAME me");
    visitor.say("WATCH k");
    lent(house).give("+OK\r\n");
    visitor.say("CLIENT REPLY OFF");
    visitor.hear();

    CHECK(visitor.ask("RESET") == "+RESET\r\n");

    CHECK(visitor.client().route() == cache::Route{});
    CHECK(visitor.client().name.empty());
    CHECK(house.backend.lent() == 0);
    CHECK_FALSE(lent(house).was_given_back());
    CHECK(visitor.ask("PING") == "+PONG\r\n");
}

TEST_CASE("RESET ends the silence that a client asked for, but is itself skipped as it wished") {
    House house;
    Visitor visitor(house);

    visitor.say("CLIENT REPLY OFF");
    CHECK(visitor.ask("RESET") == "+RESET\r\n");
    visitor.say("CLIENT REPLY SKIP");
    CHECK(visitor.ask("RESET").empty());

    CHECK(visitor.ask("PING") == "+PONG\r\n");
}

TEST_CASE("RESET waits until all before it is answered") {
    House house;
    Visitor visitor(house);
    visitor.say("SET k v");

    CHECK(visitor.say("RESET") == Execution::later);
    house.backend.reply(0, "+OK\r\n");

    CHECK(visitor.ask("RESET") == "+OK\r\n+RESET\r\n");
}

}  // namespace
}  // namespace nearcache::resp_server
