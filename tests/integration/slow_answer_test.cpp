#include <string>

#include <doctest/doctest.h>
#include <signal.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

// More than the kernel takes on its own, so that it is gone only when the client has read it.
constexpr std::size_t large = 32u * 1024 * 1024;

}  // namespace

TEST_CASE("an HTTP client has been idle since its answer, and not since its request") {
    ProxiedRedis servers({"--http-idle-timeout", "800ms"});
    auto http = servers.http();
    REQUIRE(http.get("/first").status == 404);
    servers.redis.command({"CLIENT", "PAUSE", "1500"});

    REQUIRE(http.get("/second").status == 404);

    CHECK_FALSE(http.socket().is_readable(milliseconds(300)));
    CHECK(http.get("/third").status == 404);
}

TEST_CASE("a large reply under way is finished before a drained nearcache exits") {
    ProxiedRedis servers;
    servers.redis.command({"SET", "large", std::string(large, 'v')});
    auto client = servers.resp();
    client.send(command({"GET", "large"}));
    REQUIRE(client.socket().is_readable(patience(milliseconds(10'000))));

    servers.proxy.process().signal(SIGTERM);
    CHECK(servers.proxy.process().wait(milliseconds(200)) == Process::still_running);

    CHECK(client.read_reply().size() > large);
    CHECK(client.read_to_end() == "");
    CHECK(servers.proxy.process().wait() == 0);
}

}  // namespace nearcache::tests
