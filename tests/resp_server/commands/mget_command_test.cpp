#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp_server/commands/read_commands.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using backend::GetReply;
using Said = std::vector<std::string>;

constexpr GetReply unsure{GetReply::Kind::unsure, {}, {}};

GetReply value(std::string_view bytes) { return {GetReply::Kind::value, bytes, {}}; }
GetReply error(std::string_view line) { return {GetReply::Kind::error, line, {}}; }

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
    CHECK(house.backend.commands() == Said{"GET here", "GET absent", "MGET x y"});
    CHECK(visitor.hear().empty());
    house.backend.answer_many(0, {"2", {}});

    CHECK(visitor.hear() == "*4\r\n" + bulk("2") + bulk("1") + "$-1\r\n$-1\r\n");
    CHECK(visitor.ask("GET x") == bulk("2"));
    CHECK(visitor.ask("GET y") == null_bulk);
}

TEST_CASE("an MGET that names a key twice asks for it once") {
    House house;
    Visitor visitor(house);

    visitor.say("MGET k k");
    CHECK(house.backend.commands() == Said{"GET k"});
    house.backend.answer(0, "k", "v");
    visitor.say("MGET a k b a b k a");
    CHECK(house.backend.commands().back() == "MGET a b");
    house.backend.answer_many(0, {"1", "2"});

    CHECK(visitor.hear() == "*2\r\n" + bulk("v") + bulk("v") + "*7\r\n" + bulk("1") + bulk("v") +
                                bulk("2") + bulk("1") + bulk("2") + bulk("v") + bulk("1"));
}

TEST_CASE("an absent key is nil to MGET in the client's own dialect, from here or not") {
    for (const auto& [dialect, nil] : {std::pair(resp::Dialect::resp2, std::string("$-1\r\n")),
                                       std::pair(resp::Dialect::resp3, std::string("_\r\n"))}) {
        House house;
        Visitor visitor(house);
        visitor.client().set_dialect(dialect);

        visitor.say("MGET a b");
        house.backend.answer_many(0, {"1", {}});
        CHECK(visitor.hear() == "*2\r\n" + bulk("1") + nil);

        CHECK(visitor.ask("MGET b a") == "*2\r\n" + nil + bulk("1"));
    }
}

// It is nil to MGET whatever the second question would say; and the client's own write may be on
// its way already.
TEST_CASE("behind an MGET a write of one of its keys need not wait for what type it had") {
    House house;
    Visitor visitor(house);

    visitor.say("MGET list k");
    CHECK(visitor.say("SET list new") == Execution::done);
    house.backend.answer_many_with(0, std::vector{unsure, value("v")});

    CHECK(visitor.hear() == "*2\r\n$-1\r\n" + bulk("v"));
    CHECK(house.backend.commands() == Said{"MGET list k", "> SET list new"});
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("behind a GET that waits for an MGET of the same client a write waits for both") {
    House house;
    Visitor visitor(house);

    visitor.say("MGET list k");
    visitor.say("GET list");
    CHECK(visitor.say("SET list new") == Execution::later);
    house.backend.answer_many_with(0, std::vector{unsure, value("v")});
    CHECK(visitor.say("SET list new") == Execution::later);
    house.backend.answer_error(0, "list", "WRONGTYPE a list");

    CHECK(visitor.say("SET list new") == Execution::done);
    CHECK(visitor.hear() == "*2\r\n$-1\r\n" + bulk("v") + "-WRONGTYPE a list\r\n");
    house.backend.fail_all(Errc::shutting_down);
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
    house.backend.answer_many_with(0, std::vector{unsure, value("v")});
    CHECK(visitor.hear() == "*2\r\n$-1\r\n" + bulk("v"));
    visitor.say("MGET list k");
    house.backend.answer_error(0, "list", "WRONGTYPE a list");
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
    house.backend.answer_many_with(0, std::vector{error("LOADING come again"), value("2")});
    CHECK(visitor.hear() == "-LOADING come again\r\n");

    visitor.say("MGET a c");
    house.backend.fail(0, Errc::backend_unreachable);
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
