#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp_server/commands/own_commands.hpp"
#include "tests/resp_server/visitor.hpp"

// SUBSCRIBE, UNSUBSCRIBE and the four like them.
namespace nearcache::resp_server {
namespace {

std::string news(std::string_view opening, std::string_view verb, std::string_view rest) {
    return std::string(opening) + "\r\n" + bulk(verb) + std::string(rest);
}

std::string subscribed(std::string_view channel, int count, std::string_view verb = "subscribe") {
    return news("*3", verb, bulk(channel) + ":" + std::to_string(count) + "\r\n");
}

std::string message(std::string_view channel, std::string_view text) {
    return news("*3", "message", bulk(channel) + bulk(text));
}

// A client that has subscribed to the channel "c".
void subscribe(House& house, Visitor& visitor) {
    visitor.say("SUBSCRIBE c");
    lent(house).give(subscribed("c", 1));
    REQUIRE(visitor.hear() == subscribed("c", 1));
    lent(house).take_sent();
}

TEST_CASE("a subscriber is answered by a confirmation a channel, and then gets what is published") {
    House house;
    Visitor visitor(house);

    visitor.say("SUBSCRIBE a b");
    CHECK(visitor.is_held_back());
    CHECK(house.in_flight.taken() == 1);
    lent(house).give(subscribed("a", 1));
    CHECK(visitor.hear().empty());
    CHECK(visitor.is_held_back());
    lent(house).give(subscribed("b", 2));
    CHECK_FALSE(visitor.is_held_back());
    CHECK(house.in_flight.taken() == 0);
    lent(house).give(message("a", "hello"));

    CHECK(visitor.hear() == subscribed("a", 1) + subscribed("b", 2) + message("a", "hello"));
    CHECK(lent(house).is_lent());
}

TEST_CASE("a message between two confirmations is passed on before them") {
    House house;
    Visitor visitor(house);
    subscribe(house, visitor);

    visitor.say("SUBSCRIBE d e");
    lent(house).give(subscribed("d", 2));
    lent(house).give(message("c", "in between"));
    lent(house).give(subscribed("e", 3));

    CHECK(visitor.hear() == message("c", "in between") + subscribed("d", 2) + subscribed("e", 3));
}

TEST_CASE("in RESP3 a confirmation is a push that answers, whatever else is pushed meanwhile") {
    House house;
    Visitor visitor(house);
    visitor.ask("HELLO 3");
    const auto confirmed = news(">3", "subscribe", bulk("c") + ":1\r\n");
    const auto pushed = news(">3", "message", bulk("c") + bulk("m"));

    visitor.say("SUBSCRIBE c");
    CHECK(lent(house).route().dialect == resp::Dialect::resp3);
    lent(house).give(news(">2", "invalidate", "*0\r\n"));
    lent(house).give(confirmed);
    CHECK_FALSE(visitor.is_held_back());
    lent(house).give(pushed);
    CHECK(visitor.hear() == news(">2", "invalidate", "*0\r\n") + confirmed + pushed);

    // It may say anything, and hits still come from the cache.
    keep(house, "k", "v");
    CHECK(visitor.ask("GET k") == bulk("v"));
    visitor.say("LLEN l");
    lent(house).give(pushed);
    lent(house).give(":0\r\n");
    CHECK(visitor.hear() == pushed + ":0\r\n");
}

TEST_CASE("without names all channels of the kind are left, one confirmation each") {
    House house;
    Visitor visitor(house);
    visitor.say("SUBSCRIBE a b");
    lent(house).give(subscribed("a", 1));
    lent(house).give(subscribed("b", 2));
    visitor.say("PSUBSCRIBE p*");
    lent(house).give(subscribed("p*", 3, "psubscribe"));
    visitor.hear();

    visitor.say("UNSUBSCRIBE");
    lent(house).give(subscribed("b", 2, "unsubscribe"));
    CHECK(visitor.is_held_back());
    lent(house).give(subscribed("a", 1, "unsubscribe"));
    CHECK_FALSE(visitor.is_held_back());
    CHECK(lent(house).is_lent());
    visitor.say("PUNSUBSCRIBE");
    lent(house).give(subscribed("p*", 0, "punsubscribe"));

    CHECK(lent(house).was_given_back());
    CHECK(visitor.hear() == subscribed("b", 2, "unsubscribe") + subscribed("a", 1, "unsubscribe") +
                                subscribed("p*", 0, "punsubscribe"));
}

TEST_CASE("without names, and nothing of the kind, one confirmation names no channel") {
    House house;
    Visitor visitor(house);
    subscribe(house, visitor);
    const auto nothing = news("*3", "punsubscribe", "$-1\r\n:1\r\n");

    visitor.say("PUNSUBSCRIBE");
    lent(house).give(nothing);

    CHECK_FALSE(visitor.is_held_back());
    CHECK(visitor.hear() == nothing);
}

TEST_CASE("who has no connection of its own leaves nothing, and is told so here") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("UNSUBSCRIBE") == news("*3", "unsubscribe", "$-1\r\n:0\r\n"));
    CHECK(visitor.ask("PUNSUBSCRIBE a b") ==
          subscribed("a", 0, "punsubscribe") + subscribed("b", 0, "punsubscribe"));
    visitor.ask("HELLO 3");
    CHECK(visitor.ask("SUNSUBSCRIBE") == news(">3", "sunsubscribe", "_\r\n:0\r\n"));

    CHECK(house.backend.private_connections() == 0);
}

TEST_CASE("an error to SUBSCRIBE is its one answer, and leaves nothing behind") {
    House house;
    Visitor visitor(house);

    visitor.say("SUBSCRIBE a b");
    lent(house).give("-NOPERM no channel\r\n");

    CHECK(visitor.hear() == "-NOPERM no channel\r\n");
    CHECK_FALSE(visitor.is_held_back());
    CHECK(lent(house).was_given_back());
}

TEST_CASE("what a subscriber in RESP2 says is the backend's to judge") {
    House house;
    keep(house, "k", "v");
    Visitor visitor(house);
    subscribe(house, visitor);

    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"PING"},
                                               {"GET", "k"},
                                               {"SET", "k", "new"},
                                               {"HELLO", "3"},
                                               {"nonsense"},
                                               {"GET"},
                                               {"MULTI"},
                                               {"SELECT", "1"},
                                               {"CLIENT", "ID"},
                                               {"SUBSCRIBE"}}) {
        CAPTURE(words.front());
        visitor.say_words(words);
        CHECK(lent(house).take_sent() == command(words));
        CHECK(visitor.is_held_back());
        lent(house).give(message("c", "in between"));
        lent(house).give("-ERR Can't execute that\r\n");
        CHECK(visitor.hear() == message("c", "in between") + "-ERR Can't execute that\r\n");
    }
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("a subscriber may quit, or reset what it is") {
    House house;
    Visitor leaver(house), other(house);
    subscribe(house, leaver);
    CHECK(leaver.ask("QUIT") == "+OK\r\n");
    CHECK(leaver.client().is_leaving());

    subscribe(house, other);
    CHECK(other.ask("RESET") == "+RESET\r\n");
    CHECK_FALSE(lent(house).is_lent());
    CHECK_FALSE(lent(house).was_given_back());
    CHECK(other.ask("PING") == "+PONG\r\n");
}

TEST_CASE("a confirmation, and what is published, is said to a client that wants no replies") {
    for (const std::string_view how : {"CLIENT REPLY OFF", "CLIENT REPLY SKIP"}) {
        CAPTURE(how);
        House house;
        Visitor visitor(house);
        CHECK(visitor.ask(how).empty());

        CHECK(visitor.ask("SUBSCRIBE c").empty());
        lent(house).give(subscribed("c", 1));
        lent(house).give(message("c", "hello"));

        CHECK(visitor.hear() == subscribed("c", 1) + message("c", "hello"));
    }
}

TEST_CASE("an error to SUBSCRIBE is not said to a client that wants no replies") {
    House house;
    Visitor visitor(house);
    visitor.say("CLIENT REPLY OFF");

    visitor.say("SUBSCRIBE c");
    lent(house).give("-NOPERM no channel\r\n");

    CHECK(visitor.hear().empty());
    CHECK_FALSE(visitor.is_held_back());
}

TEST_CASE("that there was nothing to unsubscribe from is said to who wants no replies, too") {
    House house;
    Visitor visitor(house);
    visitor.say("CLIENT REPLY OFF");

    CHECK(visitor.ask("UNSUBSCRIBE") == news("*3", "unsubscribe", "$-1\r\n:0\r\n"));
    CHECK(visitor.ask("PING").empty());
}

}  // namespace
}  // namespace nearcache::resp_server
