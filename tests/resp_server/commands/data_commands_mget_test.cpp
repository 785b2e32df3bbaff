#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp_server/commands/data_commands.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using Said = std::vector<std::string>;

TEST_CASE("an MGET of what is here is answered at once") {
    House house;
    keep(house, "a", "1");
    keep(house, "b", "2");
    Visitor visitor(house);

    CHECK(visitor.ask("MGET a b a") == "*3\r\n" + bulk("1") + bulk("2") + bulk("1"));
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("an MGET asks only for what is not here, and answers in its own order") {
    House house;
    keep(house, "here", "1");
    Visitor visitor(house);
    visitor.say("GET absent");
    house.backend.answer_absent(0, "absent");
    visitor.hear();

    visitor.say("MGET x here absent y");
    CHECK(house.backend.commands() == Said{"GET here", "GET absent", "GET x", "GET y"});
    house.backend.answer(0, "x", "2");
    CHECK(visitor.hear().empty());
    house.backend.answer_absent(0, "y");

    CHECK(visitor.hear() == "*4\r\n" + bulk("2") + bulk("1") + "$-1\r\n$-1\r\n");
    CHECK(visitor.ask("GET x") == bulk("2"));
    CHECK(visitor.ask("GET y") == null_bulk);
}

TEST_CASE("an MGET that names a key twice asks for it once") {
    House house;
    Visitor visitor(house);

    visitor.say("MGET k k");
    CHECK(house.backend.gets() == 1);
    house.backend.answer(0, "k", "v");

    CHECK(visitor.hear() == "*2\r\n" + bulk("v") + bulk("v"));
}

TEST_CASE("an MGET joins the flights of others, on several lanes") {
    House house;
    Visitor opener(house, 1), visitor(house, 0);
    opener.say("GET a");
    visitor.say("MGET a b");
    CHECK(house.backend.gets() == 2);

    house.backend.answer(0, "b", "2");
    house.backend.answer(1, "a", "1");
    CHECK(visitor.hear().empty());
    CHECK(visitor.say("SET c 3") == Execution::later);
    house.lanes.run(0);

    CHECK(visitor.hear() == "*2\r\n" + bulk("1") + bulk("2"));
}

TEST_CASE("a key of another type is nil to MGET, and is not taken for an absent one") {
    House house;
    Visitor visitor(house);

    visitor.say("MGET list k");
    house.backend.answer_error(0, "list", "WRONGTYPE a list");
    house.backend.answer(0, "k", "v");
    CHECK(visitor.hear() == "*2\r\n$-1\r\n" + bulk("v"));

    visitor.say("GET list");
    CHECK(visitor.hear().empty());
    house.backend.answer_error(0, "list", "WRONGTYPE a list");
    CHECK(visitor.hear() == "-WRONGTYPE a list\r\n");
}

TEST_CASE("any other error or failure is that of the whole MGET") {
    House house;
    Visitor visitor(house);

    visitor.say("MGET a b");
    house.backend.answer_error(0, "a", "LOADING come again");
    house.backend.answer(0, "b", "2");
    CHECK(visitor.hear() == "-LOADING come again\r\n");

    visitor.say("MGET a c");
    house.backend.fail(0, Errc::backend_unreachable);
    house.backend.answer(0, "c", "3");
    CHECK(visitor.hear() == "-ERR backend unreachable\r\n");
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("an MGET that names a key just written goes the write's way, all of it") {
    House house;
    keep(house, "here", "1");
    Visitor visitor(house);

    visitor.say("SET k new");
    visitor.say("MGET here k");
    CHECK(house.backend.commands().back() == "> MGET here k");
    visitor.say("MGET here");

    house.backend.reply(0, "+OK\r\n");
    house.backend.reply(0, "*2\r\n$1\r\n1\r\n$3\r\nnew\r\n");
    CHECK(visitor.hear() == "+OK\r\n*2\r\n" + bulk("1") + bulk("new") + "*1\r\n" + bulk("1"));
}

}  // namespace
}  // namespace nearcache::resp_server
