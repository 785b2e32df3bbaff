#include "http/request_parser.hpp"

#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <doctest/doctest.h>

namespace nearcache::http {
namespace {

using boost::beast::http::verb;
using Error = boost::beast::http::error;
using ErrorCode = boost::beast::error_code;

constexpr std::size_t max_target_bytes = 40;
constexpr std::size_t max_header_bytes = 300;
constexpr std::size_t max_body_bytes = 50;

// Reads one request of bytes that arrive in two parts, as a session reads them.
struct Reading {
    explicit Reading(std::string_view bytes) : Reading(bytes, bytes.size()) {}
    Reading(std::string_view bytes, std::size_t first_part) {
        parser.eager(true);
        parser.header_limit(max_header_bytes);
        parser.body_limit(max_body_bytes);
        read(bytes.substr(0, first_part));
        if (!error && !parser.is_done()) read(bytes);
    }

    // `arrived` is all that has arrived since the beginning.
    void read(std::string_view arrived) {
        while (!parser.is_done() && used < arrived.size()) {
            const auto size = parser.put(
                boost::asio::const_buffer(arrived.data() + used, arrived.size() - used), error);
            if (error == Error::need_more) {
                error = {};
                used += size;
                return;
            }
            if (error) return;
            used += size;
        }
    }

    Request request;
    RequestParser parser{request, max_target_bytes};
    std::size_t used = 0;
    ErrorCode error;
};

// The same wherever the first part ends.
template <class Check>
void read_in_parts(std::string_view bytes, Check&& check) {
    for (std::size_t first_part = 0; first_part <= bytes.size(); ++first_part) {
        CAPTURE(first_part);
        check(Reading(bytes, first_part));
    }
}

// Whichever error it is: the session only asks whether there is one.
bool is_refused(std::string_view bytes) {
    const Reading reading(bytes);
    return reading.error.failed();
}

TEST_CASE("a request is its method, target, body and whether the connection stays") {
    read_in_parts(
        "PUT /a%20b?ttl=5 HTTP/1.1\r\nHost: h\r\nX-Y: z\r\nContent-Length: 5\r\n\r\nva\r\nl",
        [](const Reading& reading) {
            CHECK_FALSE(reading.error);
            CHECK(reading.parser.is_done());
            CHECK(reading.request.method == verb::put);
            CHECK(reading.request.target == "/a%20b?ttl=5");
            CHECK(reading.request.body == "va\r\nl");
            CHECK(reading.request.keeps_alive);
            CHECK_FALSE(reading.request.is_http_1_0);
            CHECK_FALSE(reading.request.expects_continue);
        });
}

TEST_CASE("a chunked body is put together, its extensions and trailers left out") {
    read_in_parts(
        "POST /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: u\r\n\r\n",
        [](const Reading& reading) {
            CHECK_FALSE(reading.error);
            CHECK(reading.parser.is_done());
            CHECK(reading.request.body == "abc0123456789");
        });
}

TEST_CASE("a request ends where the next begins") {
    constexpr std::string_view first = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

    const Reading reading(std::string(first) + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");

    CHECK(reading.parser.is_done());
    CHECK(reading.used == first.size());
    CHECK(reading.request.target == "/a");
}

TEST_CASE("an empty line before a request is not for the parser to pass over") {
    CHECK(is_refused("\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n"));
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
    CHECK_FALSE(is_refused("GET /k HTTP/1.1\r\nHost:\r\n\r\n"));
    CHECK(is_refused("GET /k HTTP/1.1\r\n\r\n"));
    CHECK(is_refused("GET /k HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"));

    CHECK_FALSE(is_refused("GET /k HTTP/1.0\r\n\r\n"));
    CHECK_FALSE(is_refused("GET /k HTTP/1.0\r\nHost: a\r\n\r\n"));
    CHECK(is_refused("GET /k HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"));
}

TEST_CASE("the version is seen") {
    CHECK(Reading("GET /k HTTP/1.0\r\n\r\n").request.is_http_1_0);
    CHECK_FALSE(Reading("GET /k HTTP/1.1\r\nHost: h\r\n\r\n").request.is_http_1_0);
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

    const Reading longest(with_target(max_target_bytes));
    CHECK(longest.parser.is_done());
    CHECK_FALSE(longest.parser.target_is_too_long());

    const Reading too_long(with_target(max_target_bytes + 1));
    CHECK(too_long.error);
    CHECK(too_long.parser.target_is_too_long());
}

TEST_CASE("too many header bytes are refused, and are not taken for a long target") {
    const Reading reading("GET /k HTTP/1.1\r\nHost: h\r\nX: " + std::string(400, 'x') + "\r\n\r\n");

    CHECK(reading.error == Error::header_limit);
    CHECK_FALSE(reading.parser.target_is_too_long());
}

TEST_CASE("a body that is too long is refused, by its length before it comes") {
    const Reading longest("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\n" +
                          std::string(50, 'v'));
    CHECK(longest.parser.is_done());

    const Reading announced("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 51\r\n\r\n");
    CHECK(announced.error == Error::body_limit);

    const Reading chunked("PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n33\r\n" +
                          std::string(51, 'v') + "\r\n0\r\n\r\n");
    CHECK(chunked.error == Error::body_limit);
}

TEST_CASE("memory follows the body that came, not the length that was announced") {
    Request request;
    RequestParser parser(request, max_target_bytes);
    parser.eager(true);
    parser.body_limit(1'000'000'000);
    constexpr std::string_view bytes =
        "PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 900000000\r\n\r\nabc";
    ErrorCode error;

    parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);

    CHECK(request.body == "abc");
    CHECK(request.body.capacity() < 1000);
}

// Two readers of one stream who disagree on where a request ends can be played off against each
// other.
TEST_CASE("a body whose length is given twice, or in two ways, is refused") {
    constexpr std::string_view line = "PUT /k HTTP/1.1\r\nHost: h\r\n";
    for (const std::string_view fields :
         {"Content-Length: 3\r\nContent-Length: 4\r\n",
          "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Content-Length: -3\r\n",
          "Content-Length: 3x\r\n", "Content-Length: +3\r\n"}) {
        CAPTURE(fields);
        CHECK(is_refused(std::string(line).append(fields).append("\r\nabc")));
    }
}

TEST_CASE("a body whose end is coded in a way that is not known here is refused") {
    constexpr std::string_view end = "\r\n0\r\n\r\n";
    CHECK_FALSE(is_refused("PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n" +
                           std::string(end)));
    for (const std::string_view encoding : {"gzip", "gzip, chunked", "chunked, gzip", "identity",
                                            "xchunked", "chunked;x", "chunked, chunked"}) {
        CAPTURE(encoding);
        std::string bytes = "PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: ";
        CHECK(is_refused(bytes.append(encoding).append("\r\n").append(end)));
    }
    CHECK(is_refused("PUT /k HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + std::string(end)));
}

TEST_CASE("what is no request is refused") {
    for (const std::string_view bytes :
         {"hello\r\n\r\n", "GET /k\r\n\r\n", "GET /k HTTP/2.0\r\nHost: h\r\n\r\n",
          "GET  /k HTTP/1.1\r\nHost: h\r\n\r\n", "GET /k HTTP/1.1\r\nHost h\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost : h\r\n\r\n", "GET /k HTTP/1.1\r\nHost: h\r\nA\x01: b\r\n\r\n",
          "*1\r\n$4\r\nPING\r\n"}) {
        CAPTURE(bytes);
        CHECK(is_refused(bytes));
    }
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
