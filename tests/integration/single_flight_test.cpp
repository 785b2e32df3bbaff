#include <string>

#include <doctest/doctest.h>

#include "tests/support/crowd.hpp"
#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

constexpr std::size_t at_once = 100;

bool is_value(Door door, const std::string& answer) {
    return door == Door::http ? parse_response(answer).body == "v" : answer == bulk("v");
}

bool is_refusal(Door door, const std::string& answer) {
    return door == Door::http ? parse_response(answer).status == 503 : is_error(answer);
}

}  // namespace

TEST_CASE("a hundred concurrent GETs of one cold key cost Redis one GET") {
    // With a hundred requests allowed, the one that is refused proves that all others are waiting.
    ProxiedRedis servers({"--max-connections", std::to_string(at_once),
                          "--backend-operation-timeout", "60s", "--coherence", "ttl"});
    servers.redis.command({"SET", "cold", "v"});
    Crowd crowd;
    for (std::size_t i = 0; i <= at_once; ++i) {
        const bool is_http = i % 2 == 0;
        crowd.join(is_http ? Door::http : Door::resp,
                   is_http ? servers.proxy.http_port() : servers.proxy.resp_port());
    }
    servers.redis.freeze();
    crowd.send_to_all(http_request("GET", "/cold"), command({"GET", "cold"}));
    REQUIRE(crowd.wait_for_answers(1) == 1);
    REQUIRE(crowd.count(is_refusal) == 1);

    servers.redis.thaw();

    CHECK(crowd.wait_for_answers(at_once + 1) == at_once + 1);
    CHECK(crowd.count(is_value) == at_once);
    CHECK(servers.redis.count_of("get") == 1);
}

TEST_CASE("a client that leaves does not take the value away from those who wait with it") {
    ProxiedRedis servers({"--backend-operation-timeout", "60s", "--coherence", "ttl"});
    servers.redis.command({"SET", "cold", "v"});
    Crowd crowd;
    for (int i = 0; i < 10; ++i) {
        crowd.join(Door::http, servers.proxy.http_port());
        crowd.join(Door::resp, servers.proxy.resp_port());
    }
    servers.redis.freeze();
    // The first to ask is most likely the one who goes to Redis for all.
    crowd.send(0, http_request("GET", "/cold"));
    for (std::size_t i = 2; i < crowd.size(); ++i) {
        crowd.send(i, i % 2 == 0 ? http_request("GET", "/cold") : command({"GET", "cold"}));
    }

    crowd.leave(0);
    servers.redis.thaw();

    CHECK(crowd.wait_for_answers(crowd.size() - 2) == crowd.size() - 2);
    CHECK(crowd.count(is_value) == crowd.size() - 2);
    CHECK(servers.redis.count_of("get") == 1);
}

TEST_CASE("a failure wakes all who wait with an error") {
    ProxiedRedis servers({"--backend-operation-timeout", "60s", "--coherence", "ttl"});
    Crowd crowd;
    for (int i = 0; i < 10; ++i) {
        crowd.join(Door::http, servers.proxy.http_port());
        crowd.join(Door::resp, servers.proxy.resp_port());
    }
    servers.redis.freeze();
    crowd.send_to_all(http_request("GET", "/cold"), command({"GET", "cold"}));

    servers.redis.kill();

    CHECK(crowd.wait_for_answers(crowd.size()) == crowd.size());
    CHECK(crowd.count(is_refusal) == crowd.size());
}

}  // namespace nearcache::tests
