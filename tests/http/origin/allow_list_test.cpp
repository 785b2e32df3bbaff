#include "http/origin/allow_list.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::http::origin {

namespace {

bool allows(const std::vector<std::string>& rules, std::string_view text) {
    const auto url = parse_url(text);
    return url && AllowList(rules).allows(*url);
}

}  // namespace

TEST_CASE("an empty list allows nothing") {
    CHECK(AllowList({}).empty());
    CHECK_FALSE(allows({}, "http://example.com/"));
}

TEST_CASE("scheme, host and port must be those of one rule") {
    const std::vector<std::string> rules = {"http://example.com", "https://secure.example:8443"};

    CHECK(allows(rules, "http://example.com"));
    CHECK(allows(rules, "http://EXAMPLE.com:80/x?y"));
    CHECK(allows(rules, "http://example.com./"));
    CHECK(allows(rules, "https://secure.example:8443/"));

    for (const std::string text :
         {"https://example.com/", "http://example.com:8080/", "http://www.example.com/",
          "http://example.com.evil.example/", "http://evil.example/example.com",
          "http://evil.example/?http://example.com", "http://evil.example#http://example.com",
          "http://example.com@evil.example/", "http://evilexample.com/", "http://example.co/",
          "http://example/", "http://secure.example:8443/", "https://secure.example/",
          "https://secure.example:84430/", "http://127.0.0.1/", "http://[::1]/"}) {
        CAPTURE(text);
        CHECK_FALSE(allows(rules, text));
    }
}

TEST_CASE("an explicit port of the scheme is the same as none, in rules as well") {
    CHECK(allows({"http://example.com:80"}, "http://example.com/"));
    CHECK(allows({"https://example.com"}, "https://example.com:443/"));
    CHECK(allows({"HTTP://Example.Com./"}, "http://example.com/"));
    CHECK(allows({"http://[0:0::1]:81/"}, "http://[::1]:81/"));
}

TEST_CASE("a path of a rule holds for what is below it, segment by segment") {
    const std::vector<std::string> rules = {"http://h/api"};

    for (const std::string text :
         {"http://h/api", "http://h/api/", "http://h/api/x", "http://h/api?x",
          "http://h/api/../api", "http://h/x/../api/y", "http://h/api/a%2fb", "http://h/api/a%20b",
          "http://h/api/%25", "http://h/%61pi/x", "http://h/api/..x", "http://h/api/x..",
          "http://h/api/a;v=1/b"}) {
        CAPTURE(text);
        CHECK(allows(rules, text));
    }
    for (const std::string text : {"http://h/", "http://h/ap", "http://h/apix", "http://h/API",
                                   "http://h/x/api", "http://h//api", "http://h/api%78"}) {
        CAPTURE(text);
        CHECK_FALSE(allows(rules, text));
    }
}

TEST_CASE("no spelling of a path leads out of the path of its rule") {
    const std::vector<std::string> rules = {"http://h/api"};

    for (const std::string text : {"http://h/api/..",
                                   "http://h/api/../secret",
                                   "http://h/api/%2e%2e/secret",
                                   "http://h/api/.%2E/secret",
                                   "http://h/api/..%2fsecret",
                                   "http://h/api/%2e%2e%2fsecret",
                                   "http://h/api%2f..%2fsecret",
                                   "http://h/api%2f%2e%2e%2fsecret",
                                   "http://h/api/..%5csecret",
                                   "http://h/api/%5c..%5csecret",
                                   "http://h/api/..%5Csecret",
                                   "http://h/api/%252e%252e/secret",
                                   "http://h/api/%252e%252e%252fsecret",
                                   "http://h/api/..%252fsecret",
                                   "http://h/api/%25252e%25252e%25252fsecret",
                                   "http://h/api/x/../../secret",
                                   "http://h/api/x/..%2f..%2fsecret",
                                   "http://h/api/..;/secret",
                                   "http://h/api/..;x=1/secret",
                                   "http://h/api/..%3b/secret",
                                   "http://h/api/.%00./secret",
                                   "http://h/api/%00",
                                   "http://h/api/%2500",
                                   "http://h/api/%2525252525252e",
                                   "http://h/api//../../secret"}) {
        CAPTURE(text);
        CHECK_FALSE(allows(rules, text));
    }
}

TEST_CASE("a rule with a path of its own root holds for the whole host, whatever its spelling") {
    CHECK(allows({"http://h"}, "http://h/anything/at%2fall"));
    CHECK(allows({"http://h/"}, "http://h/anything"));
    CHECK(allows({"http://h/a/../"}, "http://h/anything"));
    CHECK(allows({"http://h/api/"}, "http://h/api/x"));
    CHECK_FALSE(allows({"http://h/api/"}, "http://h/api"));
    CHECK(allows({"http://h/a%20b"}, "http://h/a%20b/c"));
    CHECK(allows({"http://h/a%2Fb"}, "http://h/a%2fb/c"));
    CHECK_FALSE(allows({"http://h/a%2Fb"}, "http://h/a"));
}

TEST_CASE("a rule that says nothing sensible is complained of") {
    for (const std::string text :
         {"http://example.com", "https://example.com:8443/api/v1", "http://127.0.0.1:8000",
          "http://[::1]/", "http://localhost:3000/x%20y"}) {
        CAPTURE(text);
        CHECK_FALSE(complain_about_rule(text).has_value());
    }
    for (const std::string text :
         {"", "*", "example.com", "http://", "http://*", "http://*.example.com",
          "ftp://example.com", "http://user@example.com", "http://example.com/?x",
          "http://example.com/#x", "http://example.com:0", "http://example.com/%",
          "http://example.com/%00", "http://exam ple.com"}) {
        CAPTURE(text);
        CHECK(complain_about_rule(text).has_value());
    }
}

}  // namespace nearcache::http::origin
