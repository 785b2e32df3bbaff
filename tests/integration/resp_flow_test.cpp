#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

}  // namespace

TEST_CASE("ten thousand pipelined hits, misses and forwards are answered in their order") {
    ProxiedRedis servers;
    auto client = servers.resp();
    servers.redis.command({"SET", "hit", "the hit"});
    REQUIRE(client.ask({"GET", "hit"}) == bulk("the hit"));
    std::string requests;
    Words expected;
    for (int i = 0; i < 2000; ++i) {
        const auto number = std::to_string(i);
        requests += command({"GET", "hit"}) + command({"GET", "absent" + number}) +
                    command({"LPUSH", "list", number}) + command({"ECHO", number}) +
                    command({"SET", "k" + number, number});
        expected.insert(expected.end(), {bulk("the hit"), nil, integer(i + 1), bulk(number), ok});
    }

    const auto replies = client.pipeline(requests, expected.size());

    const bool is_in_order = replies == expected;
    CHECK(is_in_order);
}

TEST_CASE("a pipeline deeper than is taken at once is answered all the same") {
    ProxiedRedis servers({"--resp-max-pipeline", "10"});
    auto client = servers.resp();
    std::string requests;
    for (int i = 0; i < 500; ++i) requests += command({"INCR", "n"});

    client.send(requests);

    for (int i = 1; i <= 500; ++i) REQUIRE(client.read_reply() == integer(i));
}

TEST_CASE("a slow reader of large values stalls nobody and memory stays bounded") {
    constexpr int values = 200;
    ProxiedRedis servers;
    const std::string value(megabyte, 'v');
    auto other = servers.resp();
    REQUIRE(other.ask({"SET", "big", value}) == ok);
    REQUIRE(other.ask({"GET", "big"}) == bulk(value));
    const auto before = servers.proxy.process().resident_bytes();
    auto slow = servers.resp();
    std::string requests;
    for (int i = 0; i < values; ++i) requests += command({"GET", "big"});
    slow.send(requests);

    for (int i = 0; i < 200; ++i) {
        const auto asked = now();
        REQUIRE(other.ask({"GET", "big"}).size() > megabyte);
        REQUIRE(elapsed_since(asked) < patience(milliseconds(1000)));
    }

    if (!is_sanitized) CHECK(servers.proxy.process().resident_bytes() < before + 50 * megabyte);
    for (int i = 0; i < values; ++i) {
        const bool is_whole = slow.read_reply() == bulk(value);
        REQUIRE(is_whole);
    }
}

TEST_CASE("a slow reader of forwarded replies stalls nobody and memory stays bounded") {
    constexpr int replies = 400;
    ProxiedRedis servers({"--backend-operation-timeout", "60s"});
    const std::string value(megabyte, 'v');
    servers.redis.command({"RPUSH", "big", value});
    auto other = servers.resp();
    REQUIRE(other.ask({"PING"}) == "+PONG\r\n");
    const auto before = servers.proxy.process().resident_bytes();
    auto slow = servers.resp();
    std::string requests;
    for (int i = 0; i < replies; ++i) requests += command({"LINDEX", "big", "0"});
    slow.send(requests);

    // Until nearly all has left Redis, which is what must not happen, or long enough for that.
    auto most = before;
    const Deadline deadline(milliseconds(4000));
    for (int i = 1; servers.redis.bytes_sent() < 380 * megabyte && !deadline.has_passed(); ++i) {
        const auto asked = now();
        REQUIRE(other.ask({"INCR", "n"}) == integer(i));
        REQUIRE(elapsed_since(asked) < patience(milliseconds(1000)));
        most = std::max(most, servers.proxy.process().resident_bytes());
    }
    most = std::max(most, servers.proxy.process().resident_bytes());

    if (!is_sanitized) CHECK((most - before) / megabyte < 150);
    for (int i = 0; i < replies; ++i) {
        const bool is_whole = slow.read_reply() == bulk(value);
        REQUIRE(is_whole);
    }
}

TEST_CASE("a client that sends without end and reads nothing does not fill the memory") {
    ProxiedRedis servers;
    const std::string value(100'000, 'v');
    servers.redis.command({"SET", "k", value});
    auto flood = servers.resp();
    flood.socket().set_limit(milliseconds(1000));
    const auto before = servers.proxy.process().resident_bytes();
    std::string requests;
    for (int i = 0; i < 10'000; ++i) requests += command({"GET", "k"});

    bool was_held_back = false;
    try {
        for (int i = 0; i < 200; ++i) flood.send(requests);
    } catch (const TimedOut&) {
        was_held_back = true;
    }

    CHECK(was_held_back);
    CHECK(servers.resp().ask({"GET", "k"}) == bulk(value));
    if (!is_sanitized) CHECK(servers.proxy.process().resident_bytes() < before + 100 * megabyte);
}

TEST_CASE("a large value is stored and read whole") {
    ProxiedRedis servers;
    auto client = servers.resp();
    std::string value(20 * megabyte, '\0');
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 7 % 251);

    REQUIRE(client.ask({"SET", "big", value}) == ok);

    const bool is_whole = client.ask({"GET", "big"}) == bulk(value);
    CHECK(is_whole);
    const bool is_whole_in_redis = servers.redis.command({"GET", "big"}) == bulk(value);
    CHECK(is_whole_in_redis);
}

TEST_CASE("a slow command of one client holds up nobody's hits") {
    ProxiedRedis servers({"--threads", "1", "--coherence", "ttl"});
    servers.redis.command({"SET", "warm", "v"});
    auto quick = servers.resp();
    REQUIRE(quick.ask({"GET", "warm"}) == bulk("v"));
    auto slow = servers.resp();
    servers.redis.freeze();
    slow.send(command({"LRANGE", "list", "0", "-1"}));

    for (int i = 0; i < 1000; ++i) REQUIRE(quick.ask({"GET", "warm"}) == bulk("v"));
    CHECK(!slow.socket().is_readable(milliseconds(0)));
    servers.redis.thaw();

    CHECK(slow.read_reply() == array({}));
}

}  // namespace nearcache::tests
