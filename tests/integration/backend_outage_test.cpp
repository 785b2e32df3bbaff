#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background.hpp"
#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

constexpr int warm_keys = 50;
constexpr milliseconds back_within(2000);

milliseconds outage_length() {
    const char* given = std::getenv("NEARCACHE_TEST_OUTAGE_MS");
    return milliseconds(given == nullptr ? 2000 : std::atoi(given));
}

enum class Outcome { value, absent, refused, wrong };

Outcome outcome_of(const HttpResponse& response, const std::string& value) {
    if (response.status == 404) return Outcome::absent;
    if (response.status == 503) return Outcome::refused;
    return response.status == 200 && response.body == value ? Outcome::value : Outcome::wrong;
}

Outcome outcome_of(const std::string& reply, const std::string& value) {
    if (reply == nil) return Outcome::absent;
    if (is_error(reply)) return Outcome::refused;
    return reply == bulk(value) ? Outcome::value : Outcome::wrong;
}

using Lookup = std::function<Outcome(const std::string& key, const std::string& value)>;

// Both look keys up on one connection, which must live through everything.
Lookup over_http(const NearcacheProcess& proxy) {
    auto client = std::make_shared<HttpClient>(proxy.http_port());
    return [client](const std::string& key, const std::string& value) {
        return outcome_of(client->get("/" + key), value);
    };
}

Lookup over_resp(const NearcacheProcess& proxy) {
    auto client = std::make_shared<TestClient>(proxy.resp_port());
    return [client](const std::string& key, const std::string& value) {
        return outcome_of(client->ask({"GET", key}), value);
    };
}

// What the clients of the load saw, all together.
struct Seen {
    std::atomic<int> refusals = 0;
    std::atomic<int> cold_answers = 0;
    std::atomic<long> longest_ms = 0;
};

// Looks up a cached key, which must be served, and one that is nowhere, which need not be.
std::string one_step(const Lookup& lookup, Seen& seen, int number) {
    const auto warm = "warm:" + std::to_string(number % warm_keys);
    const auto started = now();
    if (lookup(warm, warm) != Outcome::value) return warm + " was not served; ";
    const auto cold = lookup("cold:" + std::to_string(number), "");
    if (cold == Outcome::wrong) return "neither absent nor refused; ";
    ++(cold == Outcome::refused ? seen.refusals : seen.cold_answers);
    const auto took = elapsed_since(started).count();
    if (took > seen.longest_ms) seen.longest_ms = took;
    return {};
}

std::unique_ptr<Background> load(Lookup lookup, Seen& seen, int first) {
    return std::make_unique<Background>(
        [lookup = std::move(lookup), &seen, number = first]() mutable {
            return one_step(lookup, seen, number++);
        });
}

void warm_up(ProxiedRedis& servers) {
    auto client = servers.resp();
    for (int i = 0; i < warm_keys; ++i) {
        const auto key = "warm:" + std::to_string(i);
        REQUIRE(client.ask({"SET", key, key}) == ok);
        REQUIRE(client.ask({"GET", key}) == bulk(key));
    }
}

bool works(const Lookup& lookup, const std::string& key) {
    return eventually([&] { return lookup(key, "back") == Outcome::value; }, back_within);
}

}  // namespace

TEST_CASE("with Redis killed under load cached keys are served and others refused at once") {
    ProxiedRedis servers({"--ttl", "10m", "--coherence", "ttl"});
    warm_up(servers);
    Seen seen;
    std::vector<std::unique_ptr<Background>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(load(over_http(servers.proxy), seen, 2 * i * 10'000'000));
        clients.push_back(load(over_resp(servers.proxy), seen, (2 * i + 1) * 10'000'000));
    }
    REQUIRE(eventually([&] { return seen.cold_answers > 100; }));
    REQUIRE(seen.refusals == 0);

    servers.redis.kill();
    REQUIRE(eventually([&] { return seen.refusals > 0; }));
    const Deadline outage(outage_length());
    const auto http = over_http(servers.proxy);
    const auto resp = over_resp(servers.proxy);
    while (!outage.has_passed()) {
        REQUIRE(http("warm:1", "warm:1") == Outcome::value);
        REQUIRE(resp("warm:2", "warm:2") == Outcome::value);
        REQUIRE(http("elsewhere", "") == Outcome::refused);
        REQUIRE(resp("elsewhere", "") == Outcome::refused);
    }
    CHECK(seen.longest_ms < patience(milliseconds(500)).count());
    servers.redis.start();
    servers.redis.command({"MSET", "new:1", "back", "new:2", "back"});

    CHECK(works(http, "new:1"));
    CHECK(works(resp, "new:2"));
    const int before = seen.cold_answers;
    CHECK(eventually([&] { return seen.cold_answers > before + 100; }, back_within));
    for (const auto& client : clients) CHECK(client->stop() == "");
}

TEST_CASE("Redis may start after nearcache") {
    RealRedis redis;
    redis.stop();
    NearcacheProcess proxy({"--backend", redis.url()});
    const auto http = over_http(proxy);
    const auto resp = over_resp(proxy);
    CHECK(http("k", "") == Outcome::refused);
    CHECK(resp("k", "") == Outcome::refused);
    CHECK(proxy.http().get("/k").header("Retry-After") != "(none)");
    CHECK(proxy.http().put("/k", "v").status == 503);

    redis.start();
    redis.command({"MSET", "k", "back", "l", "back"});

    CHECK(works(http, "k"));
    CHECK(works(resp, "l"));
}

TEST_CASE("a restart of Redis between two requests is not felt") {
    ProxiedRedis servers;
    const auto resp = over_resp(servers.proxy);
    REQUIRE(resp("first", "") == Outcome::absent);

    for (int round = 0; round < 3; ++round) {
        servers.redis.stop();
        servers.redis.start();
        const auto key = "k" + std::to_string(round);
        servers.redis.command({"SET", key, "back"});
        CHECK(works(resp, key));
    }
}

TEST_CASE("while Redis hangs requests time out, hits go on, and all recovers when it wakes") {
    ProxiedRedis servers(
        {"--backend-operation-timeout", "500ms", "--ttl", "10m", "--coherence", "ttl"});
    warm_up(servers);
    auto http = servers.http();
    auto resp = servers.resp();
    servers.redis.freeze();
    const auto asked = now();

    http.send(http_request("GET", "/cold:1"));
    resp.send(command({"GET", "cold:2"}));
    for (int i = 0; i < warm_keys; ++i) {
        const auto key = "warm:" + std::to_string(i);
        REQUIRE(servers.http().get("/" + key).body == key);
        REQUIRE(servers.resp().ask({"GET", key}) == bulk(key));
    }
    CHECK(http.read_response().status == 504);
    CHECK(is_error(resp.read_reply()));
    CHECK(elapsed_since(asked) >= milliseconds(450));
    CHECK(elapsed_since(asked) < patience(milliseconds(1500)));

    // Hanging on, each further request ends in bounded time too, and hits are still served.
    for (int i = 0; i < 5; ++i) {
        const auto again = now();
        CHECK(http.get("/cold:3").status >= 503);
        CHECK(is_error(resp.ask({"GET", "cold:4"})));
        CHECK(http.get("/warm:7").body == "warm:7");
        CHECK(elapsed_since(again) < patience(milliseconds(2500)));
    }
    servers.redis.thaw();

    CHECK(eventually([&] { return http.get("/cold:5").status == 404; }, back_within));
    CHECK(eventually([&] { return resp.ask({"GET", "cold:6"}) == nil; }, back_within));
}

TEST_CASE("a late reply of a command that timed out is nobody's answer") {
    ProxiedRedis servers({"--backend-operation-timeout", "300ms", "--threads", "1"});
    servers.redis.command({"MSET", "one", "1", "two", "2", "three", "3"});
    auto resp = servers.resp();
    servers.redis.freeze();
    REQUIRE(is_error(resp.ask({"GET", "one"})));

    servers.redis.thaw();

    CHECK(eventually([&] {
        const auto reply = resp.ask({"GET", "two"});
        if (!is_error(reply)) CHECK(reply == bulk("2"));
        return !is_error(reply);
    }));
    CHECK(resp.ask({"GET", "three"}) == bulk("3"));
    CHECK(resp.ask({"GET", "one"}) == bulk("1"));
}

}  // namespace nearcache::tests
