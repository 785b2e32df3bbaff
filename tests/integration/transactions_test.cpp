#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background.hpp"
#include "tests/support/speaker.hpp"

// MULTI to EXEC, and WATCH, through nearcache as straight to Redis.
namespace nearcache::tests {

namespace {

const std::string queued = "+QUEUED\r\n";
const std::string not_executed = "*-1\r\n";

// Told in order: later commands build on what earlier ones left.
const std::vector<Words> commands{
    {"MULTI"},
    {"SET", "k", "v"},
    {"GET", "k"},
    {"INCR", "k"},
    {"MGET", "k", "none"},
    {"EXEC"},
    {"GET", "k"},
    {"MULTI"},
    {"EXEC"},
    {"MULTI"},
    {"SET", "k", "w"},
    {"DISCARD"},
    {"GET", "k"},
    {"MULTI"},
    {"NOSUCHCOMMAND", "a"},
    {"SET", "k", "w"},
    {"EXEC"},
    {"GET", "k"},
    {"MULTI"},
    {"SET", "k"},
    {"EXEC"},
    {"MULTI"},
    {"OBJECT", "NOSUCH", "k"},
    {"EXEC"},
    {"MULTI"},
    {"MULTI"},
    {"WATCH", "k"},
    {"SET", "k", "x"},
    {"EXEC"},
    {"GET", "k"},
    {"EXEC"},
    {"DISCARD"},
    {"UNWATCH"},
    {"EXEC", "now"},
    {"WATCH"},
    {"WATCH", "k"},
    {"SET", "k", "y"},
    {"MULTI"},
    {"GET", "k"},
    {"EXEC"},
    {"WATCH", "k"},
    {"GET", "k"},
    {"MULTI"},
    {"SET", "k", "z"},
    {"EXEC"},
    {"GET", "k"},
    {"WATCH", "k"},
    {"SET", "k", "a"},
    {"UNWATCH"},
    {"MULTI"},
    {"GET", "k"},
    {"EXEC"},
    {"WATCH", "k"},
    {"EXEC"},
    {"SET", "k", "b"},
    {"MULTI"},
    {"GET", "k"},
    {"EXEC"},
    {"WATCH", "k"},
    {"MULTI"},
    {"SET", "k", "c"},
    {"DISCARD"},
    {"SET", "k", "d"},
    {"MULTI"},
    {"GET", "k"},
    {"EXEC"},
    {"MULTI"},
    {"PING"},
    {"ECHO", "e"},
    {"CLIENT", "SETNAME", "me"},
    {"CLIENT", "GETNAME"},
    {"CLIENT", "SETNAME", "not me"},
    {"EXEC"},
    {"CLIENT", "GETNAME"},
    {"MULTI"},
    {"BLPOP", "none", "0"},
    {"XREAD", "BLOCK", "0", "STREAMS", "x", "$"},
    {"EXEC"},
    {"MULTI"},
    {"WAIT", "0", "0"},
    {"UNWATCH"},
    {"EXEC"},
    {"MULTI"},
    {"RPUSH", "l", "1", "2"},
    {"LRANGE", "l", "0", "-1"},
    {"HGETALL", "none"},
    {"GET", "l"},
    {"EVAL", "return {1, {2, {3}}}", "0"},
    {"EXEC"},
    {"MULTI"},
    {"SELECT", "1"},
    {"SET", "k", "in 1"},
    {"EXEC"},
    {"GET", "k"},
    {"DBSIZE"},
    {"MULTI"},
    {"SELECT", "99"},
    {"GET", "k"},
    {"SELECT", "0"},
    {"GET", "k"},
    {"EXEC"},
    {"GET", "k"},
    {"MULTI"},
    {"SELECT", "1"},
    {"DISCARD"},
    {"GET", "k"},
    {"WATCH", "k"},
    {"SELECT", "1"},
    {"GET", "k"},
    {"MULTI"},
    {"GET", "k"},
    {"EXEC"},
    {"SELECT", "0"},
    {"MULTI"},
    {"FLUSHALL"},
    {"GET", "k"},
    {"EXEC"},
    {"GET", "k"},
    {"MULTI"},
    {"SET", "k", "gone"},
    {"RESET"},
    {"EXEC"},
    {"GET", "k"},
};

}  // namespace

TEST_CASE("transactions are answered as by Redis, byte for byte, one by one and in one write") {
    for (const std::string dialect : {"2", "3"}) {
        CAPTURE(dialect);
        const RealRedis direct_redis;
        ProxiedRedis servers;
        Speaker direct(direct_redis), proxied(servers.proxy);
        direct.ask({"HELLO", dialect});
        proxied.ask({"HELLO", dialect});
        std::string bytes;

        for (const auto& words : commands) {
            CAPTURE(words.front());
            CAPTURE(words.back());
            CHECK(proxied.ask(words) == direct.ask(words));
            bytes += command(words);
        }
        direct.say_bytes(bytes);
        proxied.say_bytes(bytes);
        for (const auto& words : commands) {
            CAPTURE(words.front());
            CAPTURE(words.back());
            CHECK(proxied.hear() == direct.hear());
        }
        CHECK(comes_to_rest(servers.proxy));
    }
}

TEST_CASE("once EXEC is answered nobody reads an older value, by either door") {
    ProxiedRedis servers;
    auto writer = servers.resp(), resp = servers.resp();
    auto http = servers.http();
    Background reader([client = std::make_shared<TestClient>(servers.proxy.resp_port())] {
        client->ask({"GET", "k"});
        return std::string();
    });

    for (std::size_t i = 0; i < scaled(1000); ++i) {
        const auto value = std::to_string(i);
        writer.send(command({"MULTI"}) + command({"SET", "k", value}) + command({"INCR", "n"}) +
                    command({"EXEC"}));
        REQUIRE(writer.read_replies(4).back().starts_with("*2\r\n+OK\r\n"));

        REQUIRE(resp.ask({"GET", "k"}) == bulk(value));
        REQUIRE(http.get("/k").body == value);
        REQUIRE(writer.ask({"GET", "k"}) == bulk(value));
    }
    CHECK(reader.stop() == "");
}

TEST_CASE("a watched key that anybody changes keeps the transaction from happening") {
    ProxiedRedis servers;
    auto client = servers.resp(), other = servers.resp();
    TestClient direct(servers.redis.port());
    const auto attempt = [&](auto&& interfere) {
        REQUIRE(client.ask({"WATCH", "k"}) == ok);
        client.ask({"GET", "k"});
        interfere();
        REQUIRE(client.ask({"MULTI"}) == ok);
        REQUIRE(client.ask({"SET", "k", "mine"}) == queued);
        return client.ask({"EXEC"});
    };

    CHECK(attempt([] {}) == array({ok}));
    CHECK(attempt([&] { other.ask({"SET", "k", "theirs"}); }) == not_executed);
    CHECK(attempt([&] { direct.ask({"SET", "k", "theirs"}); }) == not_executed);
    CHECK(attempt([&] { servers.http().put("/k", "theirs"); }) == not_executed);
    CHECK(attempt([&] { other.ask({"SET", "unrelated", "x"}); }) == array({ok}));
    CHECK(other.ask({"GET", "k"}) == bulk("mine"));
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("what is read between WATCH and EXEC is what Redis has now") {
    ProxiedRedis servers({"--coherence", "ttl"});
    auto client = servers.resp(), other = servers.resp();
    servers.redis.command({"SET", "k", "old"});
    REQUIRE(other.ask({"GET", "k"}) == bulk("old"));
    servers.redis.command({"SET", "k", "new"});
    REQUIRE(other.ask({"GET", "k"}) == bulk("old"));

    client.ask({"WATCH", "k"});
    CHECK(client.ask({"GET", "k"}) == bulk("new"));
    CHECK(client.ask({"MGET", "k"}) == array({bulk("new")}));
    CHECK(client.ask({"STRLEN", "k"}) == integer(3));
    client.ask({"MULTI"});
    CHECK(client.ask({"GET", "k"}) == queued);
    CHECK(client.ask({"EXEC"}) == array({bulk("new")}));
}

TEST_CASE("clients that count by WATCH and EXEC at the same time lose no count") {
    ProxiedRedis servers;
    constexpr int counters = 4;
    const auto rounds = static_cast<int>(scaled(200));
    std::vector<std::thread> threads;
    std::atomic<int> surprises{0};

    for (int i = 0; i < counters; ++i) {
        threads.emplace_back([&] {
            auto client = servers.resp();
            for (int done = 0; done < rounds;) {
                client.ask({"WATCH", "n"});
                const auto value = client.ask({"GET", "n"});
                const auto next = value == nil ? 1 : std::stoi(text_of(value)) + 1;
                client.send(command({"MULTI"}) + command({"SET", "n", std::to_string(next)}) +
                            command({"EXEC"}));
                const auto outcome = client.read_replies(3).back();
                if (outcome == array({ok})) {
                    ++done;
                } else if (outcome != not_executed) {
                    ++surprises;
                    ++done;
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();

    CHECK(surprises == 0);
    CHECK(servers.redis.command({"GET", "n"}) == bulk(std::to_string(counters * rounds)));
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("reads, writes and transactions mixed in one pipeline take effect in their order") {
    ProxiedRedis servers;
    auto client = servers.resp();
    std::string bytes;
    std::vector<std::string> expected;
    const auto add = [&](const Words& words, const std::string& reply) {
        bytes += command(words);
        expected.push_back(reply);
    };
    for (int i = 0; i < 50; ++i) {
        const auto value = std::to_string(i);
        add({"SET", "k", value}, ok);
        add({"GET", "k"}, bulk(value));
        add({"MULTI"}, ok);
        add({"GET", "k"}, queued);
        add({"SET", "k", "t" + value}, queued);
        add({"EXEC"}, array({bulk(value), ok}));
        add({"GET", "k"}, bulk("t" + value));
        add({"WATCH", "k"}, ok);
        add({"APPEND", "k", "x"}, integer(static_cast<long long>(value.size()) + 2));
        add({"GET", "k"}, bulk("t" + value + "x"));
        add({"UNWATCH"}, ok);
        add({"GET", "k"}, bulk("t" + value + "x"));
    }

    CHECK(client.pipeline(bytes, expected.size()) == expected);
}

TEST_CASE("a client that vanishes in a transaction has done nothing, and leaves nothing") {
    ProxiedRedis servers;
    for (int i = 0; i < 20; ++i) {
        auto client = servers.resp();
        client.ask({"WATCH", "k"});
        client.ask({"MULTI"});
        client.ask({"SET", "k", "v"});
    }

    CHECK(comes_to_rest(servers.proxy));
    auto next = servers.resp();
    next.ask({"WATCH", "other"});
    CHECK(next.ask({"MULTI"}) == ok);
    CHECK(next.ask({"EXEC"}) == array({}));
    CHECK(servers.redis.command({"EXISTS", "k"}) == integer(0));
}

}  // namespace nearcache::tests
