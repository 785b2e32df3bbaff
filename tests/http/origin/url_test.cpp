#include "http/origin/url.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::http::origin {

namespace {

// As it is understood, or "(refused)".
std::string normal(std::string_view text) {
    const auto url = parse_url(text);
    return url ? url->text() : "(refused)";
}

struct Reading {
    std::string text;
    std::string normal;
};

}  // namespace

TEST_CASE("a URL is understood in its normal form") {
    const std::vector<Reading> readings = {
        {"http://example.com", "http://example.com/"},
        {"http://example.com/a/b?x=1&y=2", "http://example.com/a/b?x=1&y=2"},
        {"HTTPS://EXAMPLE.com/Path", "https://example.com/Path"},
        {"http://example.com./", "http://example.com/"},
        {"http://example.com:80/", "http://example.com/"},
        {"https://example.com:443/", "https://example.com/"},
        {"http://example.com:443/", "http://example.com:443/"},
        {"https://example.com:80/", "https://example.com:80/"},
        {"http://example.com:/", "http://example.com/"},
        {"http://example.com:0080/", "http://example.com/"},
        {"http://example.com:65535/", "http://example.com:65535/"},
        {"http://example.com?x", "http://example.com/?x"},
        {"http://example.com/?", "http://example.com/?"},
        {"http://example.com/a#b", "http://example.com/a"},
        {"http://example.com/#@evil.example/", "http://example.com/"},
        {"http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"},
        {"http://my_service:3000/", "http://my_service:3000/"},
        {"http://localhost/", "http://localhost/"},
        {"http://2130706433/", "http://2130706433/"},
        {"http://0x7f.1/", "http://0x7f.1/"},
        {"http://127.0.0.1/", "http://127.0.0.1/"},
        {"http://[::1]/", "http://[::1]/"},
        {"http://[0:0:0:0:0:0:0:1]:81/", "http://[::1]:81/"},
        {"http://[2001:DB8::A]/", "http://[2001:db8::a]/"},
        {"http://[::ffff:127.0.0.1]/", "http://[::ffff:127.0.0.1]/"},
        {"http://h/a/./b", "http://h/a/b"},
        {"http://h/a/../b", "http://h/b"},
        {"http://h/../../b", "http://h/b"},
        {"http://h/a/b/..", "http://h/a/"},
        {"http://h/a/.", "http://h/a/"},
        {"http://h/a/%2e%2E/b", "http://h/b"},
        {"http://h/a/.%2e/b", "http://h/b"},
        {"http://h/%41%7e%2d", "http://h/A~-"},
        {"http://h/a%2fb%3a", "http://h/a%2Fb%3A"},
        {"http://h/a//b/", "http://h/a//b/"},
        {"http://h/?q=../x", "http://h/?q=../x"},
        {"http://h/@evil.example", "http://h/@evil.example"},
    };
    for (const auto& reading : readings) {
        CAPTURE(reading.text);
        CHECK(normal(reading.text) == reading.normal);
        // What is normal stays as it is.
        CHECK(normal(reading.normal) == reading.normal);
    }
}

TEST_CASE("what is no plain URL of http is refused") {
    using namespace std::string_literals;
    const std::vector<std::string> refused = {
        "",
        "example.com",
        "/path",
        "//example.com/",
        "http:",
        "http:/example.com",
        "http:example.com",
        "http://",
        "http:///path",
        "http://:80/",
        "http://?x",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "redis://example.com/",
        "unix:///tmp/x",
        "httpx://example.com/",
        "http+unix://example.com/",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://@example.com/",
        "http://:@example.com/",
        "http://allowed.example@evil.example/",
        "http://allowed.example%40evil.example/",
        "http://allowed.example\\@evil.example/",
        "http:\\\\example.com\\",
        "http://example.com\\.evil.example/",
        "http://example.com:80@evil.example/",
        "http://example.com:99999/",
        "http://example.com:65536/",
        "http://example.com:0/",
        "http://example.com:-1/",
        "http://example.com:8o/",
        "http://exa mple.com/",
        "http://example.com /",
        " http://example.com/",
        "http://example.com/a b",
        "http://example.com/\t",
        "http://exam\tple.com/",
        "http://example.com/\r\nHost: evil.example",
        "http://example.com\n/",
        "ht\ntp://example.com/",
        "http://example.com\0.evil.example/"s,
        "http://example.com/\0"s,
        "http://example.com%00.evil.example/",
        "http://ex%61mple.com/",
        "http://127.0.0.1%2f@example.com/",
        "http://b\xC3\xBC"
        "cher.example/",
        "http://\xE2\x91\xA0\xE2\x91\xA1\xE2\x91\xA6.0.0.1/",
        "http://example\xE3\x80\x82"
        "com/",
        "http://example.com/\xC3\xBC",
        "http://example..com/",
        "http://.example.com/",
        "http://example.com../",
        "http://./",
        "http://exam*ple.com/",
        "http://exam;ple.com/",
        "http://(example).com/",
        "http://[::1/",
        "http://::1/",
        "http://[::1%25lo]/",
        "http://[fe80::1%lo]/",
        "http://[v1.x]/",
        "http://[127.0.0.1]/",
        "http://[]/",
        "http://example.com/%",
        "http://example.com/%zz",
        "http://example.com/%2",
        "http://" + std::string(64, 'a') + ".com/",
        "http://" + std::string(254, 'a') + "/",
    };
    for (const auto& text : refused) {
        CAPTURE(text);
        CHECK(normal(text) == "(refused)");
    }
}

TEST_CASE("a URL says what goes into a request and into a log") {
    const auto url = parse_url("http://[::1]:8080/a/b?secret=1#part");

    REQUIRE(url);
    CHECK(url->host == "::1");
    CHECK(url->port == 8080);
    CHECK(url->authority() == "[::1]:8080");
    CHECK(url->target() == "/a/b?secret=1");
    CHECK(url->without_query() == "http://[::1]:8080/a/b");
}

TEST_CASE("dot segments never lead above the root of a path") {
    CHECK(remove_dot_segments("/a/b/../../../../c") == "/c");
    CHECK(remove_dot_segments("/..") == "/");
    CHECK(remove_dot_segments("") == "/");
    CHECK(remove_dot_segments("/a/./../b/.") == "/b/");
    CHECK(remove_dot_segments("/a//../b") == "/a/b");
    CHECK(remove_dot_segments("/...") == "/...");
}

}  // namespace nearcache::http::origin
