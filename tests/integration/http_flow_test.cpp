#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

std::string every_byte(std::size_t size) {
    std::string value(size, '\0');
    for (std::size_t i = 0; i < size; ++i) value[i] = static_cast<char>((i * 131 + i / 256) % 256);
    return value;
}

}  // namespace

TEST_CASE("pipelined hits, misses, writes and errors are answered in their order") {
    ProxiedRedis servers;
    auto http = servers.http();
    servers.redis.command({"SET", "hit", "the hit"});
    REQUIRE(http.get("/hit").status == 200);
    std::string requests;
    constexpr int rounds = 200;
    for (int i = 0; i < rounds; ++i) {
        const auto key = "/k" + std::to_string(i);
        requests += http_request("GET", "/hit") + http_request("GET", key) +
                    http_request("PUT", key, {}, key) + http_request("GET", key) +
                    http_request("PATCH", key) + http_request("HEAD", "/hit");
    }

    http.send(requests);

    for (int i = 0; i < rounds; ++i) {
        CAPTURE(i);
        REQUIRE(http.read_response().body == "the hit");
        REQUIRE(http.read_response().status == 404);
        REQUIRE(http.read_response().is_success());
        REQUIRE(http.read_response().body == "/k" + std::to_string(i));
        REQUIRE(http.read_response().status == 405);
        REQUIRE(http.read_response(true).header("Content-Length") == "7");
    }
}

TEST_CASE("a request may arrive one byte at a time") {
    ProxiedRedis servers;
    auto http = servers.http();
    const auto requests = http_request("PUT", "/k", {}, "value") + http_request("GET", "/k");

    for (const char byte : requests) http.send({&byte, 1});

    CHECK(http.read_response().is_success());
    CHECK(http.read_response().body == "value");
}

TEST_CASE("a connection is kept until its client says close") {
    ProxiedRedis servers;
    auto http = servers.http();

    for (int i = 0; i < 100; ++i) REQUIRE(http.get("/k").status == 404);
    const auto last = http.raw(http_request("GET", "/k", "Connection: close\r\n"));

    CHECK(last.status == 404);
    CHECK(last.header("Connection") == "close");
    CHECK(http.is_closed());
}

TEST_CASE("an HTTP/1.0 client gets a close, unless it asks for more") {
    ProxiedRedis servers;
    servers.redis.command({"SET", "k", "v"});
    auto plain = servers.http();
    auto keeping = servers.http();

    const auto answered = plain.raw("GET /k HTTP/1.0\r\n\r\n");
    CHECK(answered.body == "v");
    CHECK(plain.is_closed());
    const auto kept = keeping.raw("GET /k HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

    CHECK(kept.header("Connection") == "keep-alive");
    CHECK(keeping.raw("GET /k HTTP/1.0\r\n\r\n").body == "v");
    CHECK(keeping.is_closed());
}

TEST_CASE("a client that half-closes still gets all its answers") {
    ProxiedRedis servers;
    auto http = servers.http();
    servers.redis.command({"MSET", "a", "1", "b", "2"});
    http.send(http_request("GET", "/a") + http_request("PUT", "/c", {}, "3") +
              http_request("GET", "/b"));

    http.socket().end_sending();

    CHECK(http.read_response().body == "1");
    CHECK(http.read_response().is_success());
    CHECK(http.read_response().body == "2");
    CHECK(http.is_closed());
    CHECK(servers.redis.command({"GET", "c"}) == bulk("3"));
}

TEST_CASE("a request cut off by a half-close is not carried out") {
    ProxiedRedis servers;
    auto http = servers.http();
    http.send("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");

    http.socket().end_sending();
    while (!http.socket().receive().empty()) continue;

    CHECK(servers.redis.command({"EXISTS", "k"}) == integer(0));
}

TEST_CASE("a body may come in chunks, with extensions and trailers") {
    ProxiedRedis servers;
    auto http = servers.http();
    const std::string head = "PUT /k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    CHECK(http.raw(head +
                   "5\r\nhello\r\n1;ext=\"x\"\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n")
              .status == 201);
    CHECK(http.get("/k").body == "hello 0123456789");
    CHECK(http.raw(head + "0\r\n\r\n").is_success());
    CHECK(http.get("/k").body == "");
}

TEST_CASE("a client that asks first is told to go on before it sends the body") {
    ProxiedRedis servers;
    auto http = servers.http();

    const auto go_on =
        http.raw("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    CHECK(go_on.status == 100);
    const auto done = http.raw("value");

    CHECK(done.is_success());
    CHECK(http.get("/k").body == "value");
}

TEST_CASE("a client that asks first about too large a body is refused at once") {
    NearcacheProcess server(Words{"--http-max-body", "100"});
    auto http = server.http();

    const auto refused = http.raw(
        "PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\nExpect: 100-continue\r\n\r\n");

    CHECK(refused.status == 413);
}

TEST_CASE("binary values of any size come back as they went in") {
    ProxiedRedis servers;
    auto http = servers.http();
    auto resp = servers.resp();

    for (const std::size_t size : {1u, 255u, 4096u, 65'537u, 1024u * 1024u, 20u * 1024u * 1024u}) {
        CAPTURE(size);
        const auto value = every_byte(size);
        REQUIRE(http.put("/k", value).is_success());
        CHECK(http.get("/k").body == value);
        CHECK(http.get("/k").body == value);
        CHECK(resp.ask({"GET", "k"}) == bulk(value));
    }
}

TEST_CASE("a slow reader of large values stalls nobody and memory stays bounded") {
    constexpr int values = 200;
    constexpr std::size_t size = 1024 * 1024;
    ProxiedRedis servers;
    const auto value = every_byte(size);
    auto other = servers.http();
    REQUIRE(other.put("/big", value).is_success());
    REQUIRE(other.get("/big").body == value);
    const auto before = servers.proxy.process().resident_bytes();
    auto slow = servers.http();
    std::string requests;
    for (int i = 0; i < values; ++i) requests += http_request("GET", "/big");
    slow.send(requests);

    for (int i = 0; i < 200; ++i) {
        const auto asked = now();
        REQUIRE(other.get("/big").body.size() == size);
        REQUIRE(elapsed_since(asked) < patience(milliseconds(1000)));
    }

    if (!is_sanitized) CHECK(servers.proxy.process().resident_bytes() < before + 50 * size);
    for (int i = 0; i < values; ++i) REQUIRE(slow.read_response().body == value);
}

}  // namespace nearcache::tests
