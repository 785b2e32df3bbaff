#include <exception>
#include <string>

#include <doctest/doctest.h>
#include <signal.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

constexpr milliseconds promptly(2000);

// Holds back the writes that reach Redis, and nothing else, until let_go().
class HeldWrites {
  public:
    explicit HeldWrites(const RealRedis& redis) : redis_(redis) {
        redis_.command({"CLIENT", "PAUSE", "60000", "WRITE"});
    }

    // Whether so many connections to Redis have a write waiting.
    bool are(std::size_t count) {
        return eventually([&] { return redis_.blocked_clients() == count; });
    }
    void let_go() { redis_.command({"CLIENT", "UNPAUSE"}); }

  private:
    const RealRedis& redis_;
};

}  // namespace

TEST_CASE("SIGTERM ends an idle nearcache at once with status 0") {
    ProxiedRedis servers;
    auto http = servers.http();
    auto resp = servers.resp();
    REQUIRE(http.get("/k").status == 404);
    REQUIRE(resp.ask({"GET", "k"}) == nil);

    servers.proxy.process().signal(SIGTERM);

    CHECK(servers.proxy.process().wait(promptly) == 0);
    CHECK(http.is_closed());
    CHECK(resp.read_to_end() == "");
}

TEST_CASE("SIGINT does the same, on the embedded store too") {
    NearcacheProcess server;
    auto resp = server.resp();
    REQUIRE(resp.ask({"PING"}) == "+PONG\r\n");

    server.process().signal(SIGINT);

    CHECK(server.process().wait(promptly) == 0);
}

TEST_CASE("an HTTP request in flight is answered before a drained nearcache exits") {
    ProxiedRedis servers({"--backend-operation-timeout", "60s"});
    auto http = servers.http();
    HeldWrites writes(servers.redis);
    http.send(http_request("PUT", "/k", {}, "v"));
    REQUIRE(writes.are(1));

    servers.proxy.process().signal(SIGTERM);
    REQUIRE(eventually([&] {
        try {
            servers.http();
            return false;
        } catch (const std::exception&) {
            return true;  // nobody new is let in
        }
    }));
    writes.let_go();

    CHECK(http.read_response().is_success());
    CHECK(servers.proxy.process().wait(promptly) == 0);
    CHECK(servers.redis.command({"GET", "k"}) == bulk("v"));
}

TEST_CASE("a RESP command in flight is answered before a drained nearcache exits") {
    ProxiedRedis servers({"--backend-operation-timeout", "60s"});
    auto resp = servers.resp();
    HeldWrites writes(servers.redis);
    resp.send(command({"SET", "k", "v"}) + command({"GET", "k"}));
    REQUIRE(writes.are(1));

    servers.proxy.process().signal(SIGTERM);
    writes.let_go();

    CHECK(resp.read_reply() == ok);
    CHECK(resp.read_reply() == bulk("v"));
    CHECK(resp.read_to_end() == "");
    CHECK(servers.proxy.process().wait(promptly) == 0);
}

TEST_CASE("a second SIGTERM ends the wait for requests in flight") {
    ProxiedRedis servers({"--backend-operation-timeout", "60s"});
    auto http = servers.http();
    HeldWrites writes(servers.redis);
    http.send(http_request("PUT", "/k", {}, "v"));
    REQUIRE(writes.are(1));

    servers.proxy.process().signal(SIGTERM);
    CHECK(servers.proxy.process().wait(milliseconds(200)) == Process::still_running);
    servers.proxy.process().signal(SIGTERM);

    CHECK(servers.proxy.process().wait(promptly) != Process::still_running);
}

TEST_CASE("the drain ends in time although a request never does") {
    ProxiedRedis servers({"--backend-operation-timeout", "60s", "--drain-timeout", "300ms"});
    auto http = servers.http();
    HeldWrites writes(servers.redis);
    http.send(http_request("PUT", "/k", {}, "v"));
    REQUIRE(writes.are(1));

    servers.proxy.process().signal(SIGTERM);

    CHECK(servers.proxy.process().wait(promptly) != Process::still_running);
}

TEST_CASE("a half-sent request does not hold up the end") {
    ProxiedRedis servers;
    auto http = servers.http();
    auto resp = servers.resp();
    http.send("GET /half");
    resp.send("*2\r\n$3\r\nGET\r\n$100\r\nhalf");
    REQUIRE(servers.resp().ask({"PING"}) == "+PONG\r\n");

    servers.proxy.process().signal(SIGTERM);

    CHECK(servers.proxy.process().wait(promptly) == 0);
}

}  // namespace nearcache::tests
