#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "resp_server/commands/client_commands.hpp"
#include "resp_server/own_connection.hpp"
#include "tests/resp_server/guest.hpp"

namespace nearcache::resp_server {
namespace {

std::string sent(const std::vector<std::string>& words) {
    std::string bytes;
    resp::append_command(bytes, words);
    return bytes;
}

const std::string not_there = "-ERR The client ID you want redirect to does not exist\r\n";

TEST_CASE(
    "tracking goes over a connection of the client's own, which is nobody else's afterwards") {
    House house;
    Guest guest(house);

    guest.say("CLIENT TRACKING on BCAST PREFIX a");
    auto& lent = house.backend.private_connection(0);
    CHECK(lent.take_sent() == sent({"CLIENT", "TRACKING", "on", "BCAST", "PREFIX", "a"}));
    CHECK(guest.client().is_held_back());
    lent.give(ok);
    CHECK(guest.hear() == ok);
    CHECK(guest.client().own()->is_tracking);
    CHECK(guest.client().own()->is_broadcasting);
    CHECK(!guest.client().reads_cache());

    guest.say("CLIENT TRACKING OFF");
    lent.give(ok);

    CHECK(guest.hear() == ok);
    CHECK(!guest.client().own()->is_tracking);
    CHECK(guest.client().reads_cache());
    // Redis would tell the next one what this one has read.
    CHECK(!lent.was_given_back());
}

TEST_CASE("tracking that the backend refuses leaves no connection behind") {
    House house;
    Guest guest(house);

    guest.say("CLIENT TRACKING on OPTIN OPTOUT");
    house.backend.private_connection(0).give("-ERR no\r\n");

    CHECK(guest.hear() == "-ERR no\r\n");
    CHECK(house.backend.private_connection(0).was_given_back());
}

TEST_CASE("who does not track turns it off on a connection that others share") {
    House house;
    Guest guest(house);

    guest.say("CLIENT TRACKING off");

    CHECK(house.backend.commands().back() == "> CLIENT TRACKING off");
    CHECK(house.backend.private_connections() == 0);
}

TEST_CASE("a word that Redis may read as ON never reaches a shared connection") {
    House house;
    Guest guest(house);

    guest.say_words({"CLIENT", "TRACKING", std::string("on\0x", 4)});
    CHECK(house.backend.forwards() == 0);
    house.backend.private_connection(0).give(ok);
    CHECK(guest.client().own()->is_tracking);

    Guest other(house);
    other.say_words({"CLIENT", "NO-EVICT", std::string("on\0x", 4)});
    CHECK(house.backend.forwards() == 0);
}

TEST_CASE("a redirection names a client of ours, and the backend its own connection") {
    House house;
    Guest asker(house, 0), target(house, 1);
    target.subscribe("__redis__:invalidate");
    house.backend.private_connection(0).set_id(55);

    asker.ask("CLIENT TRACKING ON BCAST REDIRECT 2 NOLOOP");
    auto& lent = house.backend.private_connection(1);
    CHECK(lent.take_sent() ==
          sent({"CLIENT", "TRACKING", "ON", "BCAST", "REDIRECT", "55", "NOLOOP"}));
    lent.give(ok);
    CHECK(asker.hear() == ok);
    CHECK(asker.client().own()->redirected_to == 2);

    asker.say("CLIENT GETREDIR");
    lent.give(":55\r\n");
    CHECK(asker.hear() == ":2\r\n");
    asker.say("CLIENT TRACKINGINFO");
    lent.give(
        "*6\r\n$5\r\nflags\r\n*1\r\n$2\r\non\r\n$8\r\nredirect\r\n:55\r\n$8\r\nprefixes\r\n*0\r\n");
    CHECK(
        asker.hear() ==
        "*6\r\n$5\r\nflags\r\n*1\r\n$2\r\non\r\n$8\r\nredirect\r\n:2\r\n$8\r\nprefixes\r\n*0\r\n");
}

TEST_CASE("a connection that was redirected to is never given to somebody else") {
    House house;
    Guest asker(house, 0), target(house, 1);
    target.subscribe("__redis__:invalidate");
    auto& theirs = house.backend.private_connection(0);
    asker.ask("CLIENT TRACKING ON REDIRECT 2");

    target.say("UNSUBSCRIBE");
    theirs.give("*3\r\n$11\r\nunsubscribe\r\n$20\r\n__redis__:invalidate\r\n:0\r\n");

    CHECK(!theirs.was_given_back());
    CHECK(theirs.is_lent());
}

TEST_CASE("a redirection to nobody, or to who has no connection of its own, is refused") {
    House house;
    Guest asker(house, 0), idle(house, 1), connecting(house, 1);
    connecting.say("SUBSCRIBE a");
    house.backend.private_connection(0).set_id(0);

    for (const std::string_view line :
         {"CLIENT TRACKING ON REDIRECT 9", "CLIENT TRACKING ON REDIRECT 0",
          "CLIENT TRACKING ON REDIRECT -1", "CLIENT TRACKING ON REDIRECT 2",
          "CLIENT TRACKING ON REDIRECT 3", "CLIENT TRACKING OFF REDIRECT 9",
          "CLIENT TRACKING foo REDIRECT 9 foo"}) {
        CAPTURE(line);
        CHECK(asker.ask(line) == not_there);
    }
    CHECK(house.backend.private_connections() == 1);
    CHECK(asker.ask("PING") == "+PONG\r\n");
}

TEST_CASE("a client that redirects to itself is first told apart by the backend") {
    House house;
    Guest guest(house);
    auto& client = guest.client();

    client.lend_own();
    auto& lent = house.backend.private_connection(0);
    lent.set_id(0);
    guest.say("CLIENT TRACKING ON REDIRECT 1");
    CHECK(lent.take_sent() == sent({"CLIENT", "ID"}));
    lent.give(":90\r\n");
    CHECK(guest.hear().empty());
    CHECK(lent.take_sent() == sent({"CLIENT", "TRACKING", "ON", "REDIRECT", "90"}));
    lent.give(ok);

    CHECK(guest.hear() == ok);
    CHECK(client.own()->redirected_to == 1);
    CHECK(!client.is_held_back());
}

TEST_CASE("a backend that does not tell connections apart says so itself") {
    House house;
    Guest guest(house);
    guest.client().lend_own();
    auto& lent = house.backend.private_connection(0);
    lent.set_id(0);

    guest.say("CLIENT TRACKING ON REDIRECT 1");
    lent.give("-ERR unknown subcommand\r\n");

    CHECK(guest.hear() == "-ERR unknown subcommand\r\n");
    CHECK(!guest.client().is_held_back());
    CHECK(lent.was_given_back());
}

TEST_CASE("CLIENT REPLY SKIP is for the redirection, however long that takes") {
    House house;
    Guest asker(house, 0), target(house, 1);
    target.subscribe("__redis__:invalidate");
    asker.ask("CLIENT REPLY SKIP");

    asker.ask("CLIENT TRACKING ON REDIRECT 2");
    house.backend.private_connection(1).give(ok);

    CHECK(asker.hear().empty());
    CHECK(asker.ask("PING") == "+PONG\r\n");
}

TEST_CASE("what a redirection is to those who do not track is said by the shared connection") {
    House house;
    Guest guest(house);

    guest.say("CLIENT GETREDIR");
    CHECK(house.backend.commands().back() == "> CLIENT GETREDIR");
    house.backend.reply(0, ":-1\r\n");
    CHECK(guest.hear() == ":-1\r\n");
}

TEST_CASE("NO-EVICT holds a connection of the client's own while it is on") {
    House house;
    Guest guest(house);
    guest.say("CLIENT NO-EVICT ON");
    auto& lent = house.backend.private_connection(0);
    CHECK(lent.take_sent() == sent({"CLIENT", "NO-EVICT", "ON"}));
    lent.give(ok);
    CHECK(guest.client().own()->is_exempt);
    CHECK(guest.client().reads_cache());

    guest.say("CLIENT NO-EVICT off");
    lent.give(ok);

    CHECK(guest.hear() == ok + ok);
    CHECK(lent.was_given_back());
}

TEST_CASE("NO-TOUCH and NO-EVICT are two things") {
    House house;
    know_redis_7_2(house);
    Guest guest(house);
    guest.say("CLIENT NO-EVICT ON");
    auto& lent = house.backend.private_connection(0);
    lent.give(ok);
    guest.say("CLIENT NO-TOUCH on");
    lent.give(ok);

    guest.say("CLIENT NO-EVICT off");
    lent.give(ok);
    CHECK(!lent.was_given_back());
    guest.say("CLIENT NO-TOUCH off");
    lent.give(ok);

    CHECK(lent.was_given_back());
    guest.hear();
    CHECK(guest.ask("CLIENT NO-TOUCH") ==
          "-ERR wrong number of arguments for 'client|no-touch' command\r\n");
}

}  // namespace
}  // namespace nearcache::resp_server
