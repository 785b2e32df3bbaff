#include <atomic>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"
#include "tests/support/origin_server.hpp"
#include "tests/support/timing.hpp"

// Which URL a key's value came from, and whose it is.
namespace nearcache::tests {

namespace {

std::string status_of_cache(const HttpResponse& response) {
    return response.header("Cache-Status");
}

}  // namespace

TEST_CASE("the same key for another URL is fetched anew, and the body is always the URL's own") {
    OriginServer origin([](OriginServer::Guest& guest) {
        guest.say(ok_answer("of " + guest.request().substr(4, guest.request().find(' ', 4) - 4)));
    });
    ProxiedRedis server(origin_flags(origin));
    auto client = server.http();

    for (int round = 0; round < 2; ++round) {
        for (const std::string path : {"/a", "/b", "/a?q=1"}) {
            for (int again = 0; again < 3; ++again) {
                const auto body = client.get(origin_target(origin.url(path), "origin:k")).body;
                CHECK(body == "of " + path);
            }
        }
    }

    CHECK(origin.requests() == 6);
}

TEST_CASE("a value that somebody has put under the key is served as it is") {
    OriginServer origin(counting());
    ProxiedRedis server(origin_flags(origin));
    auto client = server.http();
    server.redis.command({"SET", "origin:k", "by hand"});

    CHECK(client.get(origin_target(origin.url(), "origin:k")).body == "by hand");
    client.get(origin_target(origin.url(), "origin:k2"));
    server.redis.command({"SET", "origin:k2", "by hand"});

    // It is no longer what the URL gave.
    REQUIRE(eventually(
        [&] { return client.get(origin_target(origin.url(), "origin:k2")).body == "answer 2"; }));
    CHECK(origin.requests() == 2);
}

TEST_CASE("what somebody writes over a fetched value is not overwritten, whoever asks") {
    OriginServer origin(counting());
    ProxiedRedis server(origin_flags(origin));
    auto client = server.http();
    client.get(origin_target(origin.url("/a"), "origin:k"));
    server.redis.command({"SET", "origin:k", "precious"});
    REQUIRE(eventually([&] { return client.get("/origin:k").body == "precious"; }));

    const auto same = client.get(origin_target(origin.url("/a"), "origin:k"));
    const auto other = client.get(origin_target(origin.url("/b"), "origin:k"));

    CHECK(same.body == "answer 2");
    CHECK(other.body == "answer 3");
    CHECK(status_of_cache(same) == "nearcache; fwd=miss; detail=origin");
    CHECK(server.redis.command({"GET", "origin:k"}) == bulk("precious"));
    CHECK(server.redis.command({"TTL", "origin:k"}) == integer(-1));
}

TEST_CASE("what somebody writes while it is fetched is not overwritten") {
    struct Row {
        std::string key;
        Words command;
    };
    for (const auto& [key, command] : {Row{"origin:set", {"SET", "origin:set", "mine"}},
                                       Row{"origin:list", {"RPUSH", "origin:list", "a", "b"}}}) {
        CAPTURE(key);
        std::atomic<bool> is_written{false};
        OriginServer origin([&](OriginServer::Guest& guest) {
            while (!is_written && guest.wait(milliseconds(5))) {
            }
            guest.say(ok_answer("fetched"));
        });
        ProxiedRedis server(origin_flags(origin));
        auto client = server.http();
        client.send(http_request("GET", origin_target(origin.url("/a"), key)));
        REQUIRE(eventually([&] { return origin.requests() == 1; }));

        server.redis.command(command);
        is_written = true;

        CHECK(client.read_response().body == "fetched");
        CHECK(server.redis.command({"TYPE", key}) ==
              (command.front() == "SET" ? "+string\r\n" : "+list\r\n"));
        CHECK(server.redis.command({"TTL", key}) == integer(-1));
    }
}

TEST_CASE("what was said to be absent once is not overwritten without tracking either") {
    OriginServer origin(counting());
    ProxiedRedis server(origin_flags(origin, {"--coherence", "ttl"}));
    auto client = server.http();
    REQUIRE(client.get("/origin:k").status == 404);
    server.redis.command({"SET", "origin:k", "mine"});

    const auto response = client.get(origin_target(origin.url("/a"), "origin:k"));

    CHECK(response.body == "answer 1");
    CHECK(server.redis.command({"GET", "origin:k"}) == bulk("mine"));
}

TEST_CASE("a key of another type is told of and left alone") {
    OriginServer origin(counting());
    ProxiedRedis server(origin_flags(origin));
    auto client = server.http();
    server.redis.command({"LPUSH", "origin:list", "x"});

    CHECK(client.get(origin_target(origin.url(), "origin:list")).status == 409);
    CHECK(client
              .raw(http_request("GET", origin_target(origin.url(), "origin:list"),
                                "Cache-Control: no-cache\r\n"))
              .status == 409);
    CHECK(server.redis.command({"LLEN", "origin:list"}) == ":1\r\n");
    CHECK(origin.requests() == 0);
}

}  // namespace nearcache::tests
