#include "http/origin/params.hpp"

#include <string>

#include <doctest/doctest.h>

#include "http/origin/url.hpp"

namespace nearcache::http::origin {

namespace {

std::string query(std::string_view json) { return query_of_params(json).value_or("(refused)"); }

std::string with_params(std::string_view text, std::string_view json) {
    auto url = parse_url(text);
    url->add_to_query(query(json));
    return url->text();
}

}  // namespace

TEST_CASE("a flat object becomes a query in its own order") {
    CHECK(query(R"({"q":"x"})") == "q=x");
    CHECK(query(R"( {"b":"1" , "a":"2"} )") == "b=1&a=2");
    CHECK(query(R"({"q":"x","q":"y"})") == "q=x&q=y");
    CHECK(query(R"({})") == "");
    CHECK(query(R"({"":""})") == "=");
}

TEST_CASE("numbers stay as they are written, and booleans are words") {
    CHECK(query(R"({"n":1})") == "n=1");
    CHECK(query(R"({"n":-12,"m":18446744073709551615})") == "n=-12&m=18446744073709551615");
    CHECK(query(R"({"n":1.50})") == "n=1.50");
    CHECK(query(R"({"n":1e3})") == "n=1e3");
    CHECK(query(R"({"n":0.1})") == "n=0.1");
    CHECK(query(R"({"n":12345678901234567890123})") == "n=12345678901234567890123");
    CHECK(query(R"({"yes":true,"no":false})") == "yes=true&no=false");
}

TEST_CASE("everything that could end a parameter is escaped") {
    CHECK(query(R"({"a b":"c&d=e#f?g/h+i%j"})") == "a%20b=c%26d%3De%23f%3Fg%2Fh%2Bi%25j");
    CHECK(query(R"({"q":"\r\nHost: evil"})") == "q=%0D%0AHost%3A%20evil");
    CHECK(query(R"({"q":"\u00fc\u0000"})") == "q=%C3%BC%00");
    CHECK(query("{\"q\":\"\xC3\xBC\"}") == "q=%C3%BC");
    CHECK(query(R"({"q":"AZaz09-._~"})") == "q=AZaz09-._~");
}

TEST_CASE("anything but a flat object is refused") {
    for (const std::string json : {"",
                                   " ",
                                   "1",
                                   "\"q\"",
                                   "true",
                                   "null",
                                   "[]",
                                   "[1]",
                                   "{",
                                   "}",
                                   "{\"q\"}",
                                   "{\"q\":}",
                                   "{\"q\":null}",
                                   "{\"q\":{}}",
                                   "{\"q\":[1]}",
                                   "{\"q\":\"x\"",
                                   "{\"q\":\"x\"} x",
                                   "{\"q\":\"x\"}{}",
                                   "{q:1}",
                                   "{'q':1}",
                                   "{\"q\":01}",
                                   "{\"q\":\"x\",}",
                                   "{\"q\":\"\xFF\"}",
                                   "{\"q\":\"\n\"}",
                                   "// c\n{}"}) {
        CAPTURE(json);
        CHECK(query(json) == "(refused)");
    }
}

TEST_CASE("parameters go behind those that the URL has") {
    CHECK(with_params("http://h/p", R"({"q":"x"})") == "http://h/p?q=x");
    CHECK(with_params("http://h/p?", R"({"q":"x"})") == "http://h/p?q=x");
    CHECK(with_params("http://h/p?a=b", R"({"q":"x","r":1})") == "http://h/p?a=b&q=x&r=1");
    CHECK(with_params("http://h/p#part", R"({"q":"x"})") == "http://h/p?q=x");
    CHECK(with_params("http://h/p", "{}") == "http://h/p");
}

}  // namespace nearcache::http::origin
