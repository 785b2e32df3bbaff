#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

const std::string pong = "+PONG\r\n";

bool has_section(const std::string& info, const std::string& name) {
    return info.find("# " + name + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("what concerns the connection is answered without Redis") {
    ProxiedRedis servers;
    // Which Redis has since 7.2.
    const Words set_info{"CLIENT", "SETINFO", "LIB-NAME", "x"};
    const auto info_set = servers.redis.command(set_info);
    servers.redis.kill();
    auto client = servers.resp();

    CHECK(client.ask({"PING"}) == pong);
    CHECK(client.ask({"ping", "hello"}) == bulk("hello"));
    CHECK(client.ask({"ECHO", "hello"}) == bulk("hello"));
    CHECK(client.ask({"SELECT", "0"}) == ok);
    CHECK(is_error(client.ask({"SELECT", "1"})));
    CHECK(is_error(client.ask({"SELECT", "x"})));
    CHECK(client.ask({"CLIENT", "GETNAME"}) == nil);
    CHECK(client.ask({"CLIENT", "SETNAME", "tester"}) == ok);
    CHECK(client.ask({"CLIENT", "GETNAME"}) == bulk("tester"));
    CHECK(is_error(client.ask({"CLIENT", "SETNAME", "with space"})));
    CHECK(client.ask(set_info) == info_set);
    CHECK(client.ask({"CLIENT", "ID"}).starts_with(':'));
    CHECK(client.ask({"PING"}) == pong);
}

TEST_CASE("each connection has an id and a name of its own") {
    NearcacheProcess server;
    auto one = server.resp();
    auto two = server.resp();
    REQUIRE(one.ask({"CLIENT", "SETNAME", "one"}) == ok);

    CHECK(one.ask({"CLIENT", "ID"}) != two.ask({"CLIENT", "ID"}));
    CHECK(two.ask({"CLIENT", "GETNAME"}) == nil);
}

TEST_CASE("QUIT is answered, and then the connection is closed") {
    NearcacheProcess server;
    auto client = server.resp();

    client.send(command({"PING"}) + command({"QUIT"}) + command({"PING"}));

    CHECK(client.read_to_end() == pong + ok);
}

TEST_CASE("COMMAND and CONFIG GET answer what redis-cli and redis-benchmark ask") {
    NearcacheProcess server;
    auto client = server.resp();

    const auto all = client.ask({"COMMAND"});
    CHECK(all.starts_with('*'));
    CHECK(all.find("$3\r\nget\r\n") != std::string::npos);
    CHECK(client.ask({"COMMAND", "COUNT"}).starts_with(':'));
    CHECK(client.ask({"COMMAND", "INFO", "get"}).find("$3\r\nget\r\n") != std::string::npos);
    CHECK(client.ask({"COMMAND", "DOCS", "get"}).starts_with('*'));
    CHECK(text_of(client.ask({"CONFIG", "GET", "save"})).starts_with("[save, "));
    CHECK(text_of(client.ask({"CONFIG", "GET", "appendonly"})).starts_with("[appendonly, "));
    CHECK(is_error(client.ask({"CONFIG", "SET", "save", ""})));
}

TEST_CASE("INFO has the server's section, nearcache's, the cache's and coherence's") {
    NearcacheProcess server;
    auto client = server.resp();

    const auto everything = text_of(client.ask({"INFO"}));
    for (const auto& name : Words{"Server", "Nearcache", "Cache", "Coherence"}) {
        CAPTURE(name);
        CHECK(has_section(everything, name));
    }
    const auto cache = text_of(client.ask({"INFO", "cache"}));
    CHECK(has_section(cache, "Cache"));
    CHECK(!has_section(cache, "Server"));
}

TEST_CASE("commands may come inline") {
    NearcacheProcess server;
    auto client = server.resp();

    CHECK(client.raw("PING\r\n") == pong);
    CHECK(client.raw("set k \"two words\"\r\n") == ok);
    CHECK(client.raw("GET k\n") == bulk("two words"));
    CHECK(client.raw("set 'single' \"\\x00\\n\"\r\n") == ok);
    CHECK(client.raw("get single\r\n") == bulk(std::string("\0\n", 2)));
    CHECK(client.raw("\r\n\r\n  \r\n  EXISTS   k   single  \r\n") == integer(2));
}

TEST_CASE("a command may arrive one byte at a time") {
    ProxiedRedis servers;
    auto client = servers.resp();
    const auto requests = command({"SET", "k", "value"}) + command({"GET", "k"}) + "PING\r\n";

    for (const char byte : requests) client.send({&byte, 1});

    CHECK(client.read_replies(3) == Words{ok, bulk("value"), pong});
}

TEST_CASE("keys and values may hold any byte") {
    ProxiedRedis servers;
    auto client = servers.resp();
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte) every_byte.push_back(static_cast<char>(byte));
    const auto value = every_byte + every_byte;

    CHECK(client.ask({"SET", every_byte, value}) == ok);
    CHECK(client.ask({"GET", every_byte}) == bulk(value));
    CHECK(client.ask({"GET", every_byte}) == bulk(value));
    CHECK(client.ask({"SET", "", ""}) == ok);
    CHECK(client.ask({"GET", ""}) == bulk(""));
    CHECK(servers.redis.command({"STRLEN", every_byte}) == integer(512));
}

TEST_CASE("what breaks the protocol gets Redis's own error and a close") {
    const std::string broken[] = {
        "*1\r\n:5\r\n",
        "*x\r\n",
        "*1\r\n$x\r\n",
        "*1\r\n$-5\r\n",
        "*1\r\n$999999999999\r\n",
        "*9999999999\r\n",
        "set k \"unbalanced\r\n",
        "*2\r\n$3\r\nGET\r\n\r\n",
    };
    ProxiedRedis servers;
    auto other = servers.resp();

    for (const auto& bytes : broken) {
        CAPTURE(bytes);
        TestClient direct(servers.redis.port());
        auto proxied = servers.resp();
        direct.send(command({"PING"}) + bytes);
        proxied.send(command({"PING"}) + bytes);

        const auto expected = direct.read_to_end();
        CHECK(expected.find("-ERR Protocol error") != std::string::npos);
        CHECK(proxied.read_to_end() == expected);
    }
    CHECK(other.ask({"PING"}) == pong);
}

TEST_CASE("memory follows what was received and not what was announced") {
    NearcacheProcess server;
    REQUIRE(server.resp().ask({"PING"}) == pong);
    const auto before = server.process().resident_bytes();
    std::vector<TestClient> clients;

    for (int i = 0; i < 50; ++i) {
        clients.push_back(server.resp());
        clients.back().send("*1048576\r\n$536870912\r\nstart of a very long word");
    }
    // Answered after the others were read, as far as one can tell from outside.
    for (int i = 0; i < 50; ++i) REQUIRE(server.resp().ask({"PING"}) == pong);

    if (!is_sanitized) CHECK(server.process().resident_bytes() < before + 20'000'000);
}

TEST_CASE("a client that half-closes still gets all its replies") {
    ProxiedRedis servers;
    auto client = servers.resp();
    client.send(command({"SET", "k", "v"}) + command({"GET", "k"}) + command({"LLEN", "none"}) +
                command({"PING"}));

    client.socket().end_sending();

    CHECK(client.read_to_end() == ok + bulk("v") + integer(0) + pong);
}

TEST_CASE("what would rule over Redis, or take over its connection, is refused") {
    ProxiedRedis servers;
    auto client = servers.resp();

    for (const auto& words : std::vector<Words>{{"SHUTDOWN"},
                                                {"DEBUG", "SLEEP", "0"},
                                                {"REPLICAOF", "NO", "ONE"},
                                                {"CONFIG", "SET", "maxmemory", "1"},
                                                {"CLIENT", "PAUSE", "1000"}}) {
        CAPTURE(words.front());
        CHECK(client.ask(words).starts_with("-NOPERM "));
        CHECK(client.ask({"PING"}) == pong);
    }
    for (const auto& words : std::vector<Words>{{"SYNC"},
                                                {"PSYNC", "?", "-1"},
                                                {"REPLCONF", "ACK", "1"},
                                                {"SCRIPT", "DEBUG", "YES"}}) {
        CAPTURE(words.front());
        CHECK(client.ask(words).ends_with("send it to Redis itself\r\n"));
        CHECK(client.ask({"PING"}) == pong);
    }
    CHECK(servers.redis.command({"PING"}) == pong);
}

TEST_CASE("what rules over Redis reaches it where that is allowed") {
    ProxiedRedis servers({"--resp-admin-commands", "allow"});
    auto client = servers.resp();

    CHECK(client.ask({"CONFIG", "SET", "maxmemory", "123456789"}) == ok);
    CHECK(client.ask({"CONFIG", "RESETSTAT"}) == ok);
    CHECK(client.ask({"MULTI"}) == ok);
    CHECK(client.ask({"CONFIG", "SET", "maxclients", "100"}) == "+QUEUED\r\n");
    CHECK(client.ask({"DISCARD"}) == ok);

    CHECK(servers.redis.command({"CONFIG", "GET", "maxmemory"}) ==
          array({bulk("maxmemory"), bulk("123456789")}));
    CHECK(is_error(client.ask({"SYNC"})));
}

TEST_CASE("the embedded store lends no connections, and says so") {
    NearcacheProcess server;
    auto client = server.resp();

    for (const auto& words :
         std::vector<Words>{{"MULTI"}, {"SUBSCRIBE", "c"}, {"BLPOP", "q", "0"}}) {
        CHECK(client.ask(words).ends_with("this backend has none to lend\r\n"));
    }
    CHECK(client.ask({"PING"}) == pong);
}

}  // namespace nearcache::tests
