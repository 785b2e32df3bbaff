#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

const std::vector<Words> administrative{
    {"CONFIG", "SET", "hz", "20"},
    {"CONFIG", "RESETSTAT"},
    {"CONFIG", "REWRITE"},
    {"DEBUG", "SLEEP", "0"},
    {"SHUTDOWN", "NOSAVE"},
    {"REPLICAOF", "NO", "ONE"},
    {"SLAVEOF", "NO", "ONE"},
    {"ACL", "SETUSER", "ann"},
    {"ACL", "DELUSER", "ann"},
    {"MODULE", "UNLOAD", "nosuch"},
    {"SAVE"},
    {"BGSAVE"},
    {"BGREWRITEAOF"},
    {"CLIENT", "PAUSE", "1"},
    {"CLIENT", "UNPAUSE"},
    {"FAILOVER", "ABORT"},
    {"CLUSTER", "RESET"},
    {"PFSELFTEST"},
    {"MIGRATE", "h", "1", "k", "0", "1"},
};

}  // namespace

TEST_CASE("administrative commands are denied unless they are allowed, and Redis hears nothing") {
    ProxiedRedis servers;
    auto client = servers.resp();
    const auto hz = servers.redis.command({"CONFIG", "GET", "hz"});

    for (const auto& words : administrative) {
        CAPTURE(words.front());
        const auto reply = client.ask(words);
        CHECK(reply.starts_with("-NOPERM '"));
        CHECK(reply.find("resp.admin_commands is deny") != std::string::npos);
    }
    CHECK(servers.redis.command({"CONFIG", "GET", "hz"}) == hz);
}

TEST_CASE("reading what Redis is set to needs no permission") {
    ProxiedRedis servers;
    auto client = servers.resp();

    for (const auto& words : std::vector<Words>{{"CONFIG", "GET", "maxmemory*"},
                                                {"CONFIG", "GET", "hz", "save"},
                                                {"CONFIG", "GET", "nosuch"},
                                                {"CONFIG", "GET"},
                                                {"CONFIG", "HELP"}}) {
        CHECK(client.ask(words) == servers.redis.command(words));
    }
}

TEST_CASE("administrative commands that are allowed do as in Redis") {
    ProxiedRedis servers({"--resp-admin-commands", "allow"});
    auto client = servers.resp();

    CHECK(client.ask({"CONFIG", "SET", "hz", "37"}) == ok);
    CHECK(text_of(servers.redis.command({"CONFIG", "GET", "hz"})) == "[hz, 37]");
    CHECK(client.ask({"CONFIG", "SET", "nosuch", "1"}) ==
          servers.redis.command({"CONFIG", "SET", "nosuch", "1"}));
    // Redis itself may be told to refuse it.
    CHECK(client.ask({"DEBUG", "SLEEP", "0"}) == servers.redis.command({"DEBUG", "SLEEP", "0"}));
    CHECK(client.ask({"ACL", "SETUSER", "ann"}) == ok);
    CHECK(client.ask({"ACL", "DELUSER", "ann"}) == integer(1));
    CHECK(client.ask({"CLIENT", "PAUSE", "1"}) == ok);
    CHECK(client.ask({"PING"}) == "+PONG\r\n");
    CHECK(client.ask({"SET", "k", "v"}) == ok);
    CHECK(client.ask({"GET", "k"}) == bulk("v"));
}

TEST_CASE("what an administrative command may have changed is dropped from the cache") {
    ProxiedRedis servers({"--resp-admin-commands", "allow", "--coherence", "ttl"});
    auto client = servers.resp();
    REQUIRE(servers.redis.command({"SET", "k", "v"}) == ok);
    REQUIRE(client.ask({"GET", "k"}) == bulk("v"));
    REQUIRE(servers.redis.command({"SET", "k", "w"}) == ok);
    REQUIRE(client.ask({"GET", "k"}) == bulk("v"));

    CHECK(is_error(client.ask({"DEBUG", "NOSUCH"})));
    CHECK(client.ask({"GET", "k"}) == bulk("w"));
}

TEST_CASE("a transaction with a command that is denied is not executed") {
    ProxiedRedis servers;
    auto client = servers.resp();

    CHECK(client.ask({"MULTI"}) == ok);
    CHECK(client.ask({"CONFIG", "SET", "hz", "20"}).starts_with("-NOPERM '"));
    CHECK(client.ask({"SET", "k", "v"}) == "+QUEUED\r\n");
    CHECK(client.ask({"EXEC"}).starts_with("-EXECABORT"));
    CHECK(servers.redis.command({"EXISTS", "k"}) == integer(0));
}

}  // namespace nearcache::tests
