#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background.hpp"
#include "tests/support/speaker.hpp"

// SUBSCRIBE and its kin, and MONITOR, through nearcache as straight to Redis.
namespace nearcache::tests {

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

std::string frame(const std::string& opening, const std::vector<std::string>& parts) {
    std::string bytes = opening + "\r\n";
    for (const auto& part : parts) bytes += part;
    return bytes;
}

std::string message(const std::string& channel, const std::string& text) {
    return array({bulk("message"), bulk(channel), bulk(text)});
}

std::string pushed(const std::string& channel, const std::string& text) {
    return frame(">3", {bulk("message"), bulk(channel), bulk(text)});
}

// What both answer to one command after the other, and what both then hear.
void check_same(Speaker& proxied, Speaker& direct, const Words& words, std::size_t replies = 1) {
    CAPTURE(words.front());
    proxied.say(words);
    direct.say(words);
    CHECK(proxied.hear(replies) == direct.hear(replies));
}

// Redis's own clients of that kind, as CLIENT LIST TYPE names it.
std::size_t clients_of_type(const RealRedis& redis, const std::string& type) {
    const auto list = redis.command({"CLIENT", "LIST", "TYPE", type});
    std::size_t found = 0;
    for (auto at = list.find("id="); at != list.npos; at = list.find("id=", at + 1)) {
        found += list[at - 1] == '\n';
    }
    return found;
}

}  // namespace

TEST_CASE("a subscriber in RESP2 is answered as by Redis, whatever it says") {
    ProxiedRedis servers;
    Speaker direct(servers.redis), proxied(servers.proxy);

    check_same(proxied, direct, {"SUBSCRIBE", "a", "b", "a"}, 3);
    check_same(proxied, direct, {"PSUBSCRIBE", "p*"});
    check_same(proxied, direct, {"SSUBSCRIBE", "s"});
    for (const Words& words :
         {Words{"PING"}, Words{"PING", "hello"}, Words{"PING", "a", "b"}, Words{"GET", "k"},
          Words{"SET", "k", "v"}, Words{"HELLO", "3"}, Words{"MULTI"}, Words{"NOSUCHCOMMAND"},
          Words{"SELECT", "1"}, Words{"SUBSCRIBE"}, Words{"CLIENT", "ID"}, Words{"BLPOP", "q", "0"},
          Words{"MONITOR"}}) {
        check_same(proxied, direct, words);
    }
    check_same(proxied, direct, {"UNSUBSCRIBE", "none"});
    check_same(proxied, direct, {"UNSUBSCRIBE"}, 2);
    check_same(proxied, direct, {"UNSUBSCRIBE"});
    check_same(proxied, direct, {"SUNSUBSCRIBE"});
    check_same(proxied, direct, {"GET", "k"});
    check_same(proxied, direct, {"PUNSUBSCRIBE"});
    check_same(proxied, direct, {"GET", "k"});
    check_same(proxied, direct, {"SUBSCRIBE", "a"});
    check_same(proxied, direct, {"RESET"});
    check_same(proxied, direct, {"GET", "k"});

    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("a subscriber in RESP3 is answered as by Redis, and may say anything") {
    const RealRedis direct_redis;
    ProxiedRedis servers;
    Speaker direct(direct_redis), proxied(servers.proxy);
    direct.ask({"HELLO", "3"});
    proxied.ask({"HELLO", "3"});

    check_same(proxied, direct, {"SUBSCRIBE", "a", "b"}, 2);
    check_same(proxied, direct, {"PSUBSCRIBE", "p*"});
    for (const Words& words :
         {Words{"PING"}, Words{"GET", "k"}, Words{"RPUSH", "l", "message", "a", "b"},
          Words{"LRANGE", "l", "0", "-1"}, Words{"EVAL", "return {'subscribe', 'a', 1}", "0"},
          Words{"DEL", "l"}, Words{"MULTI"}, Words{"GET", "k"}, Words{"EXEC"}}) {
        check_same(proxied, direct, words);
    }
    for (const RealRedis* const redis : {&direct_redis, &std::as_const(servers.redis)}) {
        redis->command({"PUBLISH", "a", "1"});
        redis->command({"PUBLISH", "p", "2"});
    }
    CHECK(proxied.hear(2) == direct.hear(2));
    // Without arguments the order of the confirmations is up to the server's hash.
    check_same(proxied, direct, {"UNSUBSCRIBE", "b", "a"}, 2);
    check_same(proxied, direct, {"PUNSUBSCRIBE"});
    check_same(proxied, direct, {"PUNSUBSCRIBE"});

    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("what is published reaches all who listen, published here or straight to Redis") {
    ProxiedRedis servers;
    Speaker one(servers.proxy), two(servers.proxy), three(servers.proxy);
    auto publisher = servers.resp();
    one.ask({"SUBSCRIBE", "news"});
    two.ask({"PSUBSCRIBE", "n*"});
    three.ask({"HELLO", "3"});
    three.ask({"SUBSCRIBE", "news"});

    CHECK(publisher.ask({"PUBLISH", "news", "1"}) == integer(3));
    CHECK(servers.redis.command({"PUBLISH", "news", "2"}) == integer(3));
    CHECK(publisher.ask({"PUBLISH", "elsewhere", "3"}) == integer(0));

    for (const std::string text : {"1", "2"}) {
        CHECK(one.hear() == message("news", text));
        CHECK(two.hear() == array({bulk("pmessage"), bulk("n*"), bulk("news"), bulk(text)}));
        CHECK(three.hear() == pushed("news", text));
    }
}

TEST_CASE("a client may listen to 200 channels, and leave them all at once") {
    constexpr std::size_t channels = 200;
    ProxiedRedis servers;
    Speaker listener(servers.proxy);
    Words subscribe{"SUBSCRIBE"};
    for (std::size_t i = 0; i < channels; ++i) subscribe.push_back("c" + std::to_string(i));

    listener.say(subscribe);
    CHECK(listener.hear(channels).back() ==
          array({bulk("subscribe"), bulk("c199"), integer(channels)}));
    for (std::size_t i = 0; i < channels; ++i) {
        servers.redis.command({"PUBLISH", subscribe[i + 1], std::to_string(i)});
    }
    for (std::size_t i = 0; i < channels; ++i) {
        CHECK(listener.hear() == message(subscribe[i + 1], std::to_string(i)));
    }
    listener.say({"UNSUBSCRIBE"});
    CHECK(listener.hear(channels).back().ends_with(":0\r\n"));

    CHECK(listener.ask({"INCR", "n"}) == integer(1));
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("pushes keep their order, and so do the replies between them") {
    ProxiedRedis servers;
    Speaker client(servers.proxy);
    client.ask({"HELLO", "3"});
    client.ask({"SUBSCRIBE", "news"});
    servers.redis.command({"SET", "warm", "w"});
    int published = 0;
    Background publisher([&, direct = std::make_shared<TestClient>(servers.redis.port())] {
        direct->ask({"PUBLISH", "news", std::to_string(published++)});
        return std::string();
    });

    int heard = 0;
    const auto hear_reply = [&] {
        for (;;) {
            auto frame = client.hear();
            if (!frame.starts_with('>')) return frame;
            REQUIRE(frame == pushed("news", std::to_string(heard++)));
        }
    };
    for (std::size_t i = 1; i <= scaled(2000); ++i) {
        const auto n = std::to_string(i);
        client.say_bytes(command({"GET", "warm"}) + command({"INCR", "n"}) +
                         command({"GET", "cold" + n}) + command({"LRANGE", "l", "0", "-1"}));
        REQUIRE(hear_reply() == bulk("w"));
        REQUIRE(hear_reply() == integer(static_cast<long long>(i)));
        REQUIRE(hear_reply() == "_\r\n");
        REQUIRE(hear_reply() == "*0\r\n");
    }

    CHECK(publisher.stop() == "");
    CHECK(heard > 0);
}

TEST_CASE("a subscriber that reads nothing fills no memory here, and holds up nobody") {
    const std::string text(100'000, 'm');
    ProxiedRedis servers;
    servers.redis.command({"CONFIG", "SET", "client-output-buffer-limit", "pubsub 32mb 0 0"});
    Speaker sleeper(servers.proxy);
    auto other = servers.resp();
    sleeper.ask({"SUBSCRIBE", "news"});
    other.ask({"SET", "k", "v"});
    const auto before = servers.proxy.process().resident_bytes();
    TestClient publisher(servers.redis.port());

    // Until Redis has had enough of it.
    std::size_t sent = 0;
    while (publisher.ask({"PUBLISH", "news", text}) == integer(1)) {
        sent += text.size();
        REQUIRE(sent < 400 * megabyte);
        REQUIRE(other.ask({"GET", "k"}) == bulk("v"));
    }
    const auto after = servers.proxy.process().resident_bytes();

    if (!is_sanitized) CHECK((std::max(after, before) - before) / megabyte < 60);
    CHECK(other.ask({"INCR", "n"}) == integer(1));
    // What was passed on is whole, and then its connection ends.
    const auto heard = sleeper.hear_out();
    const auto whole = message("news", text);
    CHECK(heard.size() % whole.size() == 0);
    CHECK(heard.starts_with(whole));
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("a subscriber that only pauses misses nothing") {
    const std::string text(10'000, 'm');
    constexpr int messages = 2000;
    ProxiedRedis servers;
    Speaker listener(servers.proxy);
    listener.ask({"SUBSCRIBE", "news"});
    TestClient publisher(servers.redis.port());

    for (int i = 0; i < messages; ++i) {
        REQUIRE(publisher.ask({"PUBLISH", "news", std::to_string(i) + text}) == integer(1));
    }

    for (int i = 0; i < messages; ++i) {
        REQUIRE(listener.hear() == message("news", std::to_string(i) + text));
    }
}

TEST_CASE("a listener that vanishes listens no more") {
    ProxiedRedis servers;
    const auto comes_to_reach = [&](long long listeners) {
        return eventually([&] {
            return servers.redis.command({"PUBLISH", "c", "m"}) == integer(listeners);
        });
    };
    for (const bool resets : {false, true}) {
        for (const Words& words : {Words{"SUBSCRIBE", "c"}, Words{"PSUBSCRIBE", "c"}}) {
            {
                Speaker listener(servers.proxy);
                if (resets) listener.socket().reset_on_close();
                listener.ask(words);
                REQUIRE(comes_to_reach(1));
            }
            CHECK(comes_to_reach(0));
        }
    }
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("MONITOR shows what Redis is told, until its client leaves") {
    ProxiedRedis servers;
    {
        Speaker monitor(servers.proxy), other_monitor(servers.proxy);
        CHECK(monitor.ask({"MONITOR"}) == ok);
        CHECK(other_monitor.ask({"MONITOR"}) == ok);

        servers.resp().ask({"SET", "monitored", "v"});

        for (auto* const one : {&monitor, &other_monitor}) {
            std::string line;
            do {
                line = one->hear();
                REQUIRE(line.starts_with('+'));
            } while (line.find("\"SET\" \"monitored\" \"v\"") == line.npos);
        }
        monitor.say({"GET", "k"});
        std::string line;
        do line = monitor.hear();
        while (line.starts_with('+'));
        CHECK(line == "-ERR Replica can't interact with the keyspace\r\n");
        CHECK(lent_connections(servers.proxy) == 2);
    }

    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("to who wants no replies Redis and nearcache say the same") {
    ProxiedRedis servers;
    for (const std::string how : {"OFF", "SKIP"}) {
        CAPTURE(how);
        std::vector<std::string> heard;
        for (const auto port : {servers.redis.port(), servers.proxy.resp_port()}) {
            Speaker client(port);
            client.say_bytes(
                command({"PING"}) + command({"CLIENT", "REPLY", how}) +
                command({"SUBSCRIBE", "a"}) + command({"PING"}) + command({"UNSUBSCRIBE"}) +
                command({"UNSUBSCRIBE"}) + command({"GET", "none"}) + command({"MULTI"}) +
                command({"CLIENT", "GETNAME"}) + command({"EXEC"}) +
                command({"INCR", "n" + std::to_string(port)}) + command({"CLIENT", "REPLY", "ON"}) +
                command({"PING"}) + command({"QUIT"}));
            heard.push_back(client.hear_out());
        }
        CHECK(heard[1] == heard[0]);
    }
}

TEST_CASE("hundreds of listeners are no subscribers of Redis's once they are gone") {
    ProxiedRedis servers;
    const auto ours = clients_of_type(servers.redis, "pubsub");  // that of the invalidations
    {
        std::vector<TestClient> listeners;
        for (int i = 0; i < 300; ++i) {
            listeners.push_back(servers.resp());
            REQUIRE(!is_error(listeners.back().ask({"SUBSCRIBE", "news"})));
        }
        CHECK(servers.redis.command({"PUBLISH", "news", "m"}) == integer(300));
        for (auto& listener : listeners) CHECK(listener.read_reply() == message("news", "m"));
    }

    CHECK(eventually([&] { return clients_of_type(servers.redis, "pubsub") == ours; }));
    CHECK(comes_to_rest(servers.proxy));
}

}  // namespace nearcache::tests
