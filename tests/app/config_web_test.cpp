#include "app/config_web.hpp"

#include <string>

#include <doctest/doctest.h>

#include "tests/app/config_loading.hpp"

using namespace nearcache::app;
using namespace nearcache::app::test;

namespace {

// The origin as it is kept; what is wrong with it, in brackets.
std::string web_origin(const std::string& text) {
    std::string origin = "unchanged";
    const auto wrong = read_web_origin(text, origin);
    if (!wrong) return origin;
    CHECK(origin == "unchanged");
    return "(" + *wrong + ")";
}

}  // namespace

TEST_CASE("the origin of a page is kept as browsers name it") {
    CHECK(web_origin("https://app.example") == "https://app.example");
    CHECK(web_origin("HTTP://LocalHost:3000") == "http://localhost:3000");
    CHECK(web_origin("https://app.example:443") == "https://app.example");
    CHECK(web_origin("http://app.example:80") == "http://app.example");
    CHECK(web_origin("http://app.example:443") == "http://app.example:443");
    CHECK(web_origin("https://[2001:DB8::1]:8443") == "https://[2001:db8::1]:8443");
    CHECK(web_origin("http://[::1]") == "http://[::1]");
    CHECK(web_origin("chrome-extension://abcdefgh") == "chrome-extension://abcdefgh");
    CHECK(web_origin("*") == "*");
}

TEST_CASE("what is no origin of a page is refused") {
    CHECK(web_origin("app.example") ==
          "('app.example' is not the origin of a page; allowed: https://HOST[:PORT] or the like "
          "without a path, *)");
    for (const auto* const wrong : {"",
                                    "null",
                                    "https://",
                                    "https:///",
                                    "https://a/",
                                    "https://a/b",
                                    "https://a?b",
                                    "https://u@a",
                                    "https://*.a",
                                    "https://a:",
                                    "https://a:0",
                                    "https://a:65536",
                                    "https://a:b",
                                    "https://a:1:2",
                                    "https://::1",
                                    "https://[::1",
                                    "https://[a]:1",
                                    "https://:80",
                                    "://a",
                                    "1s://a",
                                    "h ttp://a",
                                    "https://a\r\nX: y",
                                    "https://a b",
                                    "**"}) {
        CAPTURE(wrong);
        CHECK(web_origin(wrong).starts_with("("));
    }
}

TEST_CASE("commas part origins in a flag, and one may not be there twice") {
    CHECK(load({"--http-cors-origin", "https://a, https://b:1", "--http-cors-origin", "http://c"})
              .config.http.cors_origins == Words{"https://a", "https://b:1", "http://c"});
    CHECK(load({"--http-cors-origin", ""}).config.http.cors_origins.empty());
    CHECK(complaint({"--http-cors-origin", "https://a,HTTPS://A:443"}) ==
          "nearcache: --http-cors-origin: 'https://a' is given twice");
    CHECK(complaint({"--http-cors-origin", "https://a,"}).starts_with("nearcache: --http-cors-"));
}

TEST_CASE("a list of origins replaces that of a weaker source") {
    const TextFile file("http:\n  cors_origins: [https://a, 'https://b']\n");

    CHECK(load({"--config", file.path()}).config.http.cors_origins ==
          Words{"https://a", "https://b"});
    CHECK(load({"--config", file.path()}, {{"NEARCACHE_HTTP_CORS_ORIGINS", "https://c"}})
              .config.http.cors_origins == Words{"https://c"});
}

TEST_CASE("what may be fetched is checked, and its numbers are bounded") {
    const auto loaded =
        load({"--origin-allow", "https://api.example/v1,http://b:8000", "--origin-allow-private",
              "on", "--origin-key-prefix", "web%3A", "--origin-ttl", "5m",
              "--origin-connect-timeout", "1s", "--origin-timeout", "3s", "--origin-max-header",
              "8KiB", "--origin-max-fetches", "7", "--origin-ca-file", "/ca.pem"});
    const auto& origin = loaded.config.http.origin;

    CHECK(origin.allow == Words{"https://api.example/v1", "http://b:8000"});
    CHECK(origin.allows_private);
    CHECK(origin.key_prefix == "web:");
    CHECK(origin.ttl == std::chrono::minutes(5));
    CHECK(origin.connect_timeout == std::chrono::seconds(1));
    CHECK(origin.timeout == std::chrono::seconds(3));
    CHECK(origin.max_header_bytes == 8192);
    CHECK(origin.max_fetches == 7);
    CHECK(origin.ca_file == "/ca.pem");
    CHECK(complaint({"--origin-allow", "ftp://a"}).starts_with("nearcache: --origin-allow: "));
    CHECK(complaint({"--origin-max-fetches", "0"}) ==
          "nearcache: --origin-max-fetches: '0' is out of range; allowed: 1 to 1000000");
}

TEST_CASE("what JSON may hold is bounded") {
    const auto loaded = load({"--http-max-json-depth", "2", "--http-max-pipeline", "1"});

    CHECK(loaded.config.http.max_json_depth == 2);
    CHECK(loaded.config.http.max_pipeline == 1);
    CHECK(complaint({"--http-max-json-depth", "257"}) ==
          "nearcache: --http-max-json-depth: '257' is out of range; allowed: 2 to 256");
}

TEST_CASE("a media type has a type, a subtype and parameters, and nothing else") {
    for (const auto* const type :
         {"image/png", "text/html; charset=utf-8", "text/html;charset=utf-8",
          "application/problem+json", "a/b ;\tc=d;e=\"f, \\\"g\\\"; h\"", "x/!#$%&'*+-.^_`|~"}) {
        CAPTURE(type);
        CHECK_FALSE(complain_unless_media_type(type).has_value());
    }
    for (const auto* const wrong : {"",
                                    "/",
                                    "image",
                                    "image/",
                                    "/png",
                                    "image/png/",
                                    "image /png",
                                    "image/png;",
                                    "image/png; ",
                                    "image/png; a",
                                    "image/png; a=",
                                    "image/png; a=\"b",
                                    "image/png; a=\"b\\",
                                    "image/png; a=\"b\"c",
                                    "image/png, text/html",
                                    "image/png\r\nX: y",
                                    "image/png\n",
                                    "image/png; a=\"\r\n\"",
                                    "image/png; a=\"\x7f\"",
                                    "image/\xc3\xbc",
                                    "im(g/png",
                                    " a/b",
                                    "a/b "}) {
        CAPTURE(wrong);
        CHECK(complain_unless_media_type(wrong).has_value());
    }
    CHECK(complain_unless_media_type(std::string("a/b\0c", 5)).has_value());
}
