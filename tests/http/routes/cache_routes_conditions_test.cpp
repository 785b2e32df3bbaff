#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "http/routes/cache_routes.hpp"
#include "tests/http/visitor.hpp"

namespace nearcache::http {
namespace {

constexpr std::string_view tag_of_hello = "\"9555e8555c62dcfd\"";

Request asking(void (*say)(Fields&), verb method = verb::get) {
    auto request = Visitor::request(method, "/k");
    say(request.fields);
    request.has_fields = true;
    return request;
}

// The answer from the cache, and the same when the value has to be fetched.
struct Answers {
    std::string cached;
    std::string fetched;
};
Answers ask_both(void (*say)(Fields&), verb method = verb::get) {
    Answers answers;
    House warm, cold;
    cache_value(warm, "k", "hello");
    answers.cached = Visitor(warm).ask(asking(say, method));
    Visitor visitor(cold);
    REQUIRE(visitor.ask(asking(say, method)).empty());
    cold.backend.answer(0, "k", "hello");
    answers.fetched = visitor.read();
    return answers;
}

TEST_CASE("a client that has the value is told so, from the cache and from the backend") {
    for (const auto method : {verb::get, verb::head}) {
        const auto [cached, fetched] =
            ask_both([](Fields& fields) { fields.if_none_match = tag_of_hello; }, method);

        for (const auto& reply : {cached, fetched}) {
            CHECK(status_of(reply) == "304");
            CHECK(field_of(reply, "ETag") == tag_of_hello);
            CHECK(field_of(reply, "Cache-Control") == "max-age=60");
            CHECK(reply.ends_with("\r\n\r\n"));
        }
        CHECK(field_of(cached, "X-Cache") == "HIT");
        CHECK(field_of(fetched, "X-Cache") == "MISS");
    }
}

TEST_CASE("a client that has another value gets this one") {
    const auto [cached, fetched] =
        ask_both([](Fields& fields) { fields.if_none_match = "\"0123456789abcdef\""; });

    CHECK(status_of(cached) == "200");
    CHECK(body_of(cached) == "hello");
    CHECK(body_of(fetched) == "hello");
}

TEST_CASE("a client that wants a certain value gets no other") {
    const auto failed = ask_both([](Fields& fields) { fields.if_match = "\"other\""; });
    const auto held = ask_both([](Fields& fields) { fields.if_match = tag_of_hello; });

    CHECK(status_of(failed.cached) == "412");
    CHECK(status_of(failed.fetched) == "412");
    CHECK(status_of(held.cached) == "200");
    CHECK(status_of(held.fetched) == "200");
}

TEST_CASE("a condition on a key that is absent is a 404 like any other request for it") {
    House house;
    Visitor visitor(house);

    visitor.ask(asking([](Fields& fields) { fields.if_none_match = "*"; }));
    house.backend.answer_absent(0, "k");

    CHECK(status_of(visitor.read()) == "404");
}

TEST_CASE("a range is served in part") {
    const auto [cached, fetched] = ask_both([](Fields& fields) { fields.range = "bytes=1-3"; });

    for (const auto& reply : {cached, fetched}) {
        CHECK(status_of(reply) == "206");
        CHECK(field_of(reply, "Content-Range") == "bytes 1-3/5");
        CHECK(field_of(reply, "ETag") == tag_of_hello);
        CHECK(body_of(reply) == "ell");
    }
}

TEST_CASE("a range behind the end is refused with the size") {
    const auto [cached, fetched] = ask_both([](Fields& fields) { fields.range = "bytes=5-"; });

    for (const auto& reply : {cached, fetched}) {
        CHECK(status_of(reply) == "416");
        CHECK(field_of(reply, "Content-Range") == "bytes */5");
    }
}

TEST_CASE("a range counts only for the version that its client has a part of") {
    const auto same = ask_both([](Fields& fields) {
        fields.range = "bytes=1-3";
        fields.if_range = tag_of_hello;
    });
    const auto other = ask_both([](Fields& fields) {
        fields.range = "bytes=1-3";
        fields.if_range = "\"other\"";
    });

    CHECK(status_of(same.cached) == "206");
    CHECK(status_of(other.cached) == "200");
    CHECK(body_of(other.fetched) == "hello");
}

TEST_CASE("a range means nothing to HEAD, and less than a condition to GET") {
    const auto head = ask_both([](Fields& fields) { fields.range = "bytes=1-3"; }, verb::head);
    const auto both = ask_both([](Fields& fields) {
        fields.range = "bytes=9-";
        fields.if_none_match = "*";
    });

    CHECK(status_of(head.cached) == "200");
    CHECK(field_of(head.cached, "Content-Length") == "5");
    CHECK(status_of(both.cached) == "304");
}

TEST_CASE("what one request asks for does not cling to the next") {
    House house;
    Visitor visitor(house);
    visitor.ask(asking([](Fields& fields) { fields.range = "bytes=1-3"; }));
    house.backend.answer(0, "k", "hello");
    CHECK(status_of(visitor.read()) == "206");

    visitor.ask(verb::get, "/other");
    house.backend.answer(0, "other", "hello");

    CHECK(status_of(visitor.read()) == "200");
}

TEST_CASE("a value is of the type that its rule says") {
    auto config = small_cache();
    config.rules.push_back({.prefix = "img:", .content_type = "image/png"});
    House house(config);
    cache_value(house, "img:1", "v");
    cache_value(house, "text", "v");
    Visitor visitor(house);

    CHECK(field_of(visitor.ask(verb::get, "/img:1"), "Content-Type") == "image/png");
    CHECK(field_of(visitor.ask(verb::get, "/text"), "Content-Type") == "application/octet-stream");
}

}  // namespace
}  // namespace nearcache::http
