#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/speaker.hpp"

// Commands that wait for somebody, through nearcache as straight to Redis.
namespace nearcache::tests {

namespace {

const std::string pong = "+PONG\r\n";
const std::string nothing = "*-1\r\n";

// A command that waits, and what ends its waiting; before both the keys are made.
struct Waiting {
    std::vector<Words> before;
    Words blocking;
    Words pushing;
};

const std::vector<Waiting> waitings{
    {{}, {"BLPOP", "none", "q", "0"}, {"RPUSH", "q", "1", "2"}},
    {{}, {"BRPOP", "q", "0"}, {"RPUSH", "q", "1", "2"}},
    {{}, {"BLMOVE", "q", "r", "LEFT", "RIGHT", "0"}, {"RPUSH", "q", "1"}},
    {{}, {"BRPOPLPUSH", "q", "r", "0"}, {"RPUSH", "q", "1"}},
    {{}, {"BLMPOP", "0", "2", "none", "q", "LEFT", "COUNT", "5"}, {"RPUSH", "q", "1", "2"}},
    {{}, {"BZPOPMIN", "none", "z", "0"}, {"ZADD", "z", "1.5", "a", "2", "b"}},
    {{}, {"BZPOPMAX", "z", "0"}, {"ZADD", "z", "1.5", "a", "2", "b"}},
    {{}, {"BZMPOP", "0", "1", "z", "MAX", "COUNT", "2"}, {"ZADD", "z", "1.5", "a", "2", "b"}},
    {{}, {"XREAD", "BLOCK", "0", "STREAMS", "x", "$"}, {"XADD", "x", "1-1", "f", "v"}},
    {{{"XGROUP", "CREATE", "x", "g", "$", "MKSTREAM"}},
     {"XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "x", ">"},
     {"XADD", "x", "1-1", "f", "v"}},
};

// What comes of it to a client of that port.
std::string outcome_at(std::uint16_t port, const RealRedis& redis, const Waiting& waiting,
                       const std::string& dialect) {
    redis.command({"FLUSHALL"});
    for (const auto& words : waiting.before) redis.command(words);
    Speaker client(port);
    client.ask({"HELLO", dialect});
    client.say(waiting.blocking);
    REQUIRE(comes_to_block(redis, 1));
    CHECK(client.hears_nothing());
    redis.command(waiting.pushing);
    return client.hear();
}

}  // namespace

TEST_CASE("every command that blocks is answered as by Redis once there is something") {
    ProxiedRedis servers;

    for (const auto& waiting : waitings) {
        for (const std::string dialect : {"2", "3"}) {
            CAPTURE(waiting.blocking.front());
            CAPTURE(dialect);
            const auto expected = outcome_at(servers.redis.port(), servers.redis, waiting, dialect);
            CHECK(outcome_at(servers.proxy.resp_port(), servers.redis, waiting, dialect) ==
                  expected);
        }
    }
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE(
    "every command that blocks is answered as by Redis when its time is over, or it is wrong") {
    ProxiedRedis servers;
    servers.redis.command({"SET", "string", "s"});
    servers.redis.command({"XADD", "x", "1-1", "f", "v"});
    const std::vector<Words> commands{{"BLPOP", "q", "0.01"},
                                      {"BLMOVE", "q", "r", "LEFT", "RIGHT", "0.01"},
                                      {"BRPOPLPUSH", "q", "r", "0.01"},
                                      {"BLMPOP", "0.01", "1", "q", "LEFT"},
                                      {"BZPOPMIN", "z", "0.01"},
                                      {"BZMPOP", "0.01", "1", "z", "MAX"},
                                      {"XREAD", "BLOCK", "10", "STREAMS", "x", "$"},
                                      {"BLPOP", "string", "0"},
                                      {"BLPOP", "q", "-1"},
                                      {"BLPOP", "q", "soon"},
                                      {"BLPOP", "0"},
                                      {"BLMPOP", "0", "0", "q", "LEFT"},
                                      {"XREAD", "BLOCK", "-1", "STREAMS", "x", "$"},
                                      {"XREAD", "BLOCK", "0", "STREAMS", "string", "$"},
                                      {"WAIT", "0", "0"},
                                      {"WAIT", "1", "10"},
                                      {"WAIT", "-1", "10"},
                                      {"WAIT", "x", "10"}};

    for (const std::string dialect : {"2", "3"}) {
        Speaker direct(servers.redis), proxied(servers.proxy);
        direct.ask({"HELLO", dialect});
        proxied.ask({"HELLO", dialect});
        for (const auto& words : commands) {
            CAPTURE(words.front());
            CAPTURE(words.back());
            CHECK(proxied.ask(words) == direct.ask(words));
        }
    }
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("a blocked client gets what another client of nearcache pushes") {
    ProxiedRedis servers;
    auto blocked = servers.resp();
    auto other = servers.resp();
    blocked.send(command({"BLPOP", "q", "0"}));
    REQUIRE(comes_to_block(servers.redis, 1));

    CHECK(other.ask({"RPUSH", "q", "a"}) == integer(1));

    CHECK(blocked.read_reply() == array({bulk("q"), bulk("a")}));
    CHECK(other.ask({"LLEN", "q"}) == integer(0));
}

TEST_CASE("behind a command that blocks nothing is executed before it is answered") {
    ProxiedRedis servers;
    auto client = servers.resp();

    client.send(command({"PING"}) + command({"BLPOP", "q", "0"}) + command({"SET", "k", "v"}) +
                command({"GET", "k"}) + command({"BLPOP", "q", "0"}) + command({"PING"}));
    CHECK(client.read_reply() == pong);
    REQUIRE(comes_to_block(servers.redis, 1));
    CHECK(servers.redis.command({"EXISTS", "k"}) == integer(0));
    servers.redis.command({"RPUSH", "q", "1"});
    CHECK(client.read_replies(3) == Words{array({bulk("q"), bulk("1")}), ok, bulk("v")});
    REQUIRE(comes_to_block(servers.redis, 1));
    servers.redis.command({"RPUSH", "q", "2"});

    CHECK(client.read_replies(2) == Words{array({bulk("q"), bulk("2")}), pong});
}

TEST_CASE("a client may be unblocked by our number of it") {
    ProxiedRedis servers;
    auto blocked = servers.resp();
    auto other = servers.resp();
    const auto id = text_of(blocked.ask({"CLIENT", "ID"}));
    CHECK(other.ask({"CLIENT", "UNBLOCK", id}) == integer(0));

    blocked.send(command({"BLPOP", "q", "0"}) + command({"PING"}));
    REQUIRE(comes_to_block(servers.redis, 1));
    CHECK(other.ask({"CLIENT", "UNBLOCK", id}) == integer(1));
    CHECK(blocked.read_replies(2) == Words{nothing, pong});
    blocked.send(command({"BLPOP", "q", "0"}));
    REQUIRE(comes_to_block(servers.redis, 1));
    CHECK(other.ask({"CLIENT", "UNBLOCK", id, "ERROR"}) == integer(1));

    CHECK(blocked.read_reply() == "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
    CHECK(other.ask({"CLIENT", "UNBLOCK", id}) == integer(0));
}

TEST_CASE("a blocked client that vanishes waits no more, and nothing is given to it later") {
    ProxiedRedis servers;
    const auto behind = command({"BLPOP", "q", "0"}) + command({"SET", "after", "1"}) +
                        command({"BLPOP", "q", "0"}) + command({"GET", "none"});
    for (const bool resets : {false, true}) {
        for (const auto& more : {std::string(), behind}) {
            CAPTURE(resets);
            CAPTURE(more);
            {
                auto client = servers.resp();
                if (resets) client.socket().reset_on_close();
                client.send(command({"BLPOP", "q", "0"}) + more);
                REQUIRE(comes_to_block(servers.redis, 1));
            }
            CHECK(comes_to_block(servers.redis, 0));
        }
    }
    CHECK(comes_to_rest(servers.proxy));

    servers.redis.command({"RPUSH", "q", "1", "2", "3"});

    CHECK(servers.redis.command({"LLEN", "q"}) == integer(3));
    CHECK(servers.redis.command({"EXISTS", "after"}) == integer(0));
}

// So much that the client is read no more: its end is not read either.
TEST_CASE("a client that is reset behind much more than a command that blocks waits no more") {
    ProxiedRedis servers;
    std::string many;
    while (many.size() < 1'000'000) many += command({"ECHO", std::string(1000, 'x')});
    const auto body = R"(["BLPOP","q",0])";
    const auto asking = http_request("POST", "/", "Content-Type: application/json\r\n", body);
    for (const bool over_http : {false, true}) {
        CAPTURE(over_http);
        {
            Socket client(over_http ? servers.proxy.http_port() : servers.proxy.resp_port());
            client.send(over_http ? asking : command({"BLPOP", "q", "0"}));
            REQUIRE(comes_to_block(servers.redis, 1));
            client.send(std::string_view(many).substr(0, 300'000));
            client.reset_on_close();
        }
        CHECK(eventually([&] { return servers.redis.blocked_clients() == 0; }));
    }
}

TEST_CASE("a client that vanishes before it is blocked is not blocked then") {
    ProxiedRedis servers({"--backend-operation-timeout", "60s"});
    servers.redis.command({"CLIENT", "PAUSE", "60000", "WRITE"});
    {
        auto client = servers.resp();
        client.send(command({"SET", "k", "v"}) + command({"BLPOP", "q", "0"}));
        REQUIRE(comes_to_block(servers.redis, 1));  // the SET
        client.socket().end_sending();
        REQUIRE(eventually([&] { return client.socket().is_readable(milliseconds(0)) == false; }));
    }
    servers.redis.command({"CLIENT", "UNPAUSE"});

    CHECK(eventually([&] { return servers.redis.command({"GET", "k"}) == bulk("v"); }));
    CHECK(comes_to_rest(servers.proxy));
    CHECK(comes_to_block(servers.redis, 0));
    servers.redis.command({"RPUSH", "q", "1"});
    CHECK(servers.redis.command({"LLEN", "q"}) == integer(1));
}

TEST_CASE("a client that half-closes is answered as by Redis: all that needs no waiting") {
    const std::vector<std::vector<Words>> pipelines{
        {{"BLPOP", "q", "0"}},
        {{"BLPOP", "none", "0"}},
        {{"BLPOP", "q", "0"}, {"BLPOP", "q", "0"}, {"BLPOP", "q", "0"}, {"SET", "after", "1"}},
        {{"SET", "k", "v"}, {"LLEN", "none"}, {"BLPOP", "none", "0"}, {"PING"}},
        {{"BLPOP", "q", "0"}, {"GET", "k"}, {"LLEN", "q"}, {"PING"}},
        {{"MULTI"}, {"LPOP", "q"}, {"EXEC"}, {"BLPOP", "none", "0"}},
        {{"SUBSCRIBE", "c"}, {"PING"}},
        {{"PING"}, {"MONITOR"}},
    };
    ProxiedRedis servers;

    for (std::size_t i = 0; i < pipelines.size(); ++i) {
        CAPTURE(i);
        std::string bytes;
        for (const auto& words : pipelines[i]) bytes += command(words);
        std::vector<std::string> heard;
        for (const auto port : {servers.redis.port(), servers.proxy.resp_port()}) {
            servers.redis.command({"DEL", "q", "k"});
            servers.redis.command({"RPUSH", "q", "1", "2"});
            Speaker client(port);
            client.say_bytes(bytes);
            client.socket().end_sending();
            heard.push_back(client.hear_out());
        }
        CHECK(heard[1] == heard[0]);
        CHECK(comes_to_block(servers.redis, 0));
        CHECK(servers.redis.command({"EXISTS", "after"}) == integer(0));
    }
    CHECK(comes_to_rest(servers.proxy));
}

TEST_CASE("WAIT counts the replicas that have what the client wrote, on whatever connection") {
    ProxiedRedis servers;
    const RealRedis replica({"--replicaof", "127.0.0.1", std::to_string(servers.redis.port())});
    auto client = servers.resp();
    REQUIRE(eventually(
        [&] {
            client.ask({"SET", "k", "v"});
            return client.ask({"WAIT", "1", "100"}) == integer(1);
        },
        milliseconds(20'000)));

    CHECK(client.pipeline(command({"SET", "k", "new"}) + command({"WAIT", "1", "5000"}), 2) ==
          Words{ok, integer(1)});
    CHECK(replica.command({"GET", "k"}) == bulk("new"));
    const_cast<RealRedis&>(replica).freeze();
    CHECK(client.pipeline(command({"SET", "k", "newer"}) + command({"WAIT", "1", "50"}), 2) ==
          Words{ok, integer(0)});
    const_cast<RealRedis&>(replica).thaw();
}

TEST_CASE("many wait at once, and each gets one") {
    constexpr std::size_t waiting = 200;
    ProxiedRedis servers;
    std::vector<TestClient> clients;
    for (std::size_t i = 0; i < waiting; ++i) {
        clients.push_back(servers.resp());
        clients.back().send(command({"BLPOP", "q", "0"}));
    }
    REQUIRE(comes_to_block(servers.redis, waiting));
    CHECK(lent_connections(servers.proxy) == waiting);

    for (std::size_t i = 0; i < waiting; ++i) {
        servers.redis.command({"RPUSH", "q", std::to_string(i)});
    }
    std::vector<bool> has_come(waiting);
    for (auto& client : clients) {
        const auto reply = text_of(client.read_reply());
        has_come[std::stoul(reply.substr(4))] = true;
    }

    CHECK(has_come == std::vector<bool>(waiting, true));
    CHECK(comes_to_rest(servers.proxy));
}

}  // namespace nearcache::tests
