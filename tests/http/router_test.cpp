#include "http/router.hpp"

#include <array>
#include <string>

#include <doctest/doctest.h>

namespace nearcache::http {
namespace {

using boost::beast::http::verb;

Route route_of(verb method, std::string_view text) {
    const auto target = split_target(text);
    REQUIRE(target);
    return route(method, *target);
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
         {verb::options, verb::patch, verb::trace, verb::connect, verb::unknown, verb::propfind}) {
        const auto to = route_of(method, "/k");
        CHECK(to.action == Action::not_allowed);
        CHECK(to.allowed == "GET, HEAD, PUT, POST, DELETE");
    }
}

TEST_CASE("the empty key is nobody's: it can be asked for, and not be written") {
    CHECK(route_of(verb::get, "/").action == Action::no_such_key);
    CHECK(route_of(verb::head, "/?a=b").action == Action::no_such_key);
    CHECK(route_of(verb::get, "http://host?a=b").action == Action::no_such_key);
    for (const auto method : {verb::put, verb::post, verb::delete_, verb::options}) {
        const auto to = route_of(method, "/");
        CHECK(to.action == Action::not_allowed);
        CHECK(to.allowed == "GET, HEAD");
    }
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
