#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

NearcacheProcess impatient() {
    return NearcacheProcess(Words{"--http-header-timeout", "300ms", "--http-body-timeout", "300ms",
                                  "--http-idle-timeout", "300ms"});
}

}  // namespace

TEST_CASE("a body beyond the limit gets 413, announced or not, and nothing is stored") {
    NearcacheProcess server(Words{"--http-max-body", "1KiB"});
    const std::string allowed(1024, 'x');
    const std::string too_long(1025, 'x');
    const std::string chunked_head =
        "PUT /k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    CHECK(server.http().put("/fits", allowed).is_success());
    CHECK(server.http().put("/k", too_long).status == 413);
    CHECK(server.http().raw(chunked_head + "401\r\n" + too_long + "\r\n0\r\n\r\n").status == 413);
    // Announced only: refused before it is sent, and nothing is set aside for it.
    CHECK(server.http()
              .raw("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n")
              .status == 413);
    CHECK(server.http().get("/fits").body == allowed);
    CHECK(server.http().get("/k").status == 404);
}

TEST_CASE("a page that may read answers may read refusals") {
    NearcacheProcess server({"--http-max-body", "1KiB", "--http-cors-origin", "https://a.example"});
    const std::string head = "PUT /k HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n";

    const auto too_large = server.http().raw(head + "Content-Length: 9999\r\n\r\n");
    const auto malformed = server.http().raw(head + "Content-Length: 1, 1\r\n\r\n");

    CHECK(too_large.status == 413);
    CHECK(malformed.status == 400);
    for (const auto& response : {too_large, malformed}) {
        CHECK(response.header("Vary") == "Origin");
        CHECK(response.header("Access-Control-Allow-Origin") == "https://a.example");
    }
}

TEST_CASE("a HEAD that is refused before its body gets no body either") {
    NearcacheProcess server({"--http-token", "secret"});
    auto http = server.http();
    http.send("HEAD /k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nv");

    CHECK(http.read_response(true).status == 401);
    CHECK(http.is_closed());
}

TEST_CASE("a refusal reaches a client that goes on sending for a while") {
    NearcacheProcess server({"--http-max-body", "1KiB"});
    auto http = server.http();
    http.send("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
    const std::string piece(100'000, 'v');
    for (int i = 0; i < 20; ++i) http.send(piece);

    CHECK(http.read_response().status == 413);
}

TEST_CASE("a target beyond the limit gets 414") {
    NearcacheProcess server;

    CHECK(server.http().get("/" + std::string(8000, 'k')).status == 404);
    CHECK(server.http().get("/" + std::string(8192, 'k')).status == 414);
    CHECK(server.http().get("/" + std::string(100'000, 'k')).status == 414);
}

TEST_CASE("a head beyond the limit gets 431") {
    NearcacheProcess server;
    const auto request_with = [](std::size_t bytes) {
        return http_request("GET", "/k", "X-Long: " + std::string(bytes, 'x') + "\r\n");
    };

    CHECK(server.http().raw(request_with(15'000)).status == 404);
    CHECK(server.http().raw(request_with(17'000)).status == 431);
    CHECK(server.http().raw(request_with(200'000)).status == 431);
}

TEST_CASE("a head that never ends gets 431 and is not collected") {
    NearcacheProcess server;
    auto http = server.http();
    http.send("GET /k HTTP/1.1\r\n");

    try {
        for (int i = 0; i < 200; ++i) http.send("X-More: " + std::string(1000, 'x') + "\r\n");
    } catch (const ConnectionClosed&) {
        MESSAGE("refused before all was sent");
    }

    CHECK(http.read_response().status == 431);
}

TEST_CASE("a head that does not arrive in time gets 408 and a close, even drop by drop") {
    const auto server = impatient();
    auto silent = server.http();
    auto dripping = server.http();
    const auto start = now();
    silent.send("GET /k HTTP/1.1\r\nHo");

    // The deadline is for the whole head: each byte does not win new time.
    dripping.send("GET /k HTTP/1.1\r\nX: ");
    const bool answered = eventually([&] {
        if (dripping.socket().is_readable(milliseconds(50))) return true;
        dripping.send("x");
        return false;
    });

    CHECK(answered);
    CHECK(dripping.read_response().status == 408);
    CHECK(silent.read_response().status == 408);
    CHECK(silent.is_closed());
    CHECK(elapsed_since(start) >= milliseconds(250));
    CHECK(elapsed_since(start) < patience(milliseconds(2500)));
}

TEST_CASE("a body that does not arrive in time gets 408 and a close") {
    const auto server = impatient();
    auto http = server.http();

    const auto response = http.raw("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");

    CHECK(response.status == 408);
    CHECK(http.is_closed());
    CHECK(server.http().get("/k").status == 404);
}

TEST_CASE("an idle connection is closed without a word, and a busy one is not") {
    const auto server = impatient();
    auto idle = server.http();
    auto busy = server.http();
    REQUIRE(idle.get("/k").status == 404);
    const auto start = now();

    const bool closed = eventually([&] {
        REQUIRE(busy.get("/k").status == 404);
        return idle.socket().is_readable(milliseconds(20));
    });

    CHECK(closed);
    CHECK(idle.is_closed());
    CHECK(elapsed_since(start) >= milliseconds(250));
    CHECK(busy.get("/k").status == 404);
}

TEST_CASE("a connection on which nothing ever comes is closed") {
    const auto server = impatient();
    auto http = server.http();

    CHECK(http.is_closed());
}

TEST_CASE("a slow answer of Redis is no idle client") {
    ProxiedRedis servers(
        {"--http-idle-timeout", "200ms", "--http-header-timeout", "200ms", "--ttl", "0"});
    auto http = servers.http();
    servers.redis.command({"SET", "k", "v"});
    servers.redis.command({"CLIENT", "PAUSE", "800"});

    CHECK(http.get("/k").body == "v");
}

}  // namespace nearcache::tests
