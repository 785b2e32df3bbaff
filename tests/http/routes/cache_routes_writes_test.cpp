#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "http/routes/cache_routes.hpp"
#include "tests/http/visitor.hpp"

namespace nearcache::http {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("PUT and POST store the body as it is") {
    for (const auto method : {verb::put, verb::post}) {
        const std::string value("x\0\r\n", 4);
        House house;
        Visitor visitor(house);

        CHECK(visitor.ask(method, "/a%20b", value).empty());
        CHECK(house.backend.forwarded_bytes() ==
              "*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$4\r\n" + value + "\r\n");
        house.backend.reply(0, "+OK\r\n");

        CHECK(status_of(visitor.read()) == "204");
        CHECK(visitor.answered_later == 1);
    }
}

TEST_CASE("a value may be stored for a time") {
    const auto sent = [](std::string_view target) {
        House house;
        Visitor visitor(house);
        visitor.ask(verb::put, target, "v");
        const auto command = house.backend.commands().back();
        house.backend.reply(0, "+OK\r\n");
        return command;
    };

    CHECK(sent("/k") == "> SET k v");
    CHECK(sent("/k?x=1") == "> SET k v");
    CHECK(sent("/k?ttl=5") == "> SET k v PX 5000");
    CHECK(sent("/k?a=b&ttl=500ms") == "> SET k v PX 500");
    CHECK(sent("/k?ttl=2m") == "> SET k v PX 120000");
}

TEST_CASE("a time that makes no sense is refused and nothing is stored") {
    House house;
    Visitor visitor(house);

    for (const std::string_view ttl : {"", "0", "-1", "soon", "5 parsecs", "1e3", "%35"}) {
        CAPTURE(ttl);
        CHECK(status_of(visitor.ask(verb::put, "/k?ttl=" + std::string(ttl), "v")) == "400");
    }

    CHECK(house.backend.commands().empty());
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("DELETE tells whether there was such a key") {
    House house;
    Visitor visitor(house);

    visitor.ask(verb::delete_, "/k");
    CHECK(house.backend.commands() == Words{"> DEL k"});
    house.backend.reply(0, ":1\r\n");
    CHECK(status_of(visitor.read()) == "204");

    visitor.ask(verb::delete_, "/k");
    house.backend.reply(0, ":0\r\n");
    CHECK(status_of(visitor.read()) == "404");
}

TEST_CASE("a write drops what was cached of its key, before and after") {
    House house;
    cache_value(house, "k", "old");
    cache_value(house, "other", "v");
    Visitor writer(house, 0), reader(house, 1);

    writer.ask(verb::put, "/k", "new");
    CHECK(reader.ask(verb::get, "/k").empty());
    house.backend.answer(1, "k", "old");
    CHECK(body_of(reader.read()) == "old");
    house.backend.reply(0, "+OK\r\n");

    CHECK(reader.ask(verb::get, "/k").empty());
    house.backend.answer(1, "k", "new");
    CHECK(body_of(reader.read()) == "new");
    CHECK(source_of(reader.ask(verb::get, "/other")).starts_with("hit"));
}

TEST_CASE("a write that fails tells why") {
    struct Row {
        std::string_view reply;
        std::string_view status;
        std::string_view body;
    };
    for (const Row& row : {Row{"-OOM no memory\r\n", "507", "OOM no memory\n"},
                           Row{"-ERR no\r\n", "502", "ERR no\n"},
                           Row{"$2\r\nOK\r\n", "502", "backend protocol error\n"}}) {
        House house;
        Visitor visitor(house);
        visitor.ask(verb::put, "/k", "v");

        house.backend.reply(0, row.reply);

        const auto reply = visitor.read();
        CHECK(status_of(reply) == row.status);
        CHECK(body_of(reply) == row.body);
        CHECK(visitor.answered_later == 1);
    }
}

TEST_CASE("a write whose connection was lost is not claimed to have worked") {
    House house;
    Visitor visitor(house);
    visitor.ask(verb::delete_, "/k");

    house.backend.fail(0, Errc::backend_connection_lost);

    CHECK(status_of(visitor.read()) == "503");
    CHECK(visitor.answered_later == 1);
}

TEST_CASE("a write that is refused drops nothing from the cache") {
    House house;
    cache_value(house, "k", "v");
    Visitor first(house), second(house), third(house);
    first.ask(verb::get, "/a");
    second.ask(verb::get, "/b");

    CHECK(status_of(third.ask(verb::put, "/k", "w")) == "503");

    CHECK(body_of(third.ask(verb::get, "/k")) == "v");
    house.backend.fail_all(Errc::shutting_down);
}

}  // namespace
}  // namespace nearcache::http
