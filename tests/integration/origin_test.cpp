#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/crowd.hpp"
#include "tests/support/nearcache_process.hpp"
#include "tests/support/origin_server.hpp"
#include "tests/support/server_info.hpp"
#include "tests/support/timing.hpp"

namespace nearcache::tests {

namespace {

std::string status_of_cache(const HttpResponse& response) {
    return response.header("Cache-Status");
}

}  // namespace

TEST_CASE("a key is fetched from its URL once, stored in Redis, and then served from there") {
    OriginServer origin(counting());
    ProxiedRedis server(origin_flags(origin));
    auto client = server.http();
    const auto target = origin_target(origin.url("/a?b=c"), "origin:k");

    const auto fetched = client.get(target);
    const auto loaded = client.get(target);
    const auto hit = client.get(target);

    CHECK(fetched.status == 200);
    CHECK(fetched.body == "answer 1");
    CHECK(status_of_cache(fetched) == "nearcache; fwd=miss; stored; detail=origin");
    CHECK(loaded.body == "answer 1");
    CHECK(loaded.header("ETag") == fetched.header("ETag"));
    CHECK(hit.body == "answer 1");
    CHECK(hit.header("X-Cache") == "HIT");
    CHECK(origin.requests() == 1);
    CHECK(server.redis.command({"GET", "origin:k"}) == "$8\r\nanswer 1\r\n");
    CHECK(server.redis.command({"TTL", "origin:k"}) == ":60\r\n");
    CHECK(client.get("/origin:k").body == "answer 1");
}

TEST_CASE("the origin is told its own name and nothing of the client") {
    OriginServer origin(counting());
    NearcacheProcess server(origin_flags(origin));
    auto client = server.http();

    client.raw(http_request("GET",
                            origin_target(origin.url("/a/../b%2e?x=1#part"), "origin:k",
                                          "&params=%7B%22q%22%3A%22a%20b%22%2C%22n%22%3A1%7D"),
                            "Cookie: secret\r\nAuthorization: Bearer secret\r\nX-Mine: 1\r\n"
                            "User-Agent: me\r\nAccept-Encoding: gzip\r\nReferer: http://me/\r\n"));

    CHECK(origin.last_request() ==
          "GET /b.?x=1&q=a%20b&n=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(origin.port()) +
              "\r\nUser-Agent: nearcache\r\nAccept: */*\r\n"
              "Accept-Encoding: identity\r\nConnection: close\r\n\r\n");
}

TEST_CASE("HEAD fetches and stores, and shows no body") {
    OriginServer origin(counting());
    NearcacheProcess server(origin_flags(origin));
    auto client = server.http();
    const auto target = origin_target(origin.url(), "origin:k");

    const auto head = client.head(target);

    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "8");
    CHECK(origin.last_request().starts_with("GET / "));
    CHECK(client.get(target).body == "answer 1");
}

TEST_CASE("many who want it anew at once cost one fetch, whatever else they say") {
    for (const std::string directive : {"no-cache", "max-age=0", "max-age=600"}) {
        CAPTURE(directive);
        std::atomic<bool> may_answer{false};
        OriginServer origin([&](OriginServer::Guest& guest) {
            while (!may_answer && guest.wait(milliseconds(5))) {
            }
            guest.say(ok_answer("one"));
        });
        ProxiedRedis server(origin_flags(origin));
        const auto request = http_request("GET", origin_target(origin.url("/a"), "origin:k"),
                                          "Cache-Control: " + directive + "\r\n");
        std::vector<std::unique_ptr<HttpClient>> clients;
        for (int i = 0; i < 10; ++i) {
            clients.push_back(std::make_unique<HttpClient>(server.proxy.http_port()));
            clients.back()->send(request);
        }
        REQUIRE(eventually([&] { return origin.requests() == 1; }));
        // All have come when each of them is in flight.
        REQUIRE(comes_to_say(server.proxy, "nearcache_requests_in_flight", "10"));
        may_answer = true;

        for (auto& client : clients) CHECK(client->read_response().body == "one");
        CHECK(origin.requests() == 1);
    }
}

TEST_CASE("a hundred who ask at once on two threads cost one fetch") {
    std::atomic<bool> opens{false};
    OriginServer origin([&opens](OriginServer::Guest& guest) {
        while (!opens && guest.wait(milliseconds(1))) {
        }
        guest.say(ok_answer("together"));
    });
    ProxiedRedis server(origin_flags(origin));
    Crowd crowd;
    constexpr std::size_t count = 100;
    for (std::size_t i = 0; i < count; ++i) crowd.join(Door::http, server.proxy.http_port());

    crowd.send_to_all(http_request("GET", origin_target(origin.url(), "origin:k")), {});
    REQUIRE(eventually([&] { return origin.requests() == 1; }));
    // All of them are waiting by now, or find what they all wait for.
    opens = true;

    CHECK(crowd.wait_for_answers(count) == count);
    CHECK(crowd.count([](Door, const std::string& answer) {
        return answer.starts_with("HTTP/1.1 200") && answer.ends_with("together");
    }) == count);
    CHECK(origin.requests() == 1);
}

TEST_CASE("a fetch goes on without the client that began it") {
    std::atomic<bool> opens{false};
    OriginServer origin([&opens](OriginServer::Guest& guest) {
        while (!opens && guest.wait(milliseconds(1))) {
        }
        guest.say(ok_answer("patience"));
    });
    ProxiedRedis server(origin_flags(origin));
    {
        auto client = server.http();
        client.send(http_request("GET", origin_target(origin.url(), "origin:k")));
        REQUIRE(eventually([&] { return origin.requests() == 1; }));
    }
    opens = true;

    CHECK(eventually([&] {
        return server.redis.command({"GET", "origin:k"}) == "$8\r\npatience\r\n";
    }));
    CHECK(origin.requests() == 1);
}

TEST_CASE("what the origin says of storing bounds how long its answer is stored") {
    struct Case {
        std::string headers;
        std::string more;
        std::string ttl;  // of the key in Redis; -2: not stored
    };
    const std::vector<Case> cases = {
        {"", "", ":60\r\n"},
        {"", "&ttl=20", ":20\r\n"},
        {"", "&ttl=1h", ":60\r\n"},
        {"Cache-Control: max-age=30\r\n", "", ":30\r\n"},
        {"Cache-Control: max-age=30\r\n", "&ttl=20", ":20\r\n"},
        {"Cache-Control: max-age=600\r\n", "", ":60\r\n"},
        {"Cache-Control: max-age=30, s-maxage=10\r\n", "", ":10\r\n"},
        {"Cache-Control: max-age=30\r\nAge: 10\r\n", "", ":20\r\n"},
        {"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nExpires: Sun, 06 Nov 1994 08:50:07 GMT\r\n", "",
         ":30\r\n"},
        {"Cache-Control: no-store\r\n", "", ":-2\r\n"},
        {"Cache-Control: private\r\n", "", ":-2\r\n"},
        {"Cache-Control: no-cache\r\n", "", ":-2\r\n"},
        {"Cache-Control: max-age=0\r\n", "", ":-2\r\n"},
        {"Cache-Control: max-age=30\r\nAge: 30\r\n", "", ":-2\r\n"},
        {"Expires: 0\r\n", "", ":-2\r\n"},
    };
    std::atomic<std::size_t> number{0};
    OriginServer origin(
        [&](OriginServer::Guest& guest) { guest.say(ok_answer("x", cases[number].headers)); });
    ProxiedRedis server(origin_flags(origin));
    auto client = server.http();

    for (number = 0; number < cases.size(); ++number) {
        const auto key = "origin:" + std::to_string(number);
        CAPTURE(cases[number].headers);
        const auto response = client.get(origin_target(origin.url(), key, cases[number].more));
        CHECK(response.status == 200);
        CHECK(server.redis.command({"TTL", key}) == cases[number].ttl);
        const bool is_stored = status_of_cache(response).find("stored") != std::string::npos;
        CHECK(is_stored == (cases[number].ttl != ":-2\r\n"));
    }
}

TEST_CASE("directives of a request mean what they mean for any key") {
    OriginServer origin(counting());
    ProxiedRedis server(origin_flags(origin));
    auto client = server.http();
    const auto target = origin_target(origin.url(), "origin:k");
    const auto ask = [&](const std::string& directive) {
        return client.raw(http_request("GET", target, "Cache-Control: " + directive + "\r\n"));
    };

    CHECK(ask("only-if-cached").status == 504);
    CHECK(ask("no-store").body == "answer 1");
    CHECK(server.redis.command({"EXISTS", "origin:k"}) == ":0\r\n");
    CHECK(client.get(target).body == "answer 2");
    CHECK(ask("no-cache").body == "answer 3");
    CHECK(client.get(target).body == "answer 3");
    CHECK(ask("only-if-cached").body == "answer 3");
    CHECK(ask("max-age=100").body == "answer 3");
    CHECK(origin.requests() == 3);
}

TEST_CASE("conditions of a request hold for what is fetched") {
    OriginServer origin(counting());
    NearcacheProcess server(origin_flags(origin));
    auto client = server.http();
    const auto target = origin_target(origin.url(), "origin:k");
    const auto tag = client.get(target).header("ETag");

    const auto known = client.raw(http_request("GET", target, "If-None-Match: " + tag + "\r\n"));
    const auto part = client.raw(http_request("GET", target, "Range: bytes=0-5\r\n"));

    CHECK(known.status == 304);
    CHECK(part.status == 206);
    CHECK(part.body == "answer");
}

TEST_CASE("a Redis that takes no more values does not keep a client from its answer") {
    OriginServer origin(counting());
    ProxiedRedis server(origin_flags(origin));
    auto client = server.http();
    server.redis.command({"CONFIG", "SET", "maxmemory", "1"});

    const auto response = client.get(origin_target(origin.url(), "origin:k"));
    const auto again = client.get(origin_target(origin.url(), "origin:k"));

    CHECK(response.status == 200);
    CHECK(response.body == "answer 1");
    CHECK(status_of_cache(response) == "nearcache; fwd=miss; detail=origin");
    CHECK(response.header("Cache-Control") == "no-cache");
    CHECK(again.body == "answer 2");
    CHECK(server.proxy.process().errors().find("fetched, and not stored") != std::string::npos);
}

TEST_CASE("a Redis that is gone does not keep a client from its answer") {
    OriginServer origin(counting());
    ProxiedRedis server(origin_flags(origin));
    auto client = server.http();
    server.redis.kill();

    CHECK(client.get(origin_target(origin.url(), "origin:k")).body == "answer 1");
    CHECK(client.get(origin_target(origin.url(), "origin:k")).body == "answer 2");
}

TEST_CASE("no more fetches are under way than may be") {
    std::atomic<bool> opens{false};
    OriginServer origin([&opens](OriginServer::Guest& guest) {
        while (!opens && guest.wait(milliseconds(1))) {
        }
        guest.say(ok_answer("x"));
    });
    NearcacheProcess server(origin_flags(origin, {"--origin-max-fetches", "2"}));
    std::vector<HttpClient> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(server.http());

    for (std::size_t i = 0; i < 2; ++i) {
        clients[i].send(
            http_request("GET", origin_target(origin.url(), "origin:" + std::to_string(i))));
    }
    REQUIRE(eventually([&] { return origin.requests() == 2; }));
    const auto refused = clients[2].get(origin_target(origin.url(), "origin:2"));
    opens = true;

    CHECK(refused.status == 503);
    CHECK(refused.header("Retry-After") == "1");
    CHECK(clients[0].read_response().status == 200);
    CHECK(clients[1].read_response().status == 200);
    CHECK(clients[2].get(origin_target(origin.url(), "origin:2")).status == 200);
}

TEST_CASE("who waits for a fetch counts as a request in flight") {
    std::atomic<bool> opens{false};
    OriginServer origin([&opens](OriginServer::Guest& guest) {
        while (!opens && guest.wait(milliseconds(1))) {
        }
        guest.say(ok_answer("x"));
    });
    NearcacheProcess server(origin_flags(origin, {"--max-connections", "1"}));
    auto first = server.http();
    auto second = server.http();

    first.send(http_request("GET", origin_target(origin.url(), "origin:k")));
    REQUIRE(eventually([&] { return origin.requests() == 1; }));
    CHECK(second.get(origin_target(origin.url(), "origin:k")).status == 503);
    opens = true;

    CHECK(first.read_response().status == 200);
    CHECK(second.get(origin_target(origin.url(), "origin:k")).status == 200);
}

TEST_CASE("a server that is told to stop waits for a fetch, and no longer than it may") {
    std::atomic<bool> opens{false};
    OriginServer origin([&opens](OriginServer::Guest& guest) {
        while (!opens && guest.wait(milliseconds(1))) {
        }
        guest.say(ok_answer("at last"));
    });

    SUBCASE("it ends in time") {
        NearcacheProcess server(origin_flags(origin));
        auto client = server.http();
        client.send(http_request("GET", origin_target(origin.url(), "origin:k")));
        REQUIRE(eventually([&] { return origin.requests() == 1; }));
        server.process().signal(SIGTERM);
        REQUIRE(eventually(
            [&] { return server.process().errors().find("draining") != std::string::npos; }));
        opens = true;

        CHECK(client.read_response().body == "at last");
        CHECK(server.process().wait() == 0);
    }
    SUBCASE("it does not") {
        NearcacheProcess server(origin_flags(origin, {"--drain-timeout", "300ms"}));
        auto client = server.http();
        client.send(http_request("GET", origin_target(origin.url(), "origin:k")));
        REQUIRE(eventually([&] { return origin.requests() == 1; }));
        const auto begin = now();
        server.process().signal(SIGTERM);

        CHECK(server.process().wait() == 3);  // clients were cut
        CHECK(elapsed_since(begin) < patience(milliseconds(5000)));
    }
}

}  // namespace nearcache::tests
