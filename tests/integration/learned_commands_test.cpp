#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "resp_server/command_catalogue.hpp"
#include "tests/support/nearcache_process.hpp"
#include "tests/support/real_redis.hpp"
#include "tests/support/socket.hpp"
#include "tests/support/test_client.hpp"

// Commands that nearcache has no row for, by what their server says of them.
namespace nearcache::tests {

namespace {

// Nobody tells what changes, so that a value can only be dropped by the command that changes it.
Words before(const RealRedis& redis, Words more = {}) {
    Words flags{"--backend", redis.url(), "--coherence", "ttl"};
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
}

// Redis's config file and flags may give a command another name, and no other command is told.
struct Renamed {
    RealRedis redis{{"--rename-command", "APPEND", "ADDTO", "--rename-command", "GETRANGE", "PART",
                     "--rename-command", "SELECT", "PICK", "--rename-command", "SORT", "ORDER",
                     "--rename-command", "OBJECT", "THING", "--rename-command", "BLPOP", "AWAIT"}};
    NearcacheProcess proxy{before(redis)};
};

}  // namespace

TEST_CASE("what redis-server lists is what our table has, and the two do not differ") {
    const RealRedis redis;
    const bool is_7_0 =
        redis.command({"INFO", "server"}).find("redis_version:7.0.") != std::string::npos;

    auto commands = resp_server::read_commands(redis.command({"COMMAND"}));

    REQUIRE(commands.has_value());
    const resp_server::CommandCatalogue catalogue(std::move(*commands));
    CHECK(catalogue.size() > 200);
    // A newer server has more, and changes none of these.
    if (is_7_0) CHECK(catalogue.foreign() == 0);
    CHECK(catalogue.differing() == 0);
    CHECK(catalogue.differing_names() == "");
}

TEST_CASE("a renamed write works by its new name and drops what is cached of its key") {
    Renamed servers;
    auto client = servers.proxy.resp();
    client.ask({"MSET", "k", "old", "other", "kept"});
    REQUIRE(client.ask({"GET", "k"}) == bulk("old"));
    REQUIRE(client.ask({"GET", "other"}) == bulk("kept"));
    servers.redis.command({"SET", "other", "unseen"});

    CHECK(client.ask({"ADDTO", "k", "er"}) == integer(5));

    CHECK(client.ask({"GET", "k"}) == bulk("older"));
    CHECK(client.ask({"GET", "other"}) == bulk("kept"));
    CHECK(client.ask({"APPEND", "k", "x"}).starts_with("-ERR unknown command 'APPEND'"));
}

TEST_CASE("a renamed command of movable keys drops everything") {
    Renamed servers;
    auto client = servers.proxy.resp();
    client.ask({"MSET", "k", "old"});
    client.ask({"RPUSH", "list", "b", "a"});
    REQUIRE(client.ask({"GET", "k"}) == bulk("old"));
    servers.redis.command({"SET", "k", "new"});

    CHECK(client.ask({"ORDER", "list", "ALPHA", "STORE", "to"}) == integer(2));

    CHECK(client.ask({"GET", "k"}) == bulk("new"));
}

TEST_CASE("what Redis says of renamed commands is what nearcache says") {
    Renamed servers;
    TestClient direct(servers.redis.port());
    auto proxied = servers.proxy.resp();
    direct.ask({"SET", "k", "value"});

    for (const Words& words :
         {Words{"PART", "k", "1", "2"}, Words{"part", "k", "0", "-1"}, Words{"PART", "k"},
          Words{"THING", "ENCODING", "k"}, Words{"THING", "encoding"}, Words{"THING"},
          Words{"THING", "NONE"}, Words{"GETRANGE", "k", "0", "1"}, Words{"NOSUCH", "a", "b"}}) {
        CAPTURE(words.front());
        CHECK(proxied.ask(words) == direct.ask(words));
    }
}

TEST_CASE("renamed or not, what needs a connection of its own has one, and keeps it") {
    Renamed servers;
    auto client = servers.proxy.resp(), other = servers.proxy.resp();
    client.ask({"SET", "k", "in 0"});

    CHECK(client.ask({"PICK", "1"}) == ok);
    CHECK(client.ask({"GET", "k"}) == nil);
    CHECK(client.ask({"SET", "k", "in 1"}) == ok);
    CHECK(other.ask({"GET", "k"}) == bulk("in 0"));
    CHECK(client.ask({"GET", "k"}) == bulk("in 1"));

    other.send(command({"AWAIT", "q", "0"}) + command({"GET", "k"}));
    REQUIRE(eventually([&] { return servers.redis.blocked_clients() == 1; }));
    servers.redis.command({"RPUSH", "q", "item"});
    CHECK(other.read_replies(2) == Words{array({bulk("q"), bulk("item")}), bulk("in 0")});
}

TEST_CASE("renamed commands keep their place in a pipeline") {
    Renamed servers;
    auto client = servers.proxy.resp();
    const auto bytes = command({"SET", "k", "a"}) + command({"ADDTO", "k", "b"}) +
                       command({"GET", "k"}) + command({"ADDTO", "k", "c"}) + command({"PING"}) +
                       command({"NOSUCH"}) + command({"PART", "k", "0", "-1"});

    const auto replies = client.pipeline(bytes, 7);

    CHECK(replies[0] == ok);
    CHECK(replies[1] == integer(2));
    CHECK(replies[2] == bulk("ab"));
    CHECK(replies[3] == integer(3));
    CHECK(replies[4] == "+PONG\r\n");
    CHECK(is_error(replies[5]));
    CHECK(replies[6] == bulk("abc"));
}

TEST_CASE("the server that comes back is asked anew what its commands are") {
    RealRedis redis(Words{"--rename-command", "APPEND", "ADDTO"});
    NearcacheProcess proxy(before(redis));
    auto client = proxy.resp();
    REQUIRE(client.ask({"ADDTO", "k", "v"}) == integer(1));

    redis.kill();
    REQUIRE(eventually([&] {
        return client.ask({"ADDTO", "k", "v"}) == "-ERR backend unreachable\r\n";
    }));
    redis.start();

    CHECK(eventually([&] { return client.ask({"ADDTO", "k", "v"}) == integer(1); }));
}

namespace {

// A Redis with a module, played by the test itself.
class PlayedModule {
  public:
    PlayedModule() { greet("*2\r\n"); }

    // Reads what nearcache sends until it holds `text`.
    void expect(const std::string& text) {
        while (seen_.find(text) == std::string::npos) {
            const auto more = link_->receive();
            REQUIRE_FALSE(more.empty());
            seen_ += more;
        }
        seen_.clear();
    }
    void send(const std::string& bytes) { link_->send(bytes); }

    // The next who connects is asked for a command alone.
    void answer_alone(const std::string& text, const std::string& answer) {
        alone_.emplace(port_.accept());
        std::string seen;
        const auto read_until = [&](const std::string& wanted) {
            while (seen.find(wanted) == std::string::npos) {
                const auto more = alone_->receive();
                REQUIRE_FALSE(more.empty());
                seen += more;
            }
        };
        read_until("PING");
        alone_->send(":1\r\n+PONG\r\n");
        read_until(text);
        alone_->send(answer);
    }

    NearcacheProcess& proxy() { return proxy_; }

    // Ends the connection, and is another server on the next: without the module's commands.
    void become_another() {
        link_.reset();
        greet("*0\r\n");
    }

  private:
    void greet(const std::string& table) {
        link_.emplace(port_.accept());
        expect("PING");
        send("+PONG\r\n");
        expect("COMMAND");
        send(table == "*0\r\n" ? table : table + json_set + json_wait);
        // The table was read when what is asked behind it is answered.
        auto client = proxy_.resp();
        client.send(command({"TIME"}));
        expect("TIME");
        send("*0\r\n");
        REQUIRE(client.read_reply() == "*0\r\n");
    }

    const std::string json_set =
        "*7\r\n$8\r\njson.set\r\n:-4\r\n*2\r\n+write\r\n+denyoom\r\n:1\r\n:1\r\n:1\r\n*0\r\n";
    const std::string json_wait =
        "*7\r\n$9\r\njson.wait\r\n:-2\r\n*2\r\n+readonly\r\n+blocking\r\n:1\r\n:1\r\n:1\r\n*0\r\n";
    ListeningPort port_;
    NearcacheProcess proxy_{{"--backend", "redis://127.0.0.1:" + std::to_string(port_.port()),
                             "--threads", "1", "--coherence", "ttl"}};
    std::optional<Socket> link_;
    std::optional<Socket> alone_;
    std::string seen_;
};

}  // namespace

TEST_CASE("a command of a module is sent as it is, and drops what is cached of its key") {
    PlayedModule redis;
    auto client = redis.proxy().resp();
    client.send(command({"GET", "doc"}));
    redis.expect("doc");
    redis.send("$3\r\nold\r\n:-1\r\n");
    REQUIRE(client.read_reply() == bulk("old"));
    REQUIRE(client.ask({"GET", "doc"}) == bulk("old"));

    client.send(command({"JSON.SET", "doc", "$", "1"}));
    redis.expect(command({"JSON.SET", "doc", "$", "1"}));
    redis.send("+OK\r\n");
    CHECK(client.read_reply() == ok);
    client.send(command({"GET", "doc"}));
    redis.expect("doc");
    redis.send("$3\r\nnew\r\n:-1\r\n");

    CHECK(client.read_reply() == bulk("new"));
    CHECK(client.ask({"JSON.SET", "doc"}) ==
          "-ERR wrong number of arguments for 'json.set' command\r\n");
    client.send(command({"JSON.WAIT", "doc"}));
    redis.answer_alone(command({"JSON.WAIT", "doc"}), "+waited\r\n");
    CHECK(client.read_reply() == "+waited\r\n");
}

TEST_CASE("a server without the module takes the module's commands away") {
    PlayedModule redis;
    auto client = redis.proxy().resp();

    redis.become_another();
    client.send(command({"JSON.SET", "doc", "$", "1"}));
    redis.expect("COMMAND");
    redis.send("*1\r\n$-1\r\n");

    CHECK(client.read_reply().starts_with("-ERR unknown command 'JSON.SET'"));
}

}  // namespace nearcache::tests
