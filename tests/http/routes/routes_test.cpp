#include "http/routes/routes.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/http/visitor.hpp"

namespace nearcache::http {
namespace {

Request with(Request request, void (*say)(Fields&)) {
    say(request.fields);
    request.has_fields = true;
    return request;
}

TEST_CASE("with a token set, who does not show it gets nothing") {
    House house;
    house.config.token = "secret";
    cache_value(house, "k", "v", "Bearer secret");
    Visitor visitor(house);

    const auto refused = visitor.ask(verb::get, "/k");
    CHECK(status_of(refused) == "401");
    CHECK(field_of(refused, "WWW-Authenticate") == "Bearer realm=\"nearcache\"");
    CHECK(status_of(visitor.ask(verb::put, "/k", "v")) == "401");
    CHECK(status_of(visitor.ask(with(Visitor::request(verb::get, "/k"), [](Fields& fields) {
              fields.authorization = "Bearer wrong";
          }))) == "401");
    CHECK(body_of(visitor.ask(with(Visitor::request(verb::get, "/k"), [](Fields& fields) {
              fields.authorization = "Bearer secret";
          }))) == "v");
}

TEST_CASE("OPTIONS needs no token: a browser's preflight has none") {
    House house;
    house.config.token = "secret";
    house.config.cors_origins = {"https://app.example"};
    Visitor visitor(house);

    const auto reply = visitor.ask(with(Visitor::request(verb::options, "/k"), [](Fields& fields) {
        fields.origin = "https://app.example";
        fields.has_requested_method = true;
        fields.requested_headers = "authorization";
    }));

    CHECK(status_of(reply) == "204");
    CHECK(field_of(reply, "Allow") == "GET, HEAD, PUT, POST, DELETE, OPTIONS");
    CHECK(field_of(reply, "Access-Control-Allow-Origin") == "https://app.example");
    CHECK(field_of(reply, "Access-Control-Allow-Headers") == "authorization");
}

TEST_CASE("a page of another origin may read only when it is allowed, and else change nothing") {
    House house;
    house.config.cors_origins = {"https://app.example"};
    cache_value(house, "k", "v");
    Visitor visitor(house);
    const auto from_evil = [](Fields& fields) { fields.origin = "https://evil.example"; };
    const auto before = house.backend.commands();

    const auto read = visitor.ask(with(Visitor::request(verb::get, "/k"), from_evil));
    CHECK(status_of(read) == "200");
    CHECK(field_of(read, "Access-Control-Allow-Origin").empty());
    CHECK(field_of(read, "Vary") == "Origin");
    for (const auto method : {verb::put, verb::post, verb::delete_}) {
        CHECK(status_of(visitor.ask(with(Visitor::request(method, "/k", "w"), from_evil))) ==
              "403");
    }
    CHECK(house.backend.commands() == before);
}

TEST_CASE("a page of another origin fetches nothing into keys, whatever a GET is otherwise") {
    House house;
    Visitor visitor(house);
    auto request = Visitor::request(verb::get, "/?url=http://a.example/&key=origin:k");
    request.has_fields = true;
    request.fields.is_cross_site = true;

    CHECK(status_of(visitor.ask(request)) == "403");
    CHECK(body_of(visitor.ask(request)).starts_with("pages of this origin"));
}

TEST_CASE("whoever would subscribe by a POST writes no key instead") {
    House house;
    Visitor visitor(house);
    auto request = Visitor::request(verb::post, "/subscribe/news", "[]");
    request.is_json = request.accepts_events = true;

    CHECK(status_of(visitor.ask(request)) == "501");
    CHECK(house.backend.commands().empty());
}

TEST_CASE("the documents are there to be read") {
    House house;
    Visitor visitor(house);

    CHECK(body_of(visitor.ask(verb::get, "/?docs")).starts_with("# HTTP\n"));
    const auto openapi = visitor.ask(verb::get, "/?openapi");
    CHECK(body_of(openapi).starts_with("openapi: 3.1"));
    CHECK(field_of(openapi, "Content-Type") == "application/yaml");
    CHECK(body_of(visitor.ask(verb::head, "/?docs")).empty());
}

TEST_CASE("Expect with anything but 100-continue fails") {
    House house;
    Visitor visitor(house);
    auto request = Visitor::request(verb::put, "/k", "v");
    request.expects_the_unknown = true;

    CHECK(status_of(visitor.ask(request)) == "417");
    CHECK(house.backend.commands().empty());
}

TEST_CASE(
    "errors come as problems in JSON to who accepts that, and an absent key comes as nothing") {
    House house;
    Visitor visitor(house);
    auto request = Visitor::request(verb::get, "/%zz");
    request.accepts_json = true;

    const auto reply = visitor.ask(request);
    CHECK(field_of(reply, "Content-Type") == "application/problem+json");
    CHECK(body_of(reply).starts_with("{\"type\":\"about:blank\",\"title\":\"Bad Request\","));

    request = Visitor::request(verb::get, "/k");
    request.accepts_json = true;
    visitor.ask(request);
    house.backend.answer_absent(0, "k");
    CHECK(body_of(visitor.read()).empty());

    visitor.ask(request = Visitor::request(verb::get, "/j"));
    house.backend.answer_error(0, "j", "WRONGTYPE no");
    CHECK(field_of(visitor.read(), "Content-Type") == "text/plain; charset=utf-8");
}

TEST_CASE("who sends commands is told errors in the form of their results") {
    House house;
    house.config.token = "secret";
    Visitor visitor(house);
    for (const std::string_view path : {"/", "/pipeline", "/multi-exec"}) {
        auto request = Visitor::request(verb::post, path, "[\"PING\"]");
        request.is_json = true;

        const auto reply = visitor.ask(request);

        CHECK(status_of(reply) == "401");
        CHECK(field_of(reply, "Content-Type") == "application/json");
        CHECK(body_of(reply) ==
              "{\"error\":\"Authorization: Bearer with the right token is needed\"}\n");
    }
    auto of_a_key = Visitor::request(verb::post, "/key", "[]");
    of_a_key.is_json = true;
    CHECK(field_of(visitor.ask(of_a_key), "Content-Type") == "text/plain; charset=utf-8");
}

}  // namespace
}  // namespace nearcache::http
