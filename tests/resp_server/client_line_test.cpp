#include "resp_server/client_line.hpp"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "resp_server/own_connection.hpp"
#include "tests/resp_server/guest.hpp"

namespace nearcache::resp_server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string line_of(Guest& guest, House& house) {
    return client_line(guest.client(), {house.clock.now()});
}

// The value of one field.
std::string field(const std::string& line, const std::string& name) {
    const auto from = (" " + line).find(" " + name + "=");
    if (from == std::string::npos) return "(none)";
    const auto value = from + name.size() + 1;
    return line.substr(value, line.find_first_of(" \n", value) - value);
}

TEST_CASE("a line has the fields of Redis 7.0 in its order") {
    House house;
    Guest guest(house);
    guest.say("CLIENT ID");

    CHECK(
        line_of(guest, house) ==
        "id=1 addr=127.0.0.1:50000 laddr=127.0.0.1:6380 fd=9 name= age=0 idle=0 flags=N db=0 sub=0 "
        "psub=0 ssub=0 multi=-1 qbuf=26 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=1 "
        "omem=4 tot-mem=30 events=rw cmd=client|id user=default redir=-1 resp=2\n");
}

TEST_CASE("what a library said of itself is shown to those who know of it") {
    House house;
    Guest guest(house);
    guest.client().library_name = "lib";
    guest.client().library_version = "1.2";

    const auto old = client_line(guest.client(), {house.clock.now(), false});
    const auto recent = client_line(guest.client(), {house.clock.now(), true});

    CHECK(old.ends_with(" resp=2\n"));
    CHECK(recent.ends_with(" resp=2 lib-name=lib lib-ver=1.2\n"));
}

TEST_CASE("a client that has said nothing yet has no command, and is idle since it came") {
    House house;
    house.clock.advance(seconds(100));
    Guest guest(house);

    house.clock.advance(milliseconds(2900));

    const auto line = line_of(guest, house);
    CHECK(field(line, "cmd") == "NULL");
    CHECK(field(line, "age") == "2");
    CHECK(field(line, "idle") == "2");
}

TEST_CASE("a client is idle since its last command") {
    House house;
    Guest guest(house);
    house.clock.advance(seconds(10));
    guest.ask("PING");

    house.clock.advance(seconds(3));

    const auto line = line_of(guest, house);
    CHECK(field(line, "cmd") == "ping");
    CHECK(field(line, "age") == "13");
    CHECK(field(line, "idle") == "3");
}

TEST_CASE("a client that was heard of after the clock was read is not idle for less than nothing") {
    House house;
    Guest guest(house);
    const auto before = house.clock.now();
    house.clock.advance(seconds(5));
    guest.ask("PING");

    CHECK(field(client_line(guest.client(), {before}), "idle") == "0");
}

TEST_CASE("subscriptions are counted by kind, and make a client one of pubsub") {
    House house;
    Guest guest(house);
    guest.subscribe("a");

    const auto line = line_of(guest, house);

    CHECK(field(line, "flags") == "P");
    CHECK(field(line, "sub") == "1");
    CHECK(field(line, "psub") == "0");
    CHECK(type_of(guest.client()) == ClientType::pubsub);
}

TEST_CASE("an open transaction shows how many commands it holds") {
    House house;
    Guest guest(house);
    guest.say("MULTI");
    auto& lent = house.backend.private_connection(0);
    lent.give("+OK\r\n");
    CHECK(field(line_of(guest, house), "multi") == "0");

    guest.say("SET a 1");
    lent.give("+QUEUED\r\n");

    CHECK(field(line_of(guest, house), "multi") == "1");
    CHECK(field(line_of(guest, house), "flags") == "x");
}

TEST_CASE("modes show in their order") {
    House house;
    Guest guest(house);
    guest.subscribe("a");
    auto& own = *guest.client().own();
    own.is_tracking = true;
    own.is_broadcasting = true;
    own.is_exempt = true;
    own.redirected_to = 7;
    guest.client().leave();

    const auto line = line_of(guest, house);

    CHECK(field(line, "flags") == "PtBce");
    CHECK(field(line, "redir") == "7");
}

TEST_CASE("a client is blocked once the backend can have heard of it") {
    House house;
    Guest guest(house);
    guest.say("BLPOP list 0");
    auto& lent = house.backend.private_connection(0);

    lent.set_id(0);
    CHECK(field(line_of(guest, house), "flags") == "N");
    lent.set_id(5);
    CHECK(field(line_of(guest, house), "flags") == "b");
    lent.give("*-1\r\n");
    CHECK(field(line_of(guest, house), "flags") == "N");
}

}  // namespace
}  // namespace nearcache::resp_server
