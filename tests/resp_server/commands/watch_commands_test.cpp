#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "resp_server/commands/transaction_commands.hpp"
#include "tests/resp_server/transaction_bench.hpp"

// WATCH and UNWATCH.
namespace nearcache::resp_server {
namespace {

TEST_CASE("between WATCH and EXEC nothing is answered from the cache") {
    House house;
    keep(house, "k", "v");
    Visitor visitor(house);

    visitor.say("WATCH k");
    visitor.say("GET k");
    visitor.say("MGET k");
    CHECK(lent(house).sent_bytes() ==
          command({"WATCH", "k"}) + command({"GET", "k"}) + command({"MGET", "k"}));
    lent(house).give(fine);
    lent(house).give(bulk("v"));
    lent(house).give("*1\r\n" + bulk("v"));

    CHECK(visitor.hear() == fine + bulk("v") + "*1\r\n" + bulk("v"));
    CHECK(lent(house).is_lent());
}

TEST_CASE("EXEC, DISCARD and UNWATCH end the watching") {
    for (const std::string_view end : {"EXEC", "DISCARD", "UNWATCH"}) {
        CAPTURE(end);
        House house;
        keep(house, "k", "v");
        Visitor visitor(house);
        visitor.say("WATCH k");
        lent(house).give(fine);
        if (end != "UNWATCH") {
            visitor.say("MULTI");
            lent(house).give(fine);
        }
        visitor.hear();

        visitor.say(end);
        CHECK(visitor.client().reads_cache());
        lent(house).give(end == "EXEC" ? "*-1\r\n" : "+OK\r\n");

        CHECK(lent(house).was_given_back());
        visitor.hear();
        CHECK(visitor.ask("GET k") == bulk("v"));
    }
}

TEST_CASE("an EXEC without MULTI leaves what is watched") {
    House house;
    Visitor visitor(house);
    visitor.say("WATCH k");
    lent(house).give(fine);
    visitor.hear();

    CHECK(visitor.ask("EXEC") == "-ERR EXEC without MULTI\r\n");

    CHECK(lent(house).is_lent());
    CHECK_FALSE(visitor.client().reads_cache());
}

TEST_CASE("a client whose watched keys are lost with the connection is told by its own end") {
    House house;
    Visitor visitor(house);
    visitor.say("WATCH k");
    lent(house).give(fine);
    visitor.hear();

    lent(house).lose(Errc::backend_connection_lost);

    CHECK(visitor.hear().empty());
    CHECK(visitor.client().is_leaving());
}

}  // namespace
}  // namespace nearcache::resp_server
