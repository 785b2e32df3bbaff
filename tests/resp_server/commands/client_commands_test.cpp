#include "resp_server/commands/client_commands.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/guest.hpp"

namespace nearcache::resp_server {
namespace {

// The numbers of the clients in a reply to CLIENT LIST, in its order: "1 2 ".
std::string ids_in(const std::string& reply) {
    std::string ids;
    for (auto at = reply.find("id="); at != std::string::npos; at = reply.find("\nid=", at + 1)) {
        const auto from = reply.find('=', at) + 1;
        ids.append(reply, from, reply.find(' ', from) + 1 - from);
    }
    return ids;
}

TEST_CASE("CLIENT ID is the client's number") {
    House house;
    Guest first(house), second(house);

    CHECK(first.ask("CLIENT ID") == ":1\r\n");
    CHECK(second.ask("CLIENT ID") == ":2\r\n");
    CHECK(first.ask("client id") == ":1\r\n");
}

TEST_CASE("a client may have a name, and lose it again") {
    House house;
    Guest guest(house);

    CHECK(guest.ask("CLIENT GETNAME") == null_bulk);
    CHECK(guest.ask("client setname me") == ok);
    CHECK(guest.ask("CLIENT GETNAME") == bulk("me"));
    CHECK(guest.ask_words({"CLIENT", "SETNAME", ""}) == ok);
    CHECK(guest.ask("CLIENT GETNAME") == null_bulk);
    guest.client().set_dialect(resp::Dialect::resp3);
    CHECK(guest.ask("CLIENT GETNAME") == "_\r\n");
}

TEST_CASE("a name that would break a list of clients is refused, and the old one stays") {
    House house;
    Guest guest(house);
    guest.ask("CLIENT SETNAME me");

    for (const std::string name : {"a b", "a\n", "\x7f", "a\xc3\xa9"}) {
        CHECK(guest.ask_words({"CLIENT", "SETNAME", name}) ==
              "-ERR Client names cannot contain spaces, newlines or special characters.\r\n");
    }
    CHECK(guest.client().name == "me");
}

TEST_CASE("CLIENT INFO is the client's own line, a verbatim string in RESP3") {
    House house;
    Guest guest(house);
    Guest other(house);

    const auto plain = guest.ask("CLIENT INFO");
    guest.client().set_dialect(resp::Dialect::resp3);
    const auto verbatim = guest.ask("CLIENT INFO");

    CHECK(plain.starts_with("$"));
    CHECK(plain.find("\r\nid=1 addr=127.0.0.1:50000 ") != std::string::npos);
    CHECK(plain.find(" cmd=client|info user=default redir=-1 resp=2\n\r\n") != std::string::npos);
    CHECK(plain.find("id=2") == std::string::npos);
    CHECK(verbatim.starts_with("="));
    CHECK(verbatim.find("\r\ntxt:id=1 ") != std::string::npos);
}

TEST_CASE("SETINFO and NO-TOUCH are unknown unless the backend knows them") {
    House house;
    Guest guest(house);

    CHECK(guest.ask("CLIENT SETINFO lib-name x") ==
          "-ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.\r\n");
    CHECK(guest.ask("CLIENT no-touch on") ==
          "-ERR unknown subcommand 'no-touch'. Try CLIENT HELP.\r\n");
    CHECK(guest.ask("CLIENT INFO").find("lib-name") == std::string::npos);
    CHECK(house.backend.private_connections() == 0);
}

TEST_CASE("where the backend knows SETINFO, a library's words show in the client's line") {
    House house;
    know_redis_7_2(house);
    Guest guest(house);

    CHECK(guest.ask("CLIENT SETINFO LIB-NAME mylib") == ok);
    CHECK(guest.ask("CLIENT setinfo lib-ver 1.2") == ok);
    CHECK(guest.ask("CLIENT INFO").find(" lib-name=mylib lib-ver=1.2\n") != std::string::npos);
    CHECK(guest.ask("CLIENT SETINFO lib-ver") ==
          "-ERR wrong number of arguments for 'client|setinfo' command\r\n");
    CHECK(guest.ask("CLIENT SETINFO Lib x") == "-ERR Unrecognized option 'Lib'\r\n");
    CHECK(guest.ask_words({"CLIENT", "SETINFO", "Lib-Name", "a b"}) ==
          "-ERR Lib-Name cannot contain spaces, newlines or special characters.\r\n");
    CHECK(guest.ask("CLIENT INFO").find(" lib-name=mylib ") != std::string::npos);
}

TEST_CASE("CLIENT LIST has the clients of all lanes, in the order of their numbers") {
    House house;
    Guest first(house, 1), second(house, 0), third(house, 1);
    third.ask("CLIENT SETNAME me");

    const auto list = second.ask("CLIENT LIST");

    CHECK(ids_in(list) == "1 2 3 ");
    CHECK(list.find(" name=me ") != std::string::npos);
    CHECK(list.find(" cmd=client|list ") != std::string::npos);
}

TEST_CASE("CLIENT LIST by type or by numbers") {
    House house;
    Guest first(house, 0), second(house, 1);
    second.subscribe("news");

    CHECK(ids_in(first.ask("CLIENT LIST TYPE normal")) == "1 ");
    CHECK(ids_in(first.ask("CLIENT LIST TYPE PubSub")) == "2 ");
    CHECK(first.ask("CLIENT LIST TYPE replica") == bulk(""));
    CHECK(first.ask("CLIENT LIST TYPE master") == bulk(""));
    CHECK(ids_in(first.ask("CLIENT LIST ID 2 7 1 -1 2")) == "2 1 2 ");
    CHECK(first.ask("CLIENT LIST ID 7") == bulk(""));
    first.client().set_dialect(resp::Dialect::resp3);
    CHECK(first.ask("CLIENT LIST ID 7") == "=4\r\ntxt:\r\n");
}

TEST_CASE("until all lanes have spoken nothing more of the asker is executed") {
    House house;
    Guest asker(house);

    asker.say("CLIENT LIST");
    house.lanes.run(0);
    CHECK(asker.client().is_held_back());
    CHECK(asker.hear().empty());
    house.lanes.run(1);
    CHECK(asker.client().is_held_back());
    house.lanes.run(0);

    CHECK(!asker.client().is_held_back());
    CHECK(ids_in(asker.hear()) == "1 ");
}

TEST_CASE("what was still on its way between lanes at the end is forgotten") {
    House house;
    Guest asker(house);
    asker.say("CLIENT LIST");
    house.lanes.run(1);

    CHECK(asker.client().is_held_back());
}

TEST_CASE("CLIENT KILL hangs up on others, whatever their lane, and counts them") {
    House house;
    Guest asker(house, 0), near(house, 0, "10.0.0.1:1"), far(house, 1, "10.0.0.2:2");

    CHECK(asker.ask("CLIENT KILL ID 3") == ":1\r\n");
    CHECK(far.socket().is_closed());
    CHECK(!near.socket().is_closed());
    CHECK(asker.ask("CLIENT KILL 10.0.0.1:1") == ok);
    CHECK(near.socket().is_closed());
    CHECK(!asker.client().is_leaving());
}

TEST_CASE("who was killed is gone for everybody, even before its connection is") {
    House house;
    Guest asker(house, 0), far(house, 1, "10.0.0.2:2");
    asker.ask("CLIENT KILL ADDR 10.0.0.2:2");

    CHECK(asker.ask("CLIENT KILL ID 2") == ":0\r\n");
    CHECK(asker.ask("CLIENT KILL 10.0.0.2:2") == "-ERR No such client\r\n");
    CHECK(ids_in(asker.ask("CLIENT LIST")) == "1 ");
    CHECK(asker.ask("CLIENT LIST ID 2") == bulk(""));
}

TEST_CASE("a client that kills itself gets its reply, and leaves") {
    House house;
    Guest asker(house, 0), far(house, 1);

    CHECK(asker.ask("CLIENT KILL TYPE normal SKIPME no") == ":2\r\n");

    CHECK(asker.client().is_leaving());
    CHECK(!asker.socket().is_closed());
    CHECK(far.socket().is_closed());
}

TEST_CASE("the old form of CLIENT KILL may hit its own client") {
    House house;
    Guest asker(house);

    CHECK(asker.ask("CLIENT KILL 127.0.0.1:50000") == ok);

    CHECK(asker.client().is_leaving());
}

TEST_CASE("others are killed only after what was said before has taken effect") {
    House house;
    Guest asker(house), other(house, 1);
    asker.say("SET a 1");

    CHECK(asker.say("CLIENT KILL ID 2") == Execution::later);
    settle(house);
    CHECK(!other.socket().is_closed());
    house.backend.reply(0, "+OK\r\n");

    CHECK(asker.ask("CLIENT KILL ID 2") == "+OK\r\n:1\r\n");
}

TEST_CASE("CLIENT UNBLOCK asks the backend to unblock the client's own connection") {
    House house;
    Guest asker(house, 0), blocked(house, 1);
    blocked.say("BLPOP list 0");
    house.backend.private_connection(0).set_id(77);

    asker.ask("CLIENT UNBLOCK 2");
    CHECK(house.backend.commands().back() == "> CLIENT UNBLOCK 77 TIMEOUT");
    house.backend.reply(0, ":1\r\n");
    CHECK(asker.hear() == ":1\r\n");
    CHECK(!asker.client().is_held_back());

    asker.ask("CLIENT UNBLOCK 2 error");
    CHECK(house.backend.commands().back() == "> CLIENT UNBLOCK 77 ERROR");
    house.backend.fail(0, Errc::backend_timeout);
    CHECK(asker.hear() == "-ERR backend timed out, the command may have taken effect\r\n");
}

TEST_CASE("CLIENT UNBLOCK of who is not blocked, or not there, is 0") {
    House house;
    Guest asker(house, 0), idle(house, 1), subscribed(house, 1);
    subscribed.subscribe("news");
    const auto before = house.backend.forwards();

    for (const std::string_view line : {"CLIENT UNBLOCK 1", "CLIENT UNBLOCK 2", "CLIENT UNBLOCK 3",
                                        "CLIENT UNBLOCK 9", "CLIENT UNBLOCK -1"}) {
        CHECK(asker.ask(line) == ":0\r\n");
    }
    CHECK(house.backend.forwards() == before);
}

TEST_CASE("CLIENT REPLY OFF says nothing to what follows, until ON says that it does again") {
    House house;
    Guest guest(house);

    CHECK(guest.ask("CLIENT REPLY OFF").empty());
    CHECK(guest.ask("PING").empty());
    CHECK(guest.ask("CLIENT REPLY x").empty());
    CHECK(guest.ask("CLIENT REPLY SKIP").empty());
    CHECK(guest.ask("PING").empty());
    CHECK(guest.ask("PING").empty());
    CHECK(guest.ask("CLIENT LIST").empty());
    CHECK(guest.ask("CLIENT REPLY ON") == ok);
    CHECK(guest.ask("PING") == "+PONG\r\n");
}

TEST_CASE("CLIENT REPLY SKIP says nothing to the next command alone") {
    House house;
    Guest guest(house);

    CHECK(guest.ask("client reply skip").empty());
    CHECK(guest.ask("PING").empty());
    CHECK(guest.ask("PING") == "+PONG\r\n");

    CHECK(guest.ask("CLIENT REPLY SKIP").empty());
    CHECK(guest.ask("CLIENT REPLY SKIP").empty());
    CHECK(guest.ask("PING").empty());
    CHECK(guest.ask("PING") == "+PONG\r\n");

    CHECK(guest.ask("CLIENT REPLY SKIP").empty());
    CHECK(guest.ask("CLIENT REPLY ON") == ok);
    CHECK(guest.ask("PING") == "+PONG\r\n");
}

TEST_CASE("CLIENT REPLY SKIP holds for a reply that comes later, too") {
    House house;
    Guest guest(house);
    guest.ask("CLIENT REPLY SKIP");

    guest.say("INCR a");
    guest.say("INCR a");
    house.backend.reply(0, ":1\r\n");
    house.backend.reply(0, ":2\r\n");

    CHECK(guest.hear() == ":2\r\n");
}

}  // namespace
}  // namespace nearcache::resp_server
