#include "http/request_parser.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/http/reading.hpp"

namespace nearcache::http {
namespace {

using boost::beast::http::verb;

TEST_CASE("a request is its method, target, body and whether the connection stays") {
    read_in_parts(
        "PUT /a%20b?ttl=5 HTTP/1.1\r\nHost: h\r\nX-Y: z\r\nContent-Length: 5\r\n\r\nva\r\nl",
        [](const Reading& reading) {
            CHECK(reading.is_whole());
            CHECK(reading.request.method == verb::put);
            CHECK(reading.request.target == "/a%20b?ttl=5");
            CHECK(reading.request.body == "va\r\nl");
            CHECK(reading.request.keeps_alive);
            CHECK_FALSE(reading.request.is_http_1_0);
            CHECK_FALSE(reading.request.expects_continue);
        });
}

TEST_CASE("a condition that names nothing is a condition all the same") {
    read_in_parts("PUT /k HTTP/1.1\r\nHost: h\r\nIf-Match:\r\nContent-Length: 0\r\n\r\n",
                  [](const Reading& reading) {
                      CHECK(reading.is_whole());
                      CHECK(reading.request.fields.is_conditional());
                      CHECK(reading.request.fields.if_match != "*");
                  });
}

TEST_CASE("a part of a value, a broken number and a page of elsewhere are noted") {
    read_in_parts(
        "PUT /k HTTP/1.1\r\nHost: h\r\nContent-Range: bytes 0-2/10\r\nSec-Fetch-Site: "
        "cross-site\r\n"
        "Cache-Control: max-age=soon\r\nContent-Length: 0\r\n\r\n",
        [](const Reading& reading) {
            CHECK(reading.is_whole());
            CHECK(reading.request.has_content_range);
            CHECK(reading.request.has_broken_number);
            CHECK(reading.request.fields.is_cross_site);
        });
    read_in_parts(
        "PUT /k HTTP/1.1\r\nHost: h\r\nSec-Fetch-Site: same-origin\r\n"
        "Cache-Control: max-age=5, no-cache\r\nContent-Length: 0\r\n\r\n",
        [](const Reading& reading) {
            CHECK_FALSE(reading.request.has_content_range);
            CHECK_FALSE(reading.request.has_broken_number);
            CHECK_FALSE(reading.request.fields.is_cross_site);
        });
}

TEST_CASE("a chunked body is put together, its extensions and trailers left out") {
    read_in_parts(
        "POST /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: u\r\n\r\n",
        [](const Reading& reading) {
            CHECK(reading.is_whole());
            CHECK(reading.request.body == "abc0123456789");
        });
}

TEST_CASE("a request ends where the next begins") {
    constexpr std::string_view first = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

    read_in_parts(std::string(first) + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n",
                  [first](const Reading& reading) {
                      CHECK(reading.is_whole());
                      CHECK(reading.used == first.size());
                      CHECK(reading.request.target == "/a");
                  });
    read_in_parts(in_chunks("1\r\nv\r\n0\r\n\r\nGET"), [](const Reading& reading) {
        CHECK(reading.is_whole());
        CHECK(reading.used == in_chunks("1\r\nv\r\n0\r\n\r\n").size());
    });
}

TEST_CASE("an empty line before a request is not for the parser to pass over") {
    check_refused("\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n");
}

TEST_CASE("the connection stays or goes as version and Connection say") {
    const auto keeps_alive = [](std::string_view version, std::string_view fields) {
        std::string bytes = "GET /k ";
        bytes.append(version).append("\r\nHost: h\r\n").append(fields).append("\r\n");
        return Reading(bytes).request.keeps_alive;
    };

    CHECK(keeps_alive("HTTP/1.1", ""));
    CHECK_FALSE(keeps_alive("HTTP/1.1", "Connection: close\r\n"));
    CHECK_FALSE(keeps_alive("HTTP/1.1", "connection: x, Close\r\n"));
    CHECK_FALSE(keeps_alive("HTTP/1.0", ""));
    CHECK(keeps_alive("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST_CASE("HTTP/1.1 names its host exactly once, HTTP/1.0 at most once") {
    check_taken("GET /k HTTP/1.1\r\nHost:\r\n\r\n");
    check_refused("GET /k HTTP/1.1\r\n\r\n");
    check_refused("GET /k HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    check_refused("GET /k HTTP/1.1\r\nHost: a\r\nX: y\r\nhost: b\r\n\r\n");

    check_taken("GET /k HTTP/1.0\r\n\r\n");
    check_taken("GET /k HTTP/1.0\r\nHost: a\r\n\r\n");
    check_refused("GET /k HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n");
}

TEST_CASE("a Host that is no host is refused") {
    for (const std::string_view host :
         {"a b", "a/b", "user@a", "a, b", "a,b", "a:b", "a\tb", "?"}) {
        check_refused("GET /k HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
        check_refused("GET /k HTTP/1.0\r\nHost: " + std::string(host) + "\r\n\r\n");
    }
    check_taken("GET /k HTTP/1.1\r\nHost: \t [::1]:80 \t\r\n\r\n");
}

TEST_CASE("a whole URL as the target names the host, whatever the Host field says") {
    read_in_parts("GET http://one:1/k HTTP/1.1\r\nHost: two\r\n\r\n", [](const Reading& reading) {
        CHECK(reading.is_whole());
        CHECK(reading.request.host == "one:1");
        CHECK(reading.request.target == "http://one:1/k");
    });
    CHECK(Reading("GET /k HTTP/1.1\r\nHost: two\r\n\r\n").request.host == "two");
    check_refused("GET http://one/k HTTP/1.1\r\n\r\n");
    check_refused("GET http://one/k HTTP/1.1\r\nHost: a b\r\n\r\n");
}

TEST_CASE("a target is a path, or a URL with a host; for OPTIONS a star; and nothing else") {
    const auto request = [](std::string_view line) {
        return std::string(line) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    };
    for (const std::string_view line :
         {"GET /", "OPTIONS *", "OPTIONS /k", "GET http://h", "GET HTTPS://h:1/k?a=b",
          "GET http://[::1]/", "CONNECT /k"}) {
        check_taken(request(line));
    }
    for (const std::string_view line :
         {"GET *", "PUT *", "BREW *", "GET k", "GET h:80", "CONNECT h:443", "CONNECT h", "GET ?a=b",
          "GET ftp://h/k", "GET http://", "GET http:///k", "GET http://u@h/k", "GET http://h:x/k",
          "GET http://a,b/k", "GET **", "OPTIONS h:80", "GET #k", "GET \\k"}) {
        check_refused(request(line));
    }
}

TEST_CASE("the version is seen") {
    CHECK(Reading("GET /k HTTP/1.0\r\n\r\n").request.is_http_1_0);
    CHECK_FALSE(Reading("GET /k HTTP/1.1\r\nHost: h\r\n\r\n").request.is_http_1_0);
}

TEST_CASE("a later minor version is read as HTTP/1.1") {
    for (char minor = '2'; minor <= '9'; ++minor) {
        const std::string version = std::string("HTTP/1.") + minor;
        read_in_parts("PUT /a " + version + "\r\nHost: h\r\nContent-Length: 1\r\n\r\nv",
                      [](const Reading& reading) {
                          CHECK(reading.is_whole());
                          CHECK(reading.request.keeps_alive);
                          CHECK_FALSE(reading.request.is_http_1_0);
                          CHECK(reading.request.target == "/a");
                          CHECK(reading.request.body == "v");
                      });
        check_refused("GET /k " + version + "\r\n\r\n");
    }
}

TEST_CASE("another major version is told apart from what is no version") {
    for (const std::string_view version :
         {"HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/0.0", "HTTP/9.9"}) {
        check_refused("GET /k " + std::string(version) + "\r\nHost: h\r\n\r\n",
                      Flaw::other_version);
    }
    check_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Flaw::other_version);
    for (const std::string_view version :
         {"HTTP/1", "HTTP/11", "HTTP/1.10", "HTTP/1.1x", "HTTP/1.x", "HTTP/2", "HTTP/+1.1",
          "http/1.1", "HTTPS/1.1", " HTTP/1.1", "HTTP/1.1 ", "HTTP /1.1", "x HTTP/1.1",
          "x HTTP/2.0", "HTTP/ 1.1", "HTTP/01.1", "HTTP/1,1"}) {
        check_refused("GET /k " + std::string(version) + "\r\nHost: h\r\n\r\n");
    }
}

TEST_CASE("a client that waits for 100 Continue is seen") {
    constexpr std::string_view rest = "Host: h\r\nContent-Length: 3\r\n\r\n";
    const auto expects = [&](std::string_view field) {
        std::string bytes = "PUT /k HTTP/1.1\r\n";
        bytes.append(field).append(rest);
        return Reading(bytes).request.expects_continue;
    };

    CHECK(expects("Expect: 100-continue\r\n"));
    CHECK(expects("expect: 100-Continue\r\n"));
    CHECK_FALSE(expects("Expect: something-else\r\n"));
    CHECK_FALSE(expects(""));
}

TEST_CASE("a target of the longest length is taken, a longer one is told apart") {
    const auto with_target = [](std::size_t size) {
        return "GET /" + std::string(size - 1, 'k') + " HTTP/1.1\r\nHost: h\r\n\r\n";
    };

    check_taken(with_target(limits.target_bytes));
    check_refused(with_target(limits.target_bytes + 1), Flaw::target_too_long);
    check_refused(with_target(limits.head_bytes + 10), Flaw::target_too_long);
}

TEST_CASE("a head of the longest length is taken, a longer one is told apart, however it comes") {
    const auto with_head = [](std::size_t size) {
        const auto room = size - get_with("X: \r\n").size();
        return get_with("X: " + std::string(room, 'x') + "\r\n");
    };

    check_taken(with_head(limits.head_bytes));
    check_refused(with_head(limits.head_bytes + 1), Flaw::head_too_large);
    check_refused(with_head(limits.head_bytes + 100), Flaw::head_too_large);
    check_refused(get_with("X: " + std::string(1000, 'x')), Flaw::head_too_large);
}

TEST_CASE("the body behind a head does not count as head") {
    check_taken(get_with("Content-Length: 50\r\nX: " + std::string(220, 'x') + "\r\n") +
                std::string(50, 'v'));
}

TEST_CASE("a body that is too long is refused, by its length before it comes") {
    check_taken(put_with("Content-Length: 50\r\n", std::string(50, 'v')));
    check_refused(put_with("Content-Length: 51\r\n", ""), Flaw::body_too_large);
    check_refused(put_with("Content-Length: 18446744073709551615\r\n", ""), Flaw::body_too_large);
    check_taken(in_chunks("32\r\n" + std::string(50, 'v') + "\r\n0\r\n\r\n"));
    check_refused(in_chunks("33\r\n"), Flaw::body_too_large);
    check_refused(in_chunks("1\r\nv\r\n32\r\n"), Flaw::body_too_large);
    check_refused(in_chunks("FFFFFFFFFFFFFFFF\r\n"), Flaw::body_too_large);
}

TEST_CASE("memory follows the body that came, not the length that was announced") {
    Request request;
    RequestParser parser(request,
                         {.target_bytes = 40, .head_bytes = 300, .body_bytes = 1'000'000'000});

    parser.read("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 900000000\r\n\r\nabc");

    CHECK(request.body == "abc");
    CHECK(request.body.capacity() < 1000);
}

TEST_CASE("Upgrade is left out: the request is one of HTTP/1.1 all the same") {
    check_taken(
        get_with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n"));
    check_taken(get_with("Connection: Upgrade\r\nUpgrade: websocket\r\n"));
}

TEST_CASE("whether a body was announced is seen, even an empty one") {
    CHECK_FALSE(Reading(get_with("")).request.has_body);
    CHECK(Reading(put_with("Content-Length: 0\r\n", "")).request.has_body);
    CHECK(Reading(in_chunks("0\r\n\r\n")).request.has_body);
}

TEST_CASE("a method nobody knows is a request all the same") {
    const Reading reading("BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n");

    CHECK(reading.parser.is_done());
    CHECK(reading.request.method == verb::unknown);
}

TEST_CASE("a request that was cleared says nothing, and keeps only a little memory") {
    Request request;
    request.method = verb::put;
    request.target = "/k";
    request.body = std::string(1'000'000, 'v');
    request.expects_continue = request.keeps_alive = request.is_http_1_0 = true;
    request.hosts = 1;
    request.has_directives = request.directives.no_cache = true;
    request.directives.max_age = std::chrono::seconds(1);

    request.clear();

    CHECK(request.method == verb::unknown);
    CHECK(request.target.empty());
    CHECK(request.body.empty());
    CHECK(request.body.capacity() < 100'000);
    CHECK_FALSE(request.expects_continue);
    CHECK_FALSE(request.keeps_alive);
    CHECK_FALSE(request.is_http_1_0);
    CHECK(request.hosts == 0);
    CHECK_FALSE(request.has_directives);
    CHECK(request.directives == cache::Directives{});
}

}  // namespace
}  // namespace nearcache::http
