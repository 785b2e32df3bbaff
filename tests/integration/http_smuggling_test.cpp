#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

// What two readers of one stream could read in two ways is refused, and nothing that stands behind
// it on the connection is done.
namespace nearcache::tests {

namespace {

const std::string hidden = http_request("PUT", "/smuggled", {}, "v");

// A head of PUT /k with a Host and these fields, and what stands behind it.
std::string put(std::string_view fields, std::string_view body = "abc") {
    return "PUT /k HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

std::string chunks(std::string_view body) { return put("Transfer-Encoding: chunked\r\n", body); }

std::string get(std::string_view fields) {
    return "GET /k HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

// A single server sees them all: whoever is refused harms nobody else.
void check_refused(const std::vector<std::string>& attempts, int status = 400) {
    NearcacheProcess server;
    for (const auto& bytes : attempts) {
        CAPTURE(bytes);
        auto http = server.http();

        http.send(bytes + hidden);

        CHECK(http.read_response().status == status);
        CHECK(http.is_closed());
        auto other = server.http();
        CHECK(other.get("/k").status == 404);
        CHECK(other.get("/smuggled").status == 404);
    }
}

}  // namespace

TEST_CASE("a body whose length is told twice is refused, even when both agree") {
    check_refused({
        put("Content-Length: 3\r\nContent-Length: 3\r\n"),
        put("Content-Length: 3\r\nContent-Length: 4\r\n"),
        put("Content-Length: 3\r\ncontent-length: 3\r\n"),
        put("Content-Length: 3, 3\r\n"),
        put("Content-Length: 3,4\r\n"),
        put("Content-Length: 3,\r\n"),
        put("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        put("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
        put("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        put("Transfer-Encoding: identity\r\nContent-Length: 3\r\n"),
        put("Transfer-Encoding:\r\nContent-Length: 3\r\n"),
    });
}

TEST_CASE("a length that is no plain number is refused") {
    check_refused({
        put("Content-Length:\r\n"),
        put("Content-Length: -3\r\n"),
        put("Content-Length: +3\r\n"),
        put("Content-Length: 3 3\r\n"),
        put("Content-Length: 0x3\r\n"),
        put("Content-Length: 3.0\r\n"),
        put("Content-Length: \"3\"\r\n"),
        put("Content-Length: 3;a\r\n"),
        put("Content-Length: 18446744073709551616\r\n"),
        put("Content-Length: 340282366920938463463374607431768211459\r\n"),
        put("Content-Length: 3\v\r\n"),
    });
}

TEST_CASE("a body whose end is coded otherwise than in chunks is refused") {
    const std::string end = "0\r\n\r\n";
    std::vector<std::string> attempts;
    for (const std::string coding :
         {"", "gzip", "identity", "chunked, gzip", "gzip, chunked", "chunked, chunked", "xchunked",
          "chunkedx", "chunked;q=1", "chunked,", ",chunked", "\"chunked\"", "\vchunked",
          "chunked\f", "chunked chunked"}) {
        attempts.push_back(put("Transfer-Encoding: " + coding + "\r\n", end));
    }
    attempts.push_back(put("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", end));
    attempts.push_back(put("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", end));
    attempts.push_back(put("Transfer-Encoding : chunked\r\n", end));
    attempts.push_back(put("Transfer-Encoding\t: chunked\r\n", end));
    attempts.push_back(put(" Transfer-Encoding: chunked\r\n", end));
    attempts.push_back(put("X: y\r\n Transfer-Encoding: chunked\r\n", end));
    attempts.push_back("PUT /k HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + end);
    check_refused(attempts);
}

TEST_CASE("chunks that are not as they should be are refused") {
    check_refused({
        chunks("zz\r\nabc\r\n0\r\n\r\n"),
        chunks("-3\r\nabc\r\n0\r\n\r\n"),
        chunks("+3\r\nabc\r\n0\r\n\r\n"),
        chunks(" 3\r\nabc\r\n0\r\n\r\n"),
        chunks("3 \r\nabc\r\n0\r\n\r\n"),
        chunks("0x3\r\nabc\r\n0\r\n\r\n"),
        chunks("10000000000000003\r\nabc\r\n0\r\n\r\n"),
        chunks("2\r\nabc\r\n0\r\n\r\n"),
        chunks("4\r\nabc\r\n0\r\n\r\n"),
        chunks("3\r\nabc0\r\n\r\n"),
        chunks("3\nabc\r\n0\r\n\r\n"),
        chunks("3\rabc\r\n0\r\n\r\n"),
        chunks("3\r\nabc\n0\r\n\r\n"),
        chunks("3\r\nabc\r\n\r\n0\r\n\r\n"),
        chunks("3;\r\nabc\r\n0\r\n\r\n"),
        chunks("3;a\nabc\r\n0\r\n\r\n"),
        chunks("3;a=\"\n\"\r\nabc\r\n0\r\n\r\n"),
        chunks("3;a=\"\r\nabc\r\n0\r\n\r\n\"\r\nabc\r\n0\r\n\r\n"),
        chunks("0\n\n"),
        chunks("0\r\n\n"),
    });
}

TEST_CASE("a trailer is held to the rules of a head") {
    check_refused({
        chunks("0\r\nA: b\n\r\n"),
        chunks("0\r\nA: b\rC: d\r\n\r\n"),
        chunks("0\r\nA: b\r\n c\r\n\r\n"),
        chunks("0\r\nA : b\r\n\r\n"),
        chunks("0\r\nA\r\n\r\n"),
        chunks("0\r\nContent-Length: 3\r\n\r\n"),
        chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    });
}

TEST_CASE("a field that is written in two lines is refused") {
    check_refused({
        get("X: a\r\n b\r\n"),
        get("X: a\r\n\tb\r\n"),
        get("X:\r\n b\r\n"),
        get("X: a\r\n \r\n"),
        put("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
        put("Content-Length:\r\n 3\r\n"),
        put("Content-Length: 3\r\n 0\r\n"),
        "GET /k HTTP/1.1\r\n Host: x\r\n\r\n",
        "GET /k HTTP/1.1\r\n\tHost: x\r\nHost: x\r\n\r\n",
    });
}

TEST_CASE("a line that ends in anything but CR LF is refused") {
    check_refused({
        "GET /k HTTP/1.1\nHost: x\n\n",
        "GET /k HTTP/1.1\r\nHost: x\n\r\n",
        "GET /k HTTP/1.1\r\nHost: x\r\n\n",
        "GET /k HTTP/1.1\rHost: x\r\r",
        get("X: a\rY: b\r\n"),
        get("X: a\nContent-Length: 3\r\n"),
        get("X: a\r\r\n"),
        "\nGET /k HTTP/1.1\r\nHost: x\r\n\r\n",
        "\rGET /k HTTP/1.1\r\nHost: x\r\n\r\n",
    });
}

TEST_CASE("a field that is none is refused") {
    check_refused({
        get("X : a\r\n"),
        get("X\t: a\r\n"),
        get(": a\r\n"),
        get("X\r\n"),
        get("X Y: a\r\n"),
        get("X(: a\r\n"),
        get("X\xc3\xa4: a\r\n"),
        get(std::string("X\0Y: a\r\n", 8)),
        get(std::string("X: a\0b\r\n", 8)),
        get("X: a\x01\r\n"),
        get("X: a\x7f\r\n"),
        get("X: a\x1b[0m\r\n"),
    });
}

TEST_CASE("a host that is missing, said twice, or none is refused") {
    check_refused({
        "GET /k HTTP/1.1\r\n\r\n",
        "GET /k HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET /k HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n",
        "GET /k HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /k HTTP/1.1\r\nHost: x y\r\n\r\n",
        "GET /k HTTP/1.1\r\nHost: x/y\r\n\r\n",
        "GET /k HTTP/1.1\r\nHost: user@x\r\n\r\n",
        "GET /k HTTP/1.1\r\nHost: x, y\r\n\r\n",
        "GET /k HTTP/1.1\r\nHost: x:y\r\n\r\n",
        "GET http://x/k HTTP/1.1\r\n\r\n",
    });
}

TEST_CASE("a request line that is none is refused") {
    check_refused({
        "GET  /k HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /k  HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET\t/k HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /k\tHTTP/1.1\r\nHost: x\r\n\r\n",
        " GET /k HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /k HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET /k x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /k\r\n\r\n",
        "GET /k HTTP/1\r\nHost: x\r\n\r\n",
        "GET /k http/1.1\r\nHost: x\r\n\r\n",
        "GET /k HTTP/1.10\r\nHost: x\r\n\r\n",
        "G@T /k HTTP/1.1\r\nHost: x\r\n\r\n",
        std::string("GET /k\0 HTTP/1.1\r\nHost: x\r\n\r\n", 29),
        "GET /k\x7f HTTP/1.1\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02\x01\x01",
    });
}

TEST_CASE("a target that is neither a path nor a URL is refused, and so is CONNECT") {
    check_refused({
        "GET k HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET ?key=k HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "BREW * HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n",
        "CONNECT x:80 HTTP/1.0\r\n\r\n",
        "GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET ftp://x/k HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http:///k HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://user@x/k HTTP/1.1\r\nHost: x\r\n\r\n",
    });
}

TEST_CASE("another version is told so once, and the connection ends") {
    check_refused(
        {
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(9, '\0'),
            "GET /k HTTP/2.0\r\nHost: x\r\n\r\n",
            "GET /k HTTP/3.0\r\nHost: x\r\n\r\n",
            "GET /k HTTP/0.9\r\n\r\n",
        },
        505);
}

TEST_CASE("what has come before a refused request is answered, what comes behind it is not done") {
    NearcacheProcess server;
    auto http = server.http();

    http.send(http_request("PUT", "/before", {}, "v") + http_request("GET", "/before") +
              put("Content-Length: 3\r\nContent-Length: 3\r\n") + hidden);

    CHECK(http.read_response().status == 201);
    CHECK(http.read_response().body == "v");
    CHECK(http.read_response().status == 400);
    CHECK(http.is_closed());
    CHECK(server.http().get("/before").body == "v");
    CHECK(server.http().get("/smuggled").status == 404);
}

TEST_CASE("a request within a body is a value, and not done") {
    NearcacheProcess server;
    auto http = server.http();

    http.send(http_request("PUT", "/k", {}, hidden) +
              "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;a\r\nv\r\n"
              "0\r\nX: PUT /smuggled HTTP/1.1\r\n\r\n" +
              "GET /k HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(hidden.size()) +
              "\r\n\r\n" + hidden + http_request("GET", "/c"));

    CHECK(http.read_response().status == 201);
    CHECK(http.read_response().status == 201);
    CHECK(http.read_response().body == hidden);
    CHECK(http.read_response().body == "v");
    CHECK(server.http().get("/smuggled").status == 404);
}

}  // namespace nearcache::tests
