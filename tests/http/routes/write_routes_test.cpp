#include "http/routes/write_routes.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

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
        CHECK(house.backend.commands().front() == "> EXISTS a b");
        CHECK(house.backend.forwarded_bytes() ==
              "*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$4\r\n" + value + "\r\n");
        house.backend.reply(0, ":1\r\n");
        CHECK(visitor.read().empty());
        house.backend.reply(0, "+OK\r\n");

        CHECK(status_of(visitor.read()) == "204");
        CHECK(visitor.answered_later == 1);
    }
}

TEST_CASE("a key that was not there is created, and its value has a tag in either case") {
    for (const bool was_there : {false, true}) {
        House house;
        Visitor visitor(house);
        visitor.ask(verb::put, "/k", "hello");

        house.backend.reply(0, was_there ? ":1\r\n" : ":0\r\n");
        house.backend.reply(0, "+OK\r\n");

        const auto reply = visitor.read();
        CHECK(status_of(reply) == (was_there ? "204" : "201"));
        CHECK(field_of(reply, "ETag") == "\"9555e8555c62dcfd\"");
        CHECK(house.in_flight.taken() == 0);
    }
}

TEST_CASE("a request whose value is not announced stores none") {
    House house;
    Visitor visitor(house);
    Request request;
    request.method = verb::put;
    request.target = "/k";

    CHECK(status_of(visitor.ask(request)) == "411");

    CHECK(house.backend.commands().empty());
}

TEST_CASE("a value may be stored for as long as Cache-Control says, unless the query says more") {
    const auto sent = [](std::string_view target, std::string_view cache_control) {
        House house;
        Visitor visitor(house);
        auto request = visitor.request(verb::put, target, "v");
        read_cache_control(cache_control, request.directives);
        visitor.ask(request);
        const auto command = house.backend.commands().back();
        house.backend.fail_all(Errc::shutting_down);
        return command;
    };

    CHECK(sent("/k", "max-age=7") == "> SET k v PX 7000");
    CHECK(sent("/k?ttl=5", "max-age=7") == "> SET k v PX 5000");
    CHECK(sent("/k", "max-age=0") == "> SET k v");
    CHECK(sent("/k", "no-cache") == "> SET k v");
}

TEST_CASE("a part is not taken for the whole, nor a life that makes no sense for none") {
    House house;
    Visitor visitor(house);
    auto part = Visitor::request(verb::put, "/k", "abc");
    part.has_content_range = true;
    auto endless = Visitor::request(verb::put, "/k", "abc");
    endless.has_broken_number = !read_cache_control("max-age=soon", endless.directives);

    CHECK(status_of(visitor.ask(part)) == "400");
    CHECK(status_of(visitor.ask(endless)) == "400");

    CHECK(house.backend.commands().empty());
}

TEST_CASE("nothing is claimed to be new that may not be") {
    House house;
    Visitor visitor(house);
    visitor.ask(verb::put, "/k", "v");

    house.backend.reply(0, "-NOPERM no EXISTS for you\r\n");
    house.backend.reply(0, "+OK\r\n");

    CHECK(status_of(visitor.read()) == "204");
}

TEST_CASE("DELETE with If-Match: * is a plain command, and wants something to delete") {
    House house;
    Visitor visitor(house);
    auto request = Visitor::request(verb::delete_, "/k");
    request.has_fields = true;
    request.fields.if_match = "*";

    visitor.ask(request);
    CHECK(house.backend.commands() == Words{"> DEL k"});
    house.backend.reply(0, ":0\r\n");
    CHECK(status_of(visitor.read()) == "412");

    visitor.ask(request);
    house.backend.reply(0, ":1\r\n");
    CHECK(status_of(visitor.read()) == "204");
}

TEST_CASE("If-None-Match: * creates, If-Match: * replaces: Redis decides") {
    struct Row {
        bool creates;
        std::string_view command;
        std::string_view reply;
        std::string_view status;
    };
    for (const auto& row :
         {Row{true, "> SET k v NX", "+OK\r\n", "201"}, Row{true, "> SET k v NX", "$-1\r\n", "412"},
          Row{false, "> SET k v XX", "+OK\r\n", "204"},
          Row{false, "> SET k v XX", "$-1\r\n", "412"}}) {
        House house;
        Visitor visitor(house);
        auto request = visitor.request(verb::put, "/k", "v");
        request.has_fields = true;
        (row.creates ? request.fields.if_none_match : request.fields.if_match) = "*";

        visitor.ask(request);
        CHECK(house.backend.commands() == Words{std::string(row.command)});
        house.backend.reply(0, row.reply);

        CHECK(status_of(visitor.read()) == row.status);
        CHECK(house.in_flight.taken() == 0);
    }
}

TEST_CASE("a write on a condition is sent only while the value is as the condition says") {
    const std::string tag = "\"9555e8555c62dcfd\"";  // of hello
    for (const auto method : {verb::put, verb::delete_}) {
        House house;
        Visitor visitor(house);
        auto request = visitor.request(method, "/k", "v");
        request.has_fields = true;
        request.fields.if_match = tag;
        const auto reply = method == verb::put ? "+OK\r\n" : ":1\r\n";
        const auto command = method == verb::put ? "k? > SET k v" : "k? > DEL k";

        visitor.ask(request);
        CHECK(house.backend.commands() == Words{command});
        REQUIRE(house.backend.try_condition(0, "hello"));
        house.backend.reply(0, reply);
        CHECK(status_of(visitor.read()) == "204");

        visitor.ask(request);
        CHECK_FALSE(house.backend.try_condition(0, "other"));
        CHECK(status_of(visitor.read()) == "412");

        visitor.ask(request);
        CHECK_FALSE(house.backend.try_condition(0, std::nullopt));
        CHECK(status_of(visitor.read()) == "412");

        visitor.ask(request);
        REQUIRE(house.backend.try_condition(0, "hello"));
        house.backend.change_meanwhile(0);
        CHECK(status_of(visitor.read()) == "412");
        CHECK(house.in_flight.taken() == 0);
    }
}

TEST_CASE("If-None-Match of a write lets every other value pass, and none at all") {
    House house;
    Visitor visitor(house);
    auto request = visitor.request(verb::put, "/k", "v");
    request.has_fields = true;
    request.fields.if_none_match = "\"9555e8555c62dcfd\"";

    visitor.ask(request);
    REQUIRE(house.backend.try_condition(0, std::nullopt));
    house.backend.reply(0, "+OK\r\n");
    CHECK(status_of(visitor.read()) == "201");

    visitor.ask(request);
    REQUIRE(house.backend.try_condition(0, "other"));
    house.backend.reply(0, "+OK\r\n");
    CHECK(status_of(visitor.read()) == "204");

    visitor.ask(request);
    CHECK_FALSE(house.backend.try_condition(0, "hello"));
    CHECK(status_of(visitor.read()) == "412");
}

TEST_CASE("a value may be stored for a time") {
    const auto sent = [](std::string_view target) {
        House house;
        Visitor visitor(house);
        visitor.ask(verb::put, target, "v");
        const auto command = house.backend.commands().back();
        house.backend.fail_all(Errc::shutting_down);
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
    house.backend.reply(0, ":1\r\n");
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

        house.backend.reply(0, ":1\r\n");
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
