#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"
#include "tests/support/timing.hpp"

namespace nearcache::tests {

namespace {

// One line in, one line out, without its CR LF.
std::string say(TestClient& client, std::string_view line) {
    auto reply = client.raw(std::string(line) + "\n");
    REQUIRE(reply.ends_with("\r\n"));
    return reply.substr(0, reply.size() - 2);
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("PUT, GET and DUMP on lines, in front of a store of its own") {
    NearcacheProcess server;
    auto client = server.resp();

    CHECK(say(client, "DUMP") == "+{}");
    CHECK(say(client, "PUT greeting=hello") == "+OK");
    CHECK(client.raw("GET greeting\n") == bulk("hello"));
    CHECK(say(client, "DUMP") == R"(+{"greeting":"hello"})");
    CHECK(say(client, "PUT \"a key=a value\"") == "+OK");
    CHECK(say(client, "PUT k").starts_with("-ERR PUT is written PUT key=value"));
    CHECK(client.ask({"GET", "a key"}) == bulk("a value"));
}

TEST_CASE("a dump has each of Redis's types, and any bytes") {
    ProxiedRedis servers;
    auto client = servers.resp();
    const std::vector<std::pair<Words, std::string>> values{
        {{"SET", "text", "grün \"\\\r\n"}, R"("text":"grün \"\\\r\n")"},
        {{"SET", "bytes", "\xff"}, R"("bytes":"base64:/w==")"},
        {{"SET", "\xfe", "v"}, R"("base64:/g==":"v")"},
        {{"SET", "tricky", "base64:no"}, R"("tricky":"base64:YmFzZTY0Om5v")"},
        {{"RPUSH", "list", "b", "a"}, R"("list":["b","a"])"},
        {{"SADD", "set", "one"}, R"("set":["one"])"},
        {{"HSET", "hash", "f", "v"}, R"("hash":{"f":"v"})"},
        {{"ZADD", "zset", "1.5", "a", "-inf", "b"}, R"("zset":[["b","-inf"],["a",1.5]])"},
        {{"XADD", "stream", "1-1", "f", "v", "f", "w"}, R"("stream":[["1-1",["f","v","f","w"]]])"},
    };
    for (const auto& [words, expected] : values) servers.redis.command(words);

    const auto dump = say(client, "DUMP");

    CHECK(dump.starts_with("+{"));
    CHECK(dump.ends_with("}"));
    for (const auto& [words, expected] : values) {
        CAPTURE(expected);
        CHECK(count_of(dump, expected) == 1);
    }
}

TEST_CASE("a dump is of the database that the client has selected") {
    ProxiedRedis servers;
    auto client = servers.resp();
    client.ask({"SET", "home", "1"});
    client.ask({"SELECT", "2"});
    CHECK(say(client, "PUT away=2") == "+OK");

    CHECK(say(client, "DUMP") == R"(+{"away":"2"})");
    CHECK(say(client, "SELECT 0") == "+OK");
    CHECK(say(client, "DUMP") == R"(+{"home":"1"})");
}

TEST_CASE("a large store is dumped whole, each key once, and is never all in memory") {
    ProxiedRedis servers({"--cache-memory", "1MiB"});
    constexpr std::size_t keys = 20'000, value_bytes = 2'000;
    servers.redis.command({"EVAL",
                           "for i = 1, ARGV[1] do redis.call('SET', 'key:' .. i, string.rep('v', "
                           "ARGV[2])) end",
                           "0", std::to_string(keys), std::to_string(value_bytes)});
    auto client = servers.resp();
    client.ask({"PING"});
    const auto before = servers.proxy.process().resident_bytes();

    client.send("DUMP\n");
    // Nobody reads: what is written must not pile up.
    CHECK_FALSE(
        eventually([&] { return servers.proxy.process().resident_bytes() > before + 30'000'000; },
                   milliseconds(500)));
    client.socket().end_sending();
    const auto dump = client.read_to_end();

    CHECK(dump.ends_with("}\r\n"));
    CHECK(count_of(dump, "\"key:") == keys);
    CHECK(dump.size() > keys * value_bytes);
}

TEST_CASE("a client that goes away in the middle of a dump leaves nothing behind") {
    ProxiedRedis servers;
    servers.redis.command(
        {"EVAL", "for i = 1, 2000 do redis.call('SET', i, string.rep('v', 10000)) end", "0"});
    {
        auto client = servers.resp();
        client.send("DUMP\n");
        CHECK(client.socket().receive().starts_with("+{"));
        client.socket().reset_on_close();
    }

    auto other = servers.resp();
    CHECK(eventually([&] {
        const auto info = text_of(other.ask({"INFO", "nearcache"}));
        return info.find("nearcache_requests_in_flight:0\r\n") != std::string::npos &&
               info.find("nearcache_connected_clients:1\r\n") != std::string::npos;
    }));
}

TEST_CASE("a dump whose Redis is lost in the middle is no complete object, and a close") {
    ProxiedRedis servers;
    servers.redis.command(
        {"EVAL", "for i = 1, 2000 do redis.call('SET', i, string.rep('v', 10000)) end", "0"});
    auto client = servers.resp();
    client.send("DUMP\n");
    auto dump = client.socket().receive();

    servers.redis.kill();
    dump += client.read_to_end();

    CHECK(dump.starts_with("+{"));
    CHECK_FALSE(dump.ends_with("}\r\n"));
    CHECK(dump.find(" -ERR backend ") != std::string::npos);
    CHECK(count_of(dump, "\r\n") == 1);
    CHECK(dump.ends_with("\r\n"));
}

TEST_CASE("as RESP arrays PUT is unknown, and DUMP wants a key") {
    ProxiedRedis servers;
    auto client = servers.resp();

    CHECK(client.ask({"PUT", "k=v"}) == servers.redis.command({"PUT", "k=v"}));
    CHECK(client.ask({"DUMP"}) == servers.redis.command({"DUMP"}));
}

}  // namespace nearcache::tests
