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

TEST_CASE("requests that arrive together are answered in their order") {
    NearcacheProcess server;
    auto http = server.http();
    std::string bytes;
    for (int i = 0; i < 50; ++i) {
        const auto key = "/" + std::to_string(i), value = std::to_string(i * i);
        bytes += http_request("PUT", key, {}, value) + http_request("GET", key) + "\r\n" +
                 http_request("BREW", key) + http_request("GET", "/nobody");
    }

    http.send(bytes);

    for (int i = 0; i < 50; ++i) {
        CHECK(http.read_response().status == 201);
        CHECK(http.read_response().body == std::to_string(i * i));
        CHECK(http.read_response().status == 405);
        CHECK(http.read_response().status == 404);
    }
}

TEST_CASE("a body may come in chunks, with extensions and a trailer, one byte at a time") {
    NearcacheProcess server;
    auto http = server.http();
    const std::string bytes =
        chunked_put +
        "3;a=b\r\nabc\r\n0A ; c=\"d e\"\r\n0123456789\r\n00;z\r\nT: u\r\nHost: y\r\n\r\n";

    for (const char byte : bytes) http.send(std::string(1, byte));

    CHECK(http.read_response().status == 201);
    CHECK(http.get("/k").body == "abc0123456789");
}

TEST_CASE("HTTP/1.0 is spoken with and without keep-alive") {
    NearcacheProcess server;
    auto once = server.http(), kept = server.http();
    REQUIRE(once.put("/k", "v").is_success());

    CHECK(kept.raw("GET /k HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").body == "v");
    const auto again = kept.raw("GET /k HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(again.header("Connection") == "keep-alive");
    CHECK(once.raw("GET /k HTTP/1.0\r\n\r\n").body == "v");
    CHECK(once.is_closed());
}

TEST_CASE("a later minor version is answered like HTTP/1.1") {
    NearcacheProcess server;
    auto http = server.http();

    CHECK(http.raw("PUT /k HTTP/1.2\r\nHost: x\r\nContent-Length: 1\r\n\r\nv").status == 201);
    const auto response = http.raw("GET /k HTTP/1.9\r\nHost: x\r\n\r\n");
    CHECK(response.body == "v");
    CHECK(response.version == "HTTP/1.1");
}

TEST_CASE("a whole URL may be the target, whatever the Host field says; OPTIONS takes a star") {
    NearcacheProcess server;
    auto http = server.http();
    REQUIRE(http.put("/k", "v").is_success());

    CHECK(http.raw("GET http://one/k HTTP/1.1\r\nHost: two\r\n\r\n").body == "v");
    CHECK(http.raw("GET HTTPS://[::1]:1/k?x HTTP/1.1\r\nHost:\r\n\r\n").body == "v");
    CHECK(http.raw("GET http://one HTTP/1.1\r\nHost: two\r\n\r\n").status == 404);
    const auto options = http.raw("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(options.status == 204);
    CHECK(options.header("Allow").find("GET") != std::string::npos);
}

TEST_CASE("a method that nobody knows is told so, and the connection goes on") {
    NearcacheProcess server;
    auto http = server.http();

    for (const std::string method :
         {"BREW", "get", "Put", "TRACE", "CONNECT", "M-SEARCH", "X!#$%"}) {
        CAPTURE(method);
        CHECK(http.raw(http_request(method, "/k")).status == 405);
    }
    CHECK(http.raw(http_request("BREW", "/k", {}, "a body")).status == 405);
    CHECK(http.get("/k").status == 404);
}

TEST_CASE("Upgrade is passed over") {
    NearcacheProcess server;
    auto http = server.http();

    const auto response = http.raw(http_request(
        "GET", "/k",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"));

    CHECK(response.status == 404);
    CHECK(http.get("/k").status == 404);
}

TEST_CASE("who speaks TLS to this port is told so") {
    NearcacheProcess server;
    auto http = server.http();

    const auto response = http.raw(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));

    CHECK(response.status == 400);
    CHECK(response.body.find("TLS") != std::string::npos);
    CHECK(http.is_closed());
}

TEST_CASE("a write without a length gets 411") {
    NearcacheProcess server;

    CHECK(server.http().raw("PUT /k HTTP/1.1\r\nHost: x\r\n\r\n").status == 411);
    CHECK(server.http().raw("POST /k HTTP/1.0\r\n\r\n").status == 411);
    CHECK(server.http().raw("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").status ==
          201);
}

TEST_CASE("a refusal is told in JSON to who accepts it, and HEAD hears it without a body") {
    NearcacheProcess server;
    const std::string twice = "Content-Length: 1\r\nContent-Length: 1\r\n";

    const auto json =
        server.http().raw(http_request("GET", "/k", "Accept: application/json\r\n" + twice));
    CHECK(json.status == 400);
    CHECK(json.header("Content-Type") == "application/problem+json");

    auto http = server.http();
    http.send(http_request("HEAD", "/k", twice));
    CHECK(http.read_response(true).status == 400);
    CHECK(http.is_closed());
}

}  // namespace nearcache::tests
