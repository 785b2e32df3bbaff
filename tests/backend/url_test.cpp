#include <string>

#include <doctest/doctest.h>

#include "backend/config.hpp"

using nearcache::Endpoint;
using nearcache::backend::parse_url;
using nearcache::backend::Url;

namespace {

// What is wrong with a URL; empty when nothing is.
std::string complaint(std::string_view text) {
    std::string why;
    return parse_url(text, why) ? std::string() : why;
}

Url parsed(std::string_view text) {
    std::string why;
    const auto url = parse_url(text, why);
    CAPTURE(text);
    CAPTURE(why);
    REQUIRE(url.has_value());
    return *url;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("embedded: is the store inside the process") {
    CHECK(parsed("embedded:").scheme == Url::Scheme::embedded);
}

TEST_CASE("a redis URL has a host, a port and a database") {
    const auto url = parsed("redis://cache.example:6400/3");

    CHECK(url.scheme == Url::Scheme::redis);
    CHECK(url.endpoint == Endpoint{"cache.example", 6400});
    CHECK(url.database == 3);
    CHECK(url.user.empty());
    CHECK(url.password.empty());
}

TEST_CASE("port and database of a redis URL may be left out") {
    CHECK(parsed("redis://localhost").endpoint == Endpoint{"localhost", 6379});
    CHECK(parsed("redis://localhost/").database == 0);
    CHECK(parsed("redis://localhost/7").endpoint == Endpoint{"localhost", 6379});
    CHECK(parsed("redis://localhost/7").database == 7);
}

TEST_CASE("an IPv6 address of a redis URL stands in brackets") {
    CHECK(parsed("redis://[::1]").endpoint == Endpoint{"::1", 6379});
    CHECK(parsed("redis://[fe80::1:2]:7000/1").endpoint == Endpoint{"fe80::1:2", 7000});
    CHECK(contains(complaint("redis://::1:6379"), "needs brackets"));
    CHECK(contains(complaint("redis://[::1:6379"), "'[' without ']'"));
    CHECK(contains(complaint("redis://[localhost]:6379"), "not an IPv6 address"));
    CHECK(contains(complaint("redis://[::1]6379"), "port"));
}

TEST_CASE("credentials of a URL are percent-decoded once") {
    const auto url = parsed("redis://al%69ce:p%40ss%3A%2525%2F@host");

    CHECK(url.user == "alice");
    CHECK(url.password == "p@ss:%25/");
    CHECK(url.endpoint.host == "host");
}

TEST_CASE("user and password may come alone") {
    CHECK(parsed("redis://:secret@host").user.empty());
    CHECK(parsed("redis://:secret@host").password == "secret");
    CHECK(parsed("redis://alice@host").user == "alice");
    CHECK(parsed("redis://alice@host").password.empty());
}

TEST_CASE("a password may hold what separates elsewhere") {
    CHECK(parsed("redis://u:a:b@host").password == "a:b");
    CHECK(parsed("redis://u:a@b@host").password == "a@b");
    CHECK(parsed("redis://u:a@b@host").endpoint.host == "host");
}

TEST_CASE("a '%' needs two hex digits behind it") {
    for (const auto* const text :
         {"redis://:%@h", "redis://:%4@h", "redis://:%4g@h", "unix:///a%2"}) {
        CAPTURE(text);
        CHECK(contains(complaint(text), "'%' without two hex digits"));
    }
    CHECK(parsed("redis://:%00%fF@h").password == std::string("\0\xff", 2));
}

TEST_CASE("numbers of a URL are digits within their range") {
    for (const auto* const port :
         {"", "0", "65536", "70000", "-1", "+1", " 1", "0x10", "1a", "6379.0"}) {
        CAPTURE(port);
        CHECK_FALSE(complaint("redis://host:" + std::string(port)).empty());
    }
    for (const auto* const database : {"-1", "+1", "a", "1/", "1/2", "2147483648", "99999999999"}) {
        CAPTURE(database);
        CHECK(contains(complaint("redis://host/" + std::string(database)), "database"));
    }
    CHECK(parsed("redis://host:65535/2147483647").database == 2'147'483'647);
}

TEST_CASE("a unix URL has an absolute path") {
    const auto url = parsed("unix:///run/redis/redis.sock");

    CHECK(url.scheme == Url::Scheme::unix_socket);
    CHECK(url.path == "/run/redis/redis.sock");
    CHECK(url.database == 0);
}

TEST_CASE("a unix URL may carry credentials and a database") {
    const auto url = parsed("unix://alice:p%40s@/run/re%20dis.sock?db=4");

    CHECK(url.user == "alice");
    CHECK(url.password == "p@s");
    CHECK(url.path == "/run/re dis.sock");
    CHECK(url.database == 4);
}

TEST_CASE("what no unix socket can be is refused") {
    CHECK(contains(complaint("unix://"), "no path"));
    CHECK(contains(complaint("unix://?db=/1"), "no path"));
    CHECK(contains(complaint("unix://host/path"), "no host"));
    CHECK(contains(complaint("unix:///path?database=1"), "?db=N"));
    CHECK(contains(complaint("unix:///path?db="), "database"));
    CHECK(contains(complaint("unix:///path?db=1&x=2"), "database"));
    CHECK(contains(complaint("unix:///a%00b"), "NUL"));
    CHECK(contains(complaint("unix:///" + std::string(200, 'a')), "longer"));
    CHECK(complaint("unix:///" + std::string(106, 'a')).empty());
    CHECK_FALSE(complaint("unix:///" + std::string(107, 'a')).empty());
}

TEST_CASE("what is no URL of ours is refused with what is allowed") {
    for (const auto* const text : {"",
                                   "embedded",
                                   "embedded://",
                                   "redis",
                                   "redis:",
                                   "redis:/host",
                                   "REDIS://host",
                                   "host:6379",
                                   "http://host",
                                   "redis://",
                                   "redis://:6379",
                                   "redis:///1",
                                   "redis://u:p@",
                                   "redis://h/1?x=2",
                                   "redis://h#1",
                                   "redis://ho st",
                                   "redis://h\n",
                                   "redis://h\x7f",
                                   "redis://h~",
                                   "redis://h%41"}) {
        CAPTURE(text);
        CHECK(contains(complaint(text), "; allowed: embedded:, redis://"));
    }
}

TEST_CASE("a scheme that is not ours is named") {
    CHECK(complaint("gopher://host").starts_with("gopher:// is no backend; allowed: embedded:"));
    CHECK(complaint("a:b@c://host").starts_with("not a backend URL; allowed: embedded:"));
}

TEST_CASE("a scheme that is to come is named as not supported yet") {
    CHECK(
        contains(complaint("rediss://host"), "rediss:// is not supported yet; allowed: embedded:"));
    CHECK(
        contains(complaint("redis+sentinel://a,b/main"), "redis+sentinel:// is not supported yet"));
    CHECK(contains(complaint("redis+cluster://a:1,b:2"), "redis+cluster:// is not supported yet"));
}

TEST_CASE("what is wrong with a URL is said without its password") {
    for (const auto* const text :
         {"redis://u:hunter2@host:99999", "redis://u:hunter2@host/x", "redis://u:hunter2@h h",
          "redis://u:hunter2%@host", "redis://u:hunter2@", "unix://u:hunter2@host/p",
          "rediss://u:hunter2@host", "http://u:hunter2@host", "redis://u:hunter2/x@host"}) {
        CAPTURE(text);
        const auto why = complaint(text);
        CHECK_FALSE(why.empty());
        CHECK_FALSE(contains(why, "hunter2"));
    }
}

TEST_CASE("a URL is shown without its password") {
    CHECK(parsed("embedded:").without_secrets() == "embedded:");
    CHECK(parsed("redis://host").without_secrets() == "redis://host:6379");
    CHECK(parsed("redis://[::1]:1/2").without_secrets() == "redis://[::1]:1/2");
    CHECK(parsed("redis://alice@host").without_secrets() == "redis://alice@host:6379");
    CHECK(parsed("redis://:secret@host").without_secrets() == "redis://:***@host:6379");
    CHECK(parsed("redis://a%40b:secret@h/1").without_secrets() == "redis://a%40b:***@h:6379/1");
    CHECK(parsed("unix://u:p@/run/a%20b?db=2").without_secrets() == "unix://u:***@/run/a%20b?db=2");
}

TEST_CASE("a URL as shown is a URL again") {
    for (const auto* const text :
         {"embedded:", "redis://h", "redis://u%3A:p@[::1]:77/9", "unix:///a%3Fb?db=3"}) {
        CAPTURE(text);
        const auto shown = parsed(text).without_secrets();

        CHECK(parsed(shown).without_secrets() == shown);
    }
}
