#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <signal.h>

#include "tests/support/speaker.hpp"

// Connections to Redis that belong to one client: from a pool that has an end, lost with Redis,
// given up with their clients, and clean when the next one gets them.
namespace nearcache::tests {

namespace {

const std::string refused =
    "-ERR max number of own backend connections reached (backend.max_private_connections)\r\n";
const std::string pong = "+PONG\r\n";

// What Redis says of its ordinary clients that is not as clean as when they came; the asker's own
// connection is one of them.
std::string leftovers(const RealRedis& redis) {
    std::istringstream list(text_of(redis.command({"CLIENT", "LIST", "TYPE", "normal"})));
    std::string found;
    for (std::string line; std::getline(list, line);) {
        const bool is_clean = line.find(" flags=N ") != line.npos &&
                              line.find(" sub=0 psub=0 ssub=0 multi=-1 ") != line.npos;
        if (!line.empty() && !is_clean) found += line + "\n";
    }
    return found;
}

std::size_t ordinary_clients(const RealRedis& redis) {
    const auto list = redis.command({"CLIENT", "LIST", "TYPE", "normal"});
    return static_cast<std::size_t>(std::count(list.begin(), list.end(), '\n')) - 2;
}

// One client in each state that only a connection of its own can be in.
struct Stateful {
    explicit Stateful(const ProxiedRedis& servers)
        : blocked(servers.proxy),
          subscriber(servers.proxy),
          monitor(servers.proxy),
          transaction(servers.proxy),
          watcher(servers.proxy),
          tracker(servers.proxy) {
        blocked.say({"BLPOP", "q", "0"});
        REQUIRE(comes_to_block(servers.redis, 1));
        REQUIRE(!is_error(subscriber.ask({"SUBSCRIBE", "news"})));
        REQUIRE(transaction.ask({"MULTI"}) == ok);
        REQUIRE(transaction.ask({"SET", "k", "v"}) == "+QUEUED\r\n");
        REQUIRE(watcher.ask({"WATCH", "k"}) == ok);
        tracker.ask({"HELLO", "3"});
        REQUIRE(tracker.ask({"CLIENT", "TRACKING", "ON"}) == ok);
        REQUIRE(monitor.ask({"MONITOR"}) == ok);
        REQUIRE(lent_connections(servers.proxy) == 6);
    }

    Speaker blocked, subscriber, monitor, transaction, watcher, tracker;
};

}  // namespace

TEST_CASE("when all connections are lent the next is refused, until one is given back") {
    ProxiedRedis servers({"--backend-max-private-connections", "2"});
    auto first = servers.resp(), second = servers.resp(), third = servers.resp();
    first.ask({"WATCH", "k"});
    second.send(command({"BLPOP", "q", "0"}));
    REQUIRE(comes_to_block(servers.redis, 1));

    for (const Words& words : {Words{"SUBSCRIBE", "c"}, Words{"BLPOP", "q", "0"}, Words{"MONITOR"},
                               Words{"WAIT", "0", "0"}}) {
        CHECK(third.ask(words) == refused);
    }
    CHECK(third.ask({"SET", "k", "v"}) == ok);
    CHECK(third.ask({"GET", "k"}) == bulk("v"));
    CHECK(lent_connections(servers.proxy) == 2);

    CHECK(first.ask({"UNWATCH"}) == ok);
    CHECK(third.ask({"MULTI"}) == ok);
    CHECK(first.ask({"WATCH", "k"}) == refused);
    CHECK(third.ask({"EXEC"}) == array({}));
    CHECK(first.ask({"WATCH", "k"}) == ok);
}

// They come in one pipeline: what is behind a refused MULTI would take effect at once.
TEST_CASE("what is meant for a transaction takes no effect without one") {
    ProxiedRedis servers({"--backend-max-private-connections", "1"});
    auto first = servers.resp(), second = servers.resp();
    first.ask({"WATCH", "k"});

    second.send(command({"MULTI"}) + command({"SET", "outside", "1"}) + command({"EXEC"}));

    CHECK(second.read_to_end() == refused);
    CHECK(servers.redis.command({"EXISTS", "outside"}) == integer(0));
}

TEST_CASE("clients that come and go use few connections again and again") {
    ProxiedRedis servers({"--backend-max-private-connections", "4"});
    const auto connections_made = [&] {
        const auto stats = text_of(servers.redis.command({"INFO", "stats"}));
        const std::string label = "total_connections_received:";
        return std::stoul(stats.substr(stats.find(label) + label.size()));
    };
    const auto before = connections_made();

    for (int i = 0; i < 200; ++i) {
        auto client = servers.resp();
        REQUIRE(client.pipeline(command({"MULTI"}) + command({"INCR", "n"}) + command({"EXEC"}), 3)
                    .back() == array({integer(i + 1)}));
    }

    CHECK(connections_made() - before <= 10);
}

TEST_CASE("with Redis killed who waits is told, who has lost something ends, and nothing hangs") {
    ProxiedRedis servers;
    Stateful clients(servers);
    Speaker other(servers.proxy);

    servers.redis.kill();

    CHECK(clients.blocked.hear().starts_with("-ERR backend connection lost"));
    for (auto* const client : {&clients.subscriber, &clients.monitor, &clients.transaction,
                               &clients.watcher, &clients.tracker}) {
        client->hear_out();
    }
    CHECK(comes_to_rest(servers.proxy));
    CHECK(clients.blocked.ask({"PING"}) == pong);
    CHECK(is_error(clients.blocked.ask({"BLPOP", "q", "0"})));
    CHECK(is_error(other.ask({"WAIT", "0", "0"})));

    servers.redis.start();
    CHECK(eventually([&] { return other.ask({"SET", "k", "v"}) == ok; }));
    CHECK(clients.blocked.ask({"BLPOP", "q", "0.01"}) == "*-1\r\n");
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("a Redis that hangs hangs nobody but who asked to wait") {
    ProxiedRedis servers({"--backend-operation-timeout", "500ms"});
    Stateful clients(servers);

    servers.redis.freeze();
    clients.transaction.say({"EXEC"});
    clients.watcher.say({"GET", "k"});
    clients.tracker.say({"GET", "k"});

    // The transaction is over, one way or the other.
    CHECK(clients.transaction.hear().starts_with("-ERR backend timed out"));
    CHECK(clients.watcher.hear_out().starts_with("-ERR backend timed out"));
    CHECK(clients.tracker.hear_out().starts_with("-ERR backend timed out"));
    CHECK(clients.transaction.ask({"PING"}) == pong);
    CHECK(clients.blocked.hears_nothing());
    CHECK_MESSAGE(clients.subscriber.hears_nothing(), clients.subscriber.hear_out());
    servers.redis.thaw();
    servers.redis.command({"RPUSH", "q", "1"});
    CHECK(clients.blocked.hear() == array({bulk("q"), bulk("1")}));
}

TEST_CASE("SIGTERM ends with who waits, listens or is in a transaction at once, with status 0") {
    ProxiedRedis servers;
    Stateful clients(servers);
    Speaker queue(servers.proxy);
    queue.say_bytes(command({"BLPOP", "p", "0"}) + command({"BLPOP", "p", "0"}) +
                    command({"PING"}));
    REQUIRE(comes_to_block(servers.redis, 2));

    servers.proxy.process().signal(SIGTERM);

    CHECK(servers.proxy.process().wait(milliseconds(5000)) == 0);
    CHECK(is_error(clients.blocked.hear_out()));
    CHECK(clients.subscriber.hear_out() == "");
    CHECK(clients.transaction.hear_out() == "");
    CHECK(clients.watcher.hear_out() == "");
    CHECK(queue.hear_out().ends_with(pong));
    CHECK(servers.redis.blocked_clients() == 0);
    CHECK(servers.redis.command({"EXISTS", "k"}) == integer(0));
}

namespace {

// Things that leave something behind, or might; none of them says anything to others.
const std::vector<Words> stateful_commands{
    {"MULTI"},
    {"SET", "k", "v"},
    {"EXEC"},
    {"DISCARD"},
    {"WATCH", "k", "l"},
    {"UNWATCH"},
    {"SELECT", "3"},
    {"SELECT", "0"},
    {"SUBSCRIBE", "c", "d"},
    {"UNSUBSCRIBE"},
    {"PSUBSCRIBE", "p*"},
    {"PUNSUBSCRIBE"},
    {"MONITOR"},
    {"HELLO", "3"},
    {"HELLO", "2"},
    {"CLIENT", "TRACKING", "ON"},
    {"CLIENT", "TRACKING", "ON", "BCAST"},
    {"CLIENT", "TRACKING", "OFF"},
    {"CLIENT", "NO-EVICT", "ON"},
    {"CLIENT", "REPLY", "OFF"},
    {"CLIENT", "REPLY", "SKIP"},
    {"CLIENT", "REPLY", "ON"},
    {"CLIENT", "SETNAME", "somebody"},
    {"BLPOP", "none", "0"},
    {"BLPOP", "none", "0.001"},
    {"BLMOVE", "none", "k", "LEFT", "LEFT", "0.001"},
    {"XREAD", "BLOCK", "0", "STREAMS", "x", "$"},
    {"WAIT", "0", "1"},
    {"GET", "k"},
    {"MGET", "k", "l"},
    {"LRANGE", "l", "0", "-1"},
    {"INCR", "n"},
    {"PING"},
    {"RESET"},
    {"NOSUCHCOMMAND"},
    {"EVAL", "return 1", "0"},
};

}  // namespace

TEST_CASE("clients that do anything and vanish at any moment leave nothing behind") {
    ProxiedRedis servers;
    std::mt19937 random(20'26);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };

    for (std::size_t i = 0; i < scaled(1000); ++i) {
        Speaker client(servers.proxy);
        std::string bytes;
        for (std::size_t left = 1 + below(8); left > 0; --left) {
            bytes += command(stateful_commands[below(stateful_commands.size())]);
        }
        // Some leave in the middle of a word.
        if (below(4) == 0) bytes.resize(bytes.size() - below(bytes.size()));
        client.say_bytes(bytes);
        if (below(2) == 0 && bytes.starts_with(command({"PING"}))) client.hear();
        if (below(3) == 0) client.socket().end_sending();
        if (below(3) == 0) client.socket().reset_on_close();
    }

    CHECK(comes_to_rest(servers.proxy));
    CHECK(comes_to_say(servers.proxy, "nearcache_connected_clients", "1"));
    CHECK(comes_to_block(servers.redis, 0));
    CHECK(eventually([&] { return leftovers(servers.redis).empty(); }));
    CHECK(leftovers(servers.redis) == "");
    // Of each thread: what is kept for the next, and a few that are shared.
    CHECK(eventually([&] { return ordinary_clients(servers.redis) <= 2 * (16 + 8) + 2; }));

    servers.redis.command({"FLUSHALL"});
    for (int i = 0; i < 60; ++i) {
        Speaker next(servers.proxy);
        const bool is_resp3 = i % 2 == 0;
        if (is_resp3) next.ask({"HELLO", "3"});
        REQUIRE(next.ask({"WATCH", "fresh"}) == ok);
        servers.redis.command({"INCR", "k"});
        servers.redis.command({"PUBLISH", "c", "for nobody"});
        REQUIRE(next.ask({"GET", "none"}) == (is_resp3 ? "_\r\n" : nil));
        REQUIRE(next.ask({"MULTI"}) == ok);
        REQUIRE(next.ask({"DBSIZE"}) == "+QUEUED\r\n");
        REQUIRE(next.ask({"EXEC"}) == array({integer(1)}));
        REQUIRE(next.hears_nothing());
    }
}

TEST_CASE("many clients with connections of their own do not get in each other's way") {
    ProxiedRedis servers;
    const auto count = scaled(200);
    std::vector<std::unique_ptr<Speaker>> clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<Speaker>(servers.proxy));
        const auto n = std::to_string(i);
        clients.back()->say_bytes(command({"WATCH", "k" + n}) + command({"GET", "k" + n}) +
                                  command({"MULTI"}) + command({"SET", "k" + n, n}) +
                                  command({"GET", "k" + n}) + command({"EXEC"}) +
                                  command({"GET", "k" + n}) + command({"BLPOP", "q" + n, "0"}));
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto n = std::to_string(i);
        CHECK(clients[i]->hear(7).back() == bulk(n));
    }
    REQUIRE(comes_to_block(servers.redis, count));

    for (std::size_t i = 0; i < count; ++i) {
        const auto n = std::to_string(i);
        servers.redis.command({"RPUSH", "q" + n, "item " + n});
        CHECK(clients[i]->hear() == array({bulk("q" + n), bulk("item " + n)}));
    }
    CHECK(comes_to_rest(servers.proxy));
}

}  // namespace nearcache::tests
