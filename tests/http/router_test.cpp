#include "http/router.hpp"

#include <array>
#include <string>

#include <doctest/doctest.h>

namespace nearcache::http {
namespace {

using boost::beast::http::verb;

Route route_of(verb method, std::string_view text, const Sort& sort = {}) {
    const auto target = split_target(text);
    REQUIRE(target);
    return route(method, *target, sort);
}

constexpr std::array<verb, 5> verbs_of_keys{verb::get, verb::head, verb::put, verb::post,
                                            verb::delete_};

TEST_CASE("the method says what is done with a key") {
    CHECK(route_of(verb::get, "/k").action == Action::look_up);
    CHECK(route_of(verb::head, "/k").action == Action::look_up);
    CHECK(route_of(verb::put, "/k").action == Action::store);
    CHECK(route_of(verb::post, "/k").action == Action::store);
    CHECK(route_of(verb::delete_, "/k").action == Action::remove);
}

TEST_CASE("the key is the path without its first slash, still encoded, and plus is plus") {
    for (const auto method : verbs_of_keys) {
        const auto to = route_of(method, "/a%20b/c//?ttl=5");
        CHECK(to.encoded_key == "a%20b/c//");
        CHECK(to.plus == Plus::is_plus);
    }
    CHECK(route_of(verb::get, "//").encoded_key == "/");
}

TEST_CASE("any other method is not allowed on a key, and told which are") {
    for (const auto method :
         {verb::patch, verb::trace, verb::connect, verb::unknown, verb::propfind}) {
        const auto to = route_of(method, "/k");
        CHECK(to.action == Action::not_allowed);
        CHECK(to.allowed == "GET, HEAD, PUT, POST, DELETE, OPTIONS");
    }
}

TEST_CASE("the empty key is nobody's: it can be asked for, and not be written") {
    CHECK(route_of(verb::get, "/").action == Action::no_such_key);
    CHECK(route_of(verb::head, "/?a=b").action == Action::no_such_key);
    CHECK(route_of(verb::get, "http://host?a=b").action == Action::no_such_key);
    for (const auto method : {verb::put, verb::post, verb::delete_}) {
        const auto to = route_of(method, "/");
        CHECK(to.action == Action::not_allowed);
        CHECK(to.allowed == "GET, HEAD, POST, OPTIONS");
    }
}

TEST_CASE("OPTIONS is told what there is") {
    CHECK(route_of(verb::options, "/k").action == Action::options);
    CHECK(route_of(verb::options, "/k").allowed == "GET, HEAD, PUT, POST, DELETE, OPTIONS");
    CHECK(route_of(verb::options, "/").allowed == "GET, HEAD, POST, OPTIONS");
}

TEST_CASE("a POST of JSON to three paths is commands, and anything else is a key's") {
    const Sort json{.is_json = true};

    CHECK(route_of(verb::post, "/", json).action == Action::command);
    CHECK(route_of(verb::post, "/pipeline", json).action == Action::pipeline);
    CHECK(route_of(verb::post, "/multi-exec", json).action == Action::transaction);

    CHECK(route_of(verb::post, "/").action == Action::not_allowed);
    CHECK(route_of(verb::post, "/pipeline").action == Action::store);
    CHECK(route_of(verb::post, "/multi-exec").action == Action::store);
    CHECK(route_of(verb::put, "/pipeline", json).action == Action::store);
    CHECK(route_of(verb::get, "/pipeline", json).action == Action::look_up);
    CHECK(route_of(verb::post, "/pipeline/", json).action == Action::store);
    CHECK(route_of(verb::post, "/other", json).action == Action::store);
}

TEST_CASE("the query of the empty path may ask for several keys, or for one from elsewhere") {
    CHECK(route_of(verb::get, "/?keys=a,b").action == Action::many);
    CHECK(route_of(verb::head, "/?x=1&keys=a").action == Action::many);
    CHECK(route_of(verb::get, "/?url=http://a&key=k").action == Action::origin);
    CHECK(route_of(verb::get, "/?key=k&url=x&keys=y").action == Action::origin);
    CHECK(route_of(verb::get, "/?key=k").action == Action::no_such_key);
    CHECK(route_of(verb::get, "/k?keys=a").action == Action::look_up);
}

TEST_CASE("who asks for a page at the empty path gets one") {
    const Sort browser{.accepts_html = true};

    CHECK(route_of(verb::get, "/", browser).action == Action::front_page);
    CHECK(route_of(verb::head, "/?utm=1", browser).action == Action::front_page);
    CHECK(route_of(verb::get, "/?keys=a", browser).action == Action::many);
    CHECK(route_of(verb::get, "/k", browser).action == Action::look_up);
}

TEST_CASE("/proxy with a query names its key in a parameter, in form encoding") {
    for (const auto method : {verb::get, verb::head}) {
        const auto to = route_of(method, "/proxy?x=1&key=a+b%2Fc");
        CHECK(to.action == Action::look_up);
        CHECK(to.encoded_key == "a+b%2Fc");
        CHECK(to.plus == Plus::is_space);
    }
}

TEST_CASE("/proxy may ask for the empty key, but must name one") {
    CHECK(route_of(verb::get, "/proxy?key=").action == Action::look_up);
    CHECK(route_of(verb::get, "/proxy?key").action == Action::look_up);
    CHECK(route_of(verb::get, "/proxy?").action == Action::bad_query);
    CHECK(route_of(verb::get, "/proxy?k=a").action == Action::bad_query);
}

TEST_CASE("a key may be called proxy") {
    CHECK(route_of(verb::get, "/proxy").action == Action::look_up);
    CHECK(route_of(verb::get, "/proxy").encoded_key == "proxy");
    CHECK(route_of(verb::put, "/proxy?ttl=5").action == Action::store);
    CHECK(route_of(verb::put, "/proxy?key=a").encoded_key == "proxy");
    CHECK(route_of(verb::get, "/proxy/?key=a").encoded_key == "proxy/");
    CHECK(route_of(verb::get, "/proxyx?key=a").encoded_key == "proxyx");
}

}  // namespace
}  // namespace nearcache::http
