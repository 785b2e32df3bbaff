#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/crowd.hpp"
#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

constexpr std::size_t allowed = 20;
constexpr std::size_t excess = 7;

const std::string too_many_requests =
    "-ERR max number of clients reached (proxy in-flight limit)\r\n";
const std::string too_many_clients = "-ERR max number of clients reached\r\n";

bool is_refused(Door door, const std::string& answer) {
    if (door == Door::resp) return answer == too_many_requests;
    const auto response = parse_response(answer);
    return response.status == 503 && response.header("Retry-After") != "(none)";
}

bool is_served(Door door, const std::string& answer) {
    return door == Door::resp ? answer == bulk("v") : parse_response(answer).status == 200;
}

struct Limited : ProxiedRedis {
    Limited()
        : ProxiedRedis({"--max-connections", std::to_string(allowed), "--ttl", "0",
                        "--backend-operation-timeout", "60s"}) {}
};

// Each client asks for a key of its own, so that each needs Redis.
void fill(Crowd& crowd, const Limited& servers, const std::vector<Door>& doors) {
    for (std::size_t i = 0; i < allowed + excess; ++i) {
        const auto door = doors[i % doors.size()];
        crowd.join(door,
                   door == Door::http ? servers.proxy.http_port() : servers.proxy.resp_port());
        servers.redis.command({"SET", "k" + std::to_string(i), "v"});
    }
}

void ask_all(Crowd& crowd, const std::vector<Door>& doors) {
    for (std::size_t i = 0; i < crowd.size(); ++i) {
        const auto key = "k" + std::to_string(i);
        const bool is_http = doors[i % doors.size()] == Door::http;
        crowd.send(i, is_http ? http_request("GET", "/" + key) : command({"GET", key}));
    }
}

// Twice, as the second time shows whether every permit came back.
void check_that_exactly_the_excess_is_refused(const std::vector<Door>& doors) {
    Limited servers;
    Crowd crowd;
    fill(crowd, servers, doors);
    for (int round = 0; round < 2; ++round) {
        CAPTURE(round);
        servers.redis.freeze();
        const auto asked = now();
        ask_all(crowd, doors);

        CHECK(crowd.wait_for_answers(excess) == excess);
        CHECK(elapsed_since(asked) < patience(milliseconds(1000)));
        CHECK(crowd.wait_for_answers(excess + 1, milliseconds(100)) == excess);
        CHECK(crowd.count(is_refused) == excess);
        servers.redis.thaw();

        CHECK(crowd.wait_for_answers(crowd.size()) == crowd.size());
        CHECK(crowd.count(is_served) == allowed);
        crowd.forget_answers();
    }
}

}  // namespace

TEST_CASE("beyond the in-flight limit exactly the excess is refused over HTTP") {
    check_that_exactly_the_excess_is_refused({Door::http});
}

TEST_CASE("beyond the in-flight limit exactly the excess is refused over RESP") {
    check_that_exactly_the_excess_is_refused({Door::resp});
}

TEST_CASE("the in-flight limit counts the requests of both doors together") {
    check_that_exactly_the_excess_is_refused({Door::http, Door::resp, Door::resp});
}

TEST_CASE("idle connections hold no permit") {
    ProxiedRedis servers({"--max-connections", "1"});
    Crowd idle;
    for (int i = 0; i < 10; ++i) {
        idle.join(Door::http, servers.proxy.http_port());
        idle.join(Door::resp, servers.proxy.resp_port());
    }

    for (std::size_t i = 0; i < idle.size(); ++i) {
        idle.send(i, i % 2 == 0 ? http_request("GET", "/k") : command({"GET", "k"}));
        REQUIRE(idle.wait_for_answers(i + 1) == i + 1);
    }

    CHECK(idle.count(is_refused) == 0);
}

TEST_CASE("the permits of clients that vanish in the middle of a request come back") {
    Limited servers;
    {
        Crowd vanishing;
        fill(vanishing, servers, {Door::http, Door::resp});
        servers.redis.freeze();
        ask_all(vanishing, {Door::http, Door::resp});
        REQUIRE(vanishing.wait_for_answers(excess) == excess);
    }

    servers.redis.thaw();

    Crowd next;
    fill(next, servers, {Door::resp, Door::http});
    CHECK(eventually([&] {
        next.forget_answers();
        for (std::size_t i = 0; i < allowed; ++i) {
            next.send(i, i % 2 == 1 ? http_request("GET", "/k1") : command({"GET", "k1"}));
        }
        next.wait_for_answers(allowed);
        return next.count(is_served) == allowed;
    }));
}

TEST_CASE("a RESP connection beyond the limit gets Redis's own text and a close") {
    ProxiedRedis servers({"--max-clients", "3", "--coherence", "ttl"});
    std::vector<TestClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(servers.resp());
        REQUIRE(clients.back().ask({"PING"}) == "+PONG\r\n");
    }

    CHECK(servers.resp().read_to_end() == too_many_clients);
    CHECK(clients.front().ask({"PING"}) == "+PONG\r\n");

    clients.pop_back();
    CHECK(eventually([&] {
        try {
            return servers.resp().ask({"PING"}) == "+PONG\r\n";
        } catch (const ConnectionClosed&) {
            return false;
        }
    }));
}

TEST_CASE("an HTTP connection beyond the limit gets 503 and a close") {
    ProxiedRedis servers({"--max-clients", "2", "--coherence", "ttl"});
    auto first = servers.resp();
    REQUIRE(first.ask({"PING"}) == "+PONG\r\n");
    auto second = servers.http();
    REQUIRE(second.get("/x").status == 404);

    auto third = servers.http();

    CHECK(third.read_response().status == 503);
    CHECK(third.is_closed());
    CHECK(second.get("/x").status == 404);
    CHECK(first.ask({"PING"}) == "+PONG\r\n");
}

}  // namespace nearcache::tests
