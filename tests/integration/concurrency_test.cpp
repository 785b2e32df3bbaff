#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/crowd.hpp"
#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

constexpr std::size_t keys_each = 10;
constexpr std::size_t lookups_each = 100;

std::string key_of(std::size_t member, std::size_t lookup) {
    return "client:" + std::to_string(member) + ":" + std::to_string(lookup % keys_each);
}

std::string value_of(std::size_t member, std::size_t lookup) {
    return "value of " + key_of(member, lookup);
}

void seed(const RealRedis& redis, std::size_t clients) {
    TestClient direct(redis.port());
    for (std::size_t member = 0; member < clients; ++member) {
        Words words{"MSET"};
        for (std::size_t lookup = 0; lookup < keys_each; ++lookup) {
            words.push_back(key_of(member, lookup));
            words.push_back(value_of(member, lookup));
        }
        REQUIRE(direct.ask(words) == ok);
    }
}

// Even members speak HTTP, odd ones RESP.
bool speaks_http(std::size_t member) { return member % 2 == 0; }

std::string lookup_request(std::size_t member, std::size_t lookup) {
    const auto key = key_of(member, lookup);
    return speaks_http(member) ? http_request("GET", "/" + key) : command({"GET", key});
}

bool is_right(std::size_t member, std::size_t lookup, const std::string& answer) {
    const auto value = value_of(member, lookup);
    if (!speaks_http(member)) return answer == bulk(value);
    const auto response = parse_response(answer);
    return response.status == 200 && response.body == value;
}

}  // namespace

TEST_CASE("a thousand clients on each door at once lose and swap no reply") {
    raise_descriptor_limit();
    const auto clients = 2 * scaled(1000);
    ProxiedRedis servers({"--coherence", "ttl"});
    seed(servers.redis, clients);
    Crowd crowd;
    for (std::size_t member = 0; member < clients; ++member) {
        const bool is_http = speaks_http(member);
        crowd.join(is_http ? Door::http : Door::resp,
                   is_http ? servers.proxy.http_port() : servers.proxy.resp_port());
    }
    std::vector<std::size_t> lookups(clients, 0);
    std::size_t wrong = 0;
    std::string first_wrong;
    for (std::size_t member = 0; member < clients; ++member) {
        crowd.send(member, lookup_request(member, 0));
    }

    const auto lost = crowd.converse([&](std::size_t member, const std::string& answer) {
        if (!is_right(member, lookups[member], answer) && wrong++ == 0) first_wrong = answer;
        const auto next = ++lookups[member];
        return next < lookups_each ? lookup_request(member, next) : std::string();
    });

    CHECK(lost == 0);
    CHECK_MESSAGE(wrong == 0, first_wrong);
    CHECK(lookups == std::vector<std::size_t>(clients, lookups_each));
    CHECK(servers.redis.count_of("get") == clients * keys_each);
}

TEST_CASE("clients that come and go leave nothing behind") {
    ProxiedRedis servers({"--max-clients", "50", "--coherence", "ttl"});
    servers.redis.command({"SET", "k", "v"});

    for (std::size_t round = 0; round < scaled(500); ++round) {
        auto http = servers.http();
        auto resp = servers.resp();
        if (round % 3 == 0) resp.socket().reset_on_close();
        REQUIRE(http.get("/k").body == "v");
        REQUIRE(resp.ask({"GET", "k"}) == bulk("v"));
    }

    // A place that was not given back would be missing now.
    CHECK(eventually([&] {
        Crowd all;
        for (int i = 0; i < 50; ++i) all.join(Door::resp, servers.proxy.resp_port());
        all.send_to_all({}, command({"GET", "k"}));
        all.wait_for_answers(50);
        return all.count([](Door, const auto& answer) { return answer == bulk("v"); }) == 50;
    }));
}

}  // namespace nearcache::tests
