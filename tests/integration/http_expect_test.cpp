#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

// A client that waits before it sends a body (RFC 9110, 10.1.1).
namespace nearcache::tests {

namespace {

const std::string waits = "Expect: 100-continue\r\n";

std::string put_head(std::string_view fields, std::string_view version = "HTTP/1.1") {
    return "PUT /k " + std::string(version) + "\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

}  // namespace

TEST_CASE("who waits for it is told to continue, and then answered") {
    NearcacheProcess server;
    auto http = server.http();

    CHECK(http.raw(put_head(waits + "Content-Length: 3\r\n")).status == 100);
    CHECK(http.raw("abc").status == 201);
    CHECK(http.raw(put_head(waits + "Transfer-Encoding: chunked\r\n")).status == 100);
    CHECK(http.raw("3\r\nabc\r\n0\r\n\r\n").status == 204);
    CHECK(http.raw(put_head("EXPECT: 100-Continue\r\nContent-Length: 3\r\n")).status == 100);
    CHECK(http.raw("abc").status == 204);
    CHECK(http.get("/k").body == "abc");
}

TEST_CASE("who has sent the body already, or has none, is not told to continue") {
    NearcacheProcess server;
    auto http = server.http();

    CHECK(http.raw(put_head(waits + "Content-Length: 3\r\n") + "abc").status == 201);
    CHECK(http.raw(put_head(waits + "Content-Length: 0\r\n")).status == 204);
    CHECK(http.raw(put_head(waits + "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n").status == 204);
    // It has begun to send.
    http.send(put_head(waits + "Content-Length: 3\r\n") + "a");
    CHECK_FALSE(http.socket().is_readable(milliseconds(100)));
    CHECK(http.raw("bc").status == 204);
    CHECK(http.raw(http_request("GET", "/k", waits)).body == "abc");
}

TEST_CASE("an HTTP/1.0 client is not told to continue") {
    NearcacheProcess server;
    auto http = server.http();
    http.send(put_head(waits + "Content-Length: 1\r\n", "HTTP/1.0"));

    CHECK_FALSE(http.socket().is_readable(milliseconds(100)));
    CHECK(http.raw("v").is_success());
}

TEST_CASE("who is refused by the head alone is told so in place of 100, and the connection ends") {
    NearcacheProcess server(Words{"--http-max-body", "1KiB", "--http-token", "secret",
                                  "--http-cors-origin", "https://app.example"});
    const std::string token = "Authorization: Bearer secret\r\n";
    const auto refused = [&](const std::string& fields) {
        CAPTURE(fields);
        auto http = server.http();
        const auto response = http.raw(put_head(fields));
        CHECK(response.header("Connection") == "close");
        CHECK(http.is_closed());
        return response.status;
    };

    CHECK(refused(token + waits + "Content-Length: 1025\r\n") == 413);
    CHECK(refused(token + "Expect: miracles\r\nContent-Length: 3\r\n") == 417);
    CHECK(refused(token + "Expect: 100-continue, miracles\r\nContent-Length: 3\r\n") == 417);
    CHECK(refused(waits + "Content-Length: 3\r\n") == 401);
    CHECK(refused(waits + "Authorization: Bearer wrong\r\nTransfer-Encoding: chunked\r\n") == 401);
    CHECK(refused(token + waits + "Origin: https://evil.example\r\nContent-Length: 3\r\n") == 403);
    // And who does not wait is not listened to for the rest.
    CHECK(refused("Content-Length: 1000\r\n") == 401);
    CHECK(server.http().raw("GET /k HTTP/1.1\r\nHost: x\r\n" + token + "\r\n").status == 404);
}

TEST_CASE("who waits and has no right length is refused at once") {
    NearcacheProcess server;

    CHECK(server.http().raw(put_head(waits)).status == 411);
    CHECK(server.http().raw(put_head(waits + "Content-Length: x\r\n")).status == 400);
}

TEST_CASE("an expectation that nobody can meet is refused also when the body is here") {
    NearcacheProcess server;
    auto http = server.http();

    CHECK(http.raw(http_request("PUT", "/k", "Expect: miracles\r\n", "abc")).status == 417);
    CHECK(server.http().get("/k").status == 404);
}

}  // namespace nearcache::tests
