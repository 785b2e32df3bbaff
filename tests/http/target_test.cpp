#include "http/target.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace nearcache::http {
namespace {

// "PATH" or "PATH ? QUERY"; "(none)" when it is no target of ours.
std::string parts(std::string_view text) {
    const auto target = split_target(text);
    if (!target) return "(none)";
    std::string joined(target->path);
    return target->has_query ? joined.append(" ? ").append(target->query) : joined;
}

std::string decoded(std::string_view text, Plus plus = Plus::is_plus) {
    std::string out = "left over";
    return percent_decode(text, plus, out) ? out : "(malformed)";
}

std::string parameter(std::string_view query, std::string_view name) {
    const auto found = query_parameter(query, name);
    return found ? std::string(*found) : "(none)";
}

TEST_CASE("a target is a path, and a query behind the first question mark") {
    CHECK(parts("/") == "/");
    CHECK(parts("/key") == "/key");
    CHECK(parts("/a/b//c/") == "/a/b//c/");
    CHECK(parts("//host/key") == "//host/key");
    CHECK(parts("/key?") == "/key ? ");
    CHECK(parts("/key?ttl=5") == "/key ? ttl=5");
    CHECK(parts("/key?a=?&b") == "/key ? a=?&b");
    CHECK(parts("/?") == "/ ? ");
}

TEST_CASE("a target stays encoded: %3F is no question mark") {
    CHECK(parts("/a%3Fb%2Fc") == "/a%3Fb%2Fc");
}

TEST_CASE("a fragment is no part of the target") {
    CHECK(parts("/key#top") == "/key");
    CHECK(parts("/key?a=1#top?b") == "/key ? a=1");
    CHECK(parts("/key#?") == "/key");
}

TEST_CASE("of an absolute URL only path and query count") {
    CHECK(parts("http://host/key") == "/key");
    CHECK(parts("http://host:8080/a/b?c=d") == "/a/b ? c=d");
    CHECK(parts("http://host") == "/");
    CHECK(parts("http://host?a=b") == " ? a=b");
    CHECK(parts("http://host#/key") == "/");
    CHECK(parts("HTTP://[::1]:80//key") == "//key");
}

TEST_CASE("a URL within a path or a query is part of the key") {
    CHECK(parts("/http://host/key") == "/http://host/key");
    CHECK(parts("/proxy?key=http://host/key") == "/proxy ? key=http://host/key");
}

TEST_CASE("a star is the server as a whole, and no key") { CHECK(parts("*") == ""); }

TEST_CASE("the authority of a URL is what stands before its path") {
    const auto authority = [](std::string_view target) {
        return std::string(authority_of(target).value_or("(none)"));
    };

    CHECK(authority("http://host/key") == "host");
    CHECK(authority("HTTPS://host:443") == "host:443");
    CHECK(authority("http://host?a=b") == "host");
    CHECK(authority("http://host#top") == "host");
    CHECK(authority("http:///key") == "");
    CHECK(authority("http://a@b:c/key") == "a@b:c");
    for (const std::string_view none : {"", "/key", "*", "host:443", "ftp://host/key", "http:/host",
                                        "http", "httpx://host/", "//host/key"}) {
        CAPTURE(none);
        CHECK(authority(none) == "(none)");
    }
}

TEST_CASE("a host is a name or an address, with or without a port") {
    for (const std::string_view fine :
         {"", "h", "example.com", "EXAMPLE.com:80", "a_b-c.d~", "127.0.0.1:8080", "host:", "[::1]",
          "[::1]:8080", "[fe80::1%25eth0]", "%41.example", "a+b"}) {
        CAPTURE(fine);
        CHECK(is_authority(fine));
    }
    for (const std::string_view wrong :
         {"a b",     "a/b",     "a,b",   "a, b", "user@host", "a?b",  "a#b",       "a\\b",
          "h:80x",   "h:8:0",   "::1",   ":80",  "[::1",      "::1]", "[]",        "[]:80",
          "[::1]80", "[::1]:x", "[a b]", "<h>",  "\"h\"",     "h\t",  "h\xc3\xa9", "h\x7f"}) {
        CAPTURE(wrong);
        CHECK_FALSE(is_authority(wrong));
    }
}

TEST_CASE("what is neither a path nor an absolute URL is no target") {
    CHECK(parts("") == "(none)");
    CHECK(parts("key") == "(none)");
    CHECK(parts("host:443") == "(none)");
    CHECK(parts("?key=a") == "(none)");
    CHECK(parts("key?u=http://host/") == "(none)");
    CHECK(parts("a/b://host/key") == "(none)");
}

TEST_CASE("percent signs are decoded once, in either case, to any byte") {
    CHECK(decoded("") == "");
    CHECK(decoded("plain-._~") == "plain-._~");
    CHECK(decoded("%20") == " ");
    CHECK(decoded("a%2Fb%2fc") == "a/b/c");
    CHECK(decoded("%2541") == "%41");
    CHECK(decoded("%C3%a9") == "\xc3\xa9");
    CHECK(decoded("%00%ff") == std::string("\0\xff", 2));
    CHECK(decoded("\xc3\xa9") == "\xc3\xa9");
}

TEST_CASE("every byte can be written with a percent sign") {
    constexpr std::string_view lower = "0123456789abcdef", upper = "0123456789ABCDEF";
    for (std::size_t byte = 0; byte < 256; ++byte) {
        const std::string expected(1, static_cast<char>(byte));
        for (const auto digits : {lower, upper}) {
            CHECK(decoded(std::string{'%', digits[byte / 16], digits[byte % 16]}) == expected);
        }
    }
}

TEST_CASE("a plus is itself in a path and a space in a form") {
    CHECK(decoded("a+b%2B", Plus::is_plus) == "a+b+");
    CHECK(decoded("a+b%2B", Plus::is_space) == "a b+");
}

TEST_CASE("a percent sign without two digits is malformed, wherever it is") {
    for (const std::string_view text :
         {"%", "%4", "a%", "a%4", "%%41", "%g0", "%0g", "% 1", "%+1", "%-1", "%4%31", "ok%20%zz"}) {
        CAPTURE(text);
        CHECK(decoded(text) == "(malformed)");
    }
}

TEST_CASE("a parameter is found by its whole name, the first of several") {
    CHECK(parameter("key=a", "key") == "a");
    CHECK(parameter("x=1&key=a&key=b", "key") == "a");
    CHECK(parameter("monkey=a&keys=b&KEY=c", "key") == "(none)");
    CHECK(parameter("", "key") == "(none)");
    CHECK(parameter("a=key", "key") == "(none)");
}

TEST_CASE("a parameter may be empty, bare, or hold an equals sign") {
    CHECK(parameter("key=", "key").empty());
    CHECK(parameter("key", "key").empty());
    CHECK(parameter("x&key&y", "key").empty());
    CHECK(parameter("key=a=b", "key") == "a=b");
    CHECK(parameter("&&key=a&&", "key") == "a");
}

TEST_CASE("the value of a parameter stays encoded") {
    CHECK(parameter("key=a%26b+c&ttl=5", "key") == "a%26b+c");
}

}  // namespace
}  // namespace nearcache::http
