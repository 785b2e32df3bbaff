#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"
#include "tests/support/speaker.hpp"

namespace nearcache::tests {

namespace {

const std::string no_such_target = "-ERR The client ID you want redirect to does not exist\r\n";

// The value of one field in a line of CLIENT LIST.
std::string field(const std::string& line, const std::string& name) {
    const auto from = (" " + line).find(" " + name + "=");
    if (from == std::string::npos) return "(none)";
    const auto value = from + name.size() + 1;
    return line.substr(value, line.find_first_of(" \n", value) - value);
}

// The names of the fields of a line, in order.
std::string field_names(const std::string& line) {
    std::string names;
    for (std::size_t at = 0; at < line.size(); at = line.find(' ', at) + 1) {
        names.append(line, at, line.find('=', at) - at).append(" ");
        if (line.find(' ', at) == std::string::npos) break;
    }
    return names;
}

std::string id_of(TestClient& client) {
    const auto reply = client.ask({"CLIENT", "ID"});
    return reply.substr(1, reply.size() - 3);
}

std::string line_of(TestClient& asker, const std::string& id) {
    return text_of(asker.ask({"CLIENT", "LIST", "ID", id}));
}

bool has_flag(TestClient& asker, const std::string& id, char flag) {
    return field(line_of(asker, id), "flags").find(flag) != std::string::npos;
}

std::size_t lines_in(const std::string& list) {
    return static_cast<std::size_t>(std::ranges::count(list, '\n'));
}

// Forms of CLIENT whose reply does not depend on which clients there are.
const Words forms[] = {
    {"CLIENT"},
    {"CLIENT", "nonsense"},
    {"CLIENT", "HELP"},
    {"CLIENT", "ID", "x"},
    {"CLIENT", "GETNAME"},
    {"CLIENT", "GETNAME", "x"},
    {"CLIENT", "SETNAME"},
    {"CLIENT", "SETNAME", "a b"},
    {"CLIENT", "SETNAME", "a\n"},
    {"CLIENT", "SETNAME", "me"},
    {"CLIENT", "GETNAME"},
    {"CLIENT", "SETNAME", ""},
    {"CLIENT", "GETNAME"},
    {"CLIENT", "INFO", "x"},
    {"CLIENT", "SETINFO", "lib-name", "x"},
    {"CLIENT", "NO-TOUCH", "on"},
    {"CLIENT", "LIST", "x"},
    {"CLIENT", "LIST", "TYPE"},
    {"CLIENT", "LIST", "TYPE", "x"},
    {"CLIENT", "LIST", "TYPE", "master"},
    {"CLIENT", "LIST", "TYPE", "Replica"},
    {"CLIENT", "LIST", "TYPE", "slave"},
    {"CLIENT", "LIST", "TYPE", "normal", "x"},
    {"CLIENT", "LIST", "ID"},
    {"CLIENT", "LIST", "ID", "x"},
    {"CLIENT", "LIST", "ID", "01"},
    {"CLIENT", "LIST", "ID", "-1", "999999"},
    {"CLIENT", "KILL"},
    {"CLIENT", "KILL", "1.2.3.4:5"},
    {"CLIENT", "KILL", "ID"},
    {"CLIENT", "KILL", "ID", "0"},
    {"CLIENT", "KILL", "ID", "x"},
    {"CLIENT", "KILL", "ID", "-3"},
    {"CLIENT", "KILL", "ID", "999999"},
    {"CLIENT", "KILL", "ID", "999999", "x"},
    {"CLIENT", "KILL", "ADDR", "1.2.3.4:5", "LADDR", "x"},
    {"CLIENT", "KILL", "TYPE", "x"},
    {"CLIENT", "KILL", "TYPE", "replica"},
    {"CLIENT", "KILL", "TYPE", "master", "SKIPME", "no"},
    {"CLIENT", "KILL", "USER", "x"},
    {"CLIENT", "KILL", "USER", "default", "ID", "999999"},
    {"CLIENT", "KILL", "SKIPME", "x"},
    {"CLIENT", "KILL", "MAXAGE", "1"},
    {"CLIENT", "UNBLOCK"},
    {"CLIENT", "UNBLOCK", "x"},
    {"CLIENT", "UNBLOCK", "999999"},
    {"CLIENT", "UNBLOCK", "-1", "timeout"},
    {"CLIENT", "UNBLOCK", "x", "never"},
    {"CLIENT", "UNBLOCK", "1", "ERROR", "x"},
    {"CLIENT", "REPLY"},
    {"CLIENT", "REPLY", "x"},
    {"CLIENT", "REPLY", "ON"},
    {"CLIENT", "GETREDIR"},
    {"CLIENT", "TRACKINGINFO"},
    {"CLIENT", "CACHING", "yes"},
    {"CLIENT", "TRACKING"},
    {"CLIENT", "TRACKING", "x"},
    {"CLIENT", "TRACKING", "ON", "x"},
    {"CLIENT", "TRACKING", "ON", "REDIRECT"},
    {"CLIENT", "TRACKING", "ON", "REDIRECT", "x"},
    {"CLIENT", "TRACKING", "ON", "REDIRECT", "999999"},
    {"CLIENT", "TRACKING", "ON", "x", "REDIRECT", "999999"},
    {"CLIENT", "TRACKING", "x", "REDIRECT", "999999"},
    {"CLIENT", "TRACKING", "ON", "PREFIX", "a"},
    {"CLIENT", "TRACKING", "ON", "OPTIN", "OPTOUT"},
    {"CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "ab"},
    {"CLIENT", "TRACKING", "OFF"},
    {"CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a"},
    {"CLIENT", "TRACKINGINFO"},
    {"CLIENT", "GETREDIR"},
    {"CLIENT", "TRACKING", "ON"},
    {"CLIENT", "TRACKING", "OFF"},
    {"CLIENT", "TRACKING", "ON", "OPTIN"},
    {"CLIENT", "CACHING", "yes"},
    {"CLIENT", "CACHING", "x"},
    {"CLIENT", "TRACKINGINFO"},
    {"CLIENT", "TRACKING", "OFF"},
    {"CLIENT", "TRACKINGINFO"},
    {"CLIENT", "NO-EVICT"},
    {"CLIENT", "NO-EVICT", "x"},
    {"CLIENT", "NO-EVICT", "on"},
    {"CLIENT", "NO-EVICT", "off"},
    {"PING"},
};

void compare_forms(Speaker& direct, Speaker& proxied) {
    for (const auto& words : forms) {
        std::string line;
        for (const auto& word : words) line.append(word).append(" ");
        CAPTURE(line);
        CHECK(proxied.ask(words) == direct.ask(words));
    }
}

}  // namespace

TEST_CASE("CLIENT answers byte for byte as Redis does, its refusals too") {
    ProxiedRedis servers;
    Speaker direct(servers.redis);
    Speaker proxied(servers.proxy);

    compare_forms(direct, proxied);
}

TEST_CASE("CLIENT answers in RESP3 as Redis does") {
    ProxiedRedis servers;
    Speaker direct(servers.redis);
    Speaker proxied(servers.proxy);
    for (auto* const client : {&direct, &proxied}) client->ask({"HELLO", "3"});

    compare_forms(direct, proxied);
}

TEST_CASE("CLIENT LIST speaks of the clients of this door, with Redis's fields") {
    ProxiedRedis servers;
    TestClient direct(servers.redis.port());
    auto one = servers.resp();
    auto two = servers.resp();
    auto three = servers.resp();
    two.ask({"CLIENT", "SETNAME", "second"});

    const auto list = text_of(one.ask({"CLIENT", "LIST"}));
    const auto line = text_of(two.ask({"CLIENT", "INFO"}));

    CHECK(lines_in(list) == 3);
    CHECK(list.find(" name=second ") != std::string::npos);
    CHECK(field_names(line) == field_names(text_of(direct.ask({"CLIENT", "INFO"}))));
    CHECK(field(line, "id") == id_of(two));
    CHECK(field(line, "laddr") == "127.0.0.1:" + std::to_string(servers.proxy.resp_port()));
    CHECK(field(line, "flags") == "N");
    CHECK(field(line, "cmd") == "client|info");
}

TEST_CASE("a client that was killed finds its connection closed, and is gone from the list") {
    ProxiedRedis servers;
    auto asker = servers.resp();
    auto victim = servers.resp();
    const auto id = id_of(victim);

    CHECK(asker.ask({"CLIENT", "KILL", "ID", id}) == integer(1));
    CHECK(line_of(asker, id).empty());
    CHECK(victim.read_to_end().empty());
    CHECK(asker.ask({"CLIENT", "KILL", "ID", id}) == integer(0));
}

TEST_CASE("clients are killed by address, by type, and all at once") {
    ProxiedRedis servers;
    auto asker = servers.resp();
    auto by_address = servers.resp();
    auto listener = servers.resp();
    auto plain = servers.resp();
    const auto address = field(line_of(asker, id_of(by_address)), "addr");
    listener.ask({"SUBSCRIBE", "news"});

    CHECK(asker.ask({"CLIENT", "KILL", address}) == ok);
    CHECK(by_address.read_to_end().empty());
    CHECK(asker.ask({"CLIENT", "KILL", "TYPE", "pubsub"}) == integer(1));
    CHECK(listener.read_to_end().empty());
    CHECK(asker.ask({"CLIENT", "KILL", "TYPE", "normal"}) == integer(1));
    CHECK(plain.read_to_end().empty());
    CHECK(asker.ask({"PING"}) == "+PONG\r\n");
}

TEST_CASE("a client that kills itself is told so first, and nothing that it said later is done") {
    ProxiedRedis servers;
    auto client = servers.resp();
    const auto id = id_of(client);

    client.send(command({"CLIENT", "KILL", "ID", id, "SKIPME", "no"}) + command({"SET", "k", "v"}));

    CHECK(client.read_to_end() == integer(1));
    CHECK(servers.redis.command({"EXISTS", "k"}) == integer(0));
}

TEST_CASE("the connection to Redis of a blocked client ends when the client is killed") {
    ProxiedRedis servers;
    auto asker = servers.resp();
    auto blocked = servers.resp();
    const auto id = id_of(blocked);
    blocked.send(command({"BLPOP", "list", "0"}));
    REQUIRE(eventually([&] { return has_flag(asker, id, 'b'); }));
    REQUIRE(eventually([&] { return servers.redis.blocked_clients() == 1; }));

    CHECK(asker.ask({"CLIENT", "KILL", "ID", id}) == integer(1));

    CHECK(blocked.read_to_end().empty());
    CHECK(eventually([&] { return servers.redis.blocked_clients() == 0; }));
}

TEST_CASE("CLIENT UNBLOCK wakes a blocked client of ours, as by a time-out or with an error") {
    ProxiedRedis servers;
    auto asker = servers.resp();
    auto blocked = servers.resp();
    const auto id = id_of(blocked);
    const auto block = [&] {
        blocked.send(command({"BLPOP", "list", "0"}));
        REQUIRE(eventually([&] { return has_flag(asker, id, 'b'); }));
        REQUIRE(eventually([&] { return servers.redis.blocked_clients() == 1; }));
    };

    block();
    CHECK(asker.ask({"CLIENT", "UNBLOCK", id}) == integer(1));
    CHECK(blocked.read_reply() == "*-1\r\n");
    CHECK(asker.ask({"CLIENT", "UNBLOCK", id}) == integer(0));

    block();
    CHECK(asker.ask({"CLIENT", "UNBLOCK", id, "error"}) == integer(1));
    CHECK(blocked.read_reply() == "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
    CHECK(blocked.ask({"PING"}) == "+PONG\r\n");
}

TEST_CASE("invalidations are redirected from one client of ours to another") {
    ProxiedRedis servers;
    auto reader = servers.resp();
    auto listener = servers.resp();
    const auto target = id_of(listener);
    CHECK(reader.ask({"CLIENT", "TRACKING", "ON", "REDIRECT", target}) == no_such_target);
    listener.ask({"SUBSCRIBE", "__redis__:invalidate"});

    CHECK(reader.ask({"CLIENT", "TRACKING", "ON", "REDIRECT", target}) == ok);
    CHECK(reader.ask({"CLIENT", "GETREDIR"}) == ":" + target + "\r\n");
    CHECK(field(text_of(reader.ask({"CLIENT", "INFO"})), "redir") == target);
    CHECK(reader.ask({"GET", "k"}) == nil);
    servers.redis.command({"SET", "k", "v"});

    CHECK(listener.read_reply() ==
          array({bulk("message"), bulk("__redis__:invalidate"), array({bulk("k")})}));
}

TEST_CASE("a client in RESP2 may redirect invalidations to itself") {
    ProxiedRedis servers;
    auto client = servers.resp();
    const auto id = id_of(client);

    CHECK(client.ask({"CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST"}) == ok);
    CHECK(client.ask({"CLIENT", "GETREDIR"}) == ":" + id + "\r\n");
    CHECK(field(text_of(client.ask({"CLIENT", "INFO"})), "flags") == "tB");
    client.ask({"SUBSCRIBE", "__redis__:invalidate"});
    servers.redis.command({"SET", "k", "v"});

    CHECK(client.read_reply() ==
          array({bulk("message"), bulk("__redis__:invalidate"), array({bulk("k")})}));
}

TEST_CASE("a client in RESP3 gets its invalidations as pushes") {
    ProxiedRedis servers;
    Speaker client(servers.proxy);
    client.ask({"HELLO", "3"});

    CHECK(client.ask({"CLIENT", "TRACKING", "ON"}) == ok);
    CHECK(client.ask({"GET", "k"}) == "_\r\n");
    servers.redis.command({"SET", "k", "v"});

    CHECK(client.hear() == ">2\r\n" + bulk("invalidate") + array({bulk("k")}));
    CHECK(client.ask({"GET", "k"}) == bulk("v"));
}

TEST_CASE("CLIENT REPLY leaves exactly those replies out that Redis leaves out") {
    ProxiedRedis servers;
    TestClient direct(servers.redis.port());
    auto proxied = servers.resp();
    std::string pipeline;
    for (const Words& words : {Words{"CLIENT", "REPLY", "SKIP"},
                               Words{"SET", "k", "v"},
                               Words{"GET", "k"},
                               Words{"CLIENT", "REPLY", "SKIP"},
                               Words{"CLIENT", "REPLY", "SKIP"},
                               Words{"LPUSH", "l", "x"},
                               Words{"LLEN", "l"},
                               Words{"CLIENT", "REPLY", "OFF"},
                               Words{"INCR", "n"},
                               Words{"nonsense"},
                               Words{"CLIENT", "REPLY", "SKIP"},
                               Words{"INCR", "n"},
                               Words{"CLIENT", "REPLY", "ON"},
                               Words{"GET", "n"},
                               Words{"CLIENT", "REPLY", "SKIP"},
                               Words{"CLIENT", "REPLY", "ON"},
                               Words{"CLIENT", "REPLY", "SKIP"},
                               Words{"MULTI"},
                               Words{"INCR", "n"},
                               Words{"EXEC"},
                               Words{"QUIT"}}) {
        pipeline.append(command(words));
    }
    direct.send(pipeline);
    const auto expected = direct.read_to_end();
    servers.redis.command({"FLUSHALL"});

    proxied.send(pipeline);

    CHECK(proxied.read_to_end() == expected);
}

}  // namespace nearcache::tests
