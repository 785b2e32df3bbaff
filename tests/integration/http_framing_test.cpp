#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

const std::string chunked_put = "PUT /k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

// Sends until the other side refuses to take more, 8 MiB at most.
void pour(HttpClient& http, const std::string& bytes) {
    constexpr std::size_t most = 8u * 1024 * 1024;
    try {
        for (std::size_t sent = 0; sent < most; sent += bytes.size()) http.send(bytes);
    } catch (const ConnectionClosed&) {
        MESSAGE("refused before all was sent");
    }
}

}  // namespace

TEST_CASE("a body in a coding that is not known is refused and is no request of its own") {
    NearcacheProcess server;
    for (const std::string coding : {"gzip", "identity", "chunked, gzip", "gzip, chunked"}) {
        CAPTURE(coding);
        auto http = server.http();

        http.send("PUT /k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding + "\r\n\r\n" +
                  http_request("PUT", "/smuggled", {}, "v"));

        CHECK(http.read_response().status == 400);
        CHECK(http.is_closed());
        CHECK(server.http().get("/smuggled").status == 404);
    }
}

TEST_CASE("an HTTP/1.0 client cannot mean chunks") {
    NearcacheProcess server;

    const auto response = server.http().raw(
        "PUT /k HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nv\r\n0\r\n\r\n");

    CHECK(response.status == 400);
    CHECK(server.http().get("/k").status == 404);
}

TEST_CASE("a chunk's line that never ends gets 431 and is not collected") {
    NearcacheProcess server;
    auto http = server.http();
    http.send(chunked_put + "1;");

    pour(http, std::string(16u * 1024, 'x'));

    CHECK(http.read_response().status == 431);
}

TEST_CASE("a trailer that never ends gets 431 and is not collected") {
    NearcacheProcess server;
    auto http = server.http();
    http.send(chunked_put + "0\r\n");

    pour(http, "X-More: " + std::string(1000, 'x') + "\r\n");

    CHECK(http.read_response().status == 431);
}

TEST_CASE("an empty line before a request is passed over") {
    NearcacheProcess server;
    auto http = server.http();

    CHECK(http.raw("\r\n\r\n" + http_request("GET", "/k")).status == 404);
    http.send("\r");
    CHECK(http.raw("\n" + http_request("GET", "/k")).status == 404);
}

TEST_CASE("an HTTP/1.0 client is not told to continue") {
    NearcacheProcess server;
    auto http = server.http();
    http.send("PUT /k HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");

    CHECK_FALSE(http.socket().is_readable(milliseconds(200)));
    CHECK(http.raw("v").status == 204);
}

}  // namespace nearcache::tests
