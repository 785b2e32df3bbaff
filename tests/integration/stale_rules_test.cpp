#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/crowd.hpp"
#include "tests/support/tracked_redis.hpp"

// Rules by prefix: what may be served although it is not fresh, and what is not kept at all.
namespace nearcache::tests {

namespace {

constexpr milliseconds brief(150);

Words with_rules(const std::vector<std::string>& rules, Words flags = {}) {
    for (const auto& rule : rules) flags.insert(flags.end(), {"--cache-rule", rule});
    return flags;
}

// Nobody tells of changes: what is served is up to the rules alone.
Words by_ttl(const std::vector<std::string>& rules, Words flags = {}) {
    flags.insert(flags.end(), {"--coherence", "ttl"});
    return with_rules(rules, std::move(flags));
}

void let_pass(milliseconds time) {
    const Deadline end(time);
    eventually([&] { return end.has_passed(); }, time * 2);
}

bool is_stale(const HttpResponse& response, const std::string& value) {
    return response.status == 200 && response.body == value &&
           response.header("X-Cache") == "STALE";
}

// A field of PROXY.EXPLAIN; empty when it is not there.
std::string explained(TestClient& client, const std::string& key, const std::string& field) {
    const auto text = text_of(client.ask({"PROXY.EXPLAIN", key}));
    const auto label = ", " + field + ", ";
    const auto found = text.find(label);
    if (found == text.npos) return {};
    const auto value = text.substr(found + label.size());
    return value.substr(0, value.find_first_of(",]"));
}

long long number_in(const std::string& text) {
    long long number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// One key cached under a rule with stale_if_error, whose ttl is over.
struct OverdueKey {
    OverdueKey() {
        servers.redis.command({"SET", "sie:k", "v"});
        REQUIRE(servers.http().get("/sie:k").body == "v");
        let_pass(brief + milliseconds(10));
    }

    TrackedRedis servers{with_rules({"prefix=sie:,ttl=150ms,stale_if_error=1h"},
                                    {"--backend-operation-timeout", "300ms"}),
                         "ttl"};
};

void check_served_stale(const TrackedRedis& servers) {
    const auto response = servers.http().get("/sie:k");
    CHECK(is_stale(response, "v"));
    CHECK(response.header("Cache-Status").find("hit") != std::string::npos);
    CHECK(response.header("Cache-Status").find("detail=") != std::string::npos);
    CHECK(response.header("Age") != "(none)");
    CHECK(servers.resp().ask({"GET", "sie:k"}) == bulk("v"));
    CHECK(servers.http().get("/other").status >= 503);
    CHECK(is_error(servers.resp().ask({"GET", "other"})));
}

}  // namespace

TEST_CASE("many readers of a stale value are served at once, and Redis is asked for it once") {
    ProxiedRedis servers(by_ttl({"prefix=swr:,ttl=150ms,stale_while_revalidate=1h"},
                                {"--backend-operation-timeout", "60s"}));
    servers.redis.command({"SET", "swr:k", "old"});
    REQUIRE(servers.http().get("/swr:k").header("X-Cache") == "MISS");
    let_pass(brief + milliseconds(10));
    servers.redis.command({"SET", "swr:k", "new"});
    Crowd crowd;
    for (int i = 0; i < 20; ++i) {
        crowd.join(Door::http, servers.proxy.http_port());
        crowd.join(Door::resp, servers.proxy.resp_port());
    }

    servers.redis.freeze();
    crowd.send_to_all(http_request("GET", "/swr:k"), command({"GET", "swr:k"}));

    CHECK(crowd.wait_for_answers(crowd.size()) == crowd.size());
    CHECK(crowd.count([](Door door, const std::string& answer) {
        return door == Door::http ? is_stale(parse_response(answer), "old") : answer == bulk("old");
    }) == crowd.size());
    servers.redis.thaw();
    CHECK(eventually([&] { return servers.redis.count_of("get") == 2; }));
    CHECK(info(servers.proxy, "cache_refreshes") == "1");
    CHECK(info_number(servers.proxy, "cache_stale_hits") == static_cast<long long>(crowd.size()));
    CHECK(comes_to_read(servers.proxy, "swr:k", bulk("new")));
}

TEST_CASE("a value served stale is fetched anew and is a hit again") {
    ProxiedRedis servers(by_ttl({"prefix=swr:,ttl=1s,stale_while_revalidate=1h"}));
    auto http = servers.http();
    servers.redis.command({"SET", "swr:k", "old"});
    REQUIRE(http.get("/swr:k").body == "old");
    servers.redis.command({"SET", "swr:k", "new"});

    CHECK(eventually([&] { return http.get("/swr:k").header("X-Cache") == "STALE"; }));

    CHECK(eventually([&] {
        const auto response = http.get("/swr:k");
        return response.body == "new" && response.header("X-Cache") == "HIT";
    }));
}

TEST_CASE("after the window of stale-while-revalidate readers wait for the new value") {
    ProxiedRedis servers(by_ttl({"prefix=swr:,ttl=100ms,stale_while_revalidate=100ms"}));
    auto http = servers.http();
    servers.redis.command({"SET", "swr:k", "old"});
    REQUIRE(http.get("/swr:k").body == "old");
    servers.redis.command({"SET", "swr:k", "new"});
    let_pass(milliseconds(210));

    const auto response = http.get("/swr:k");

    CHECK(response.body == "new");
    CHECK(response.header("X-Cache") == "MISS");
}

TEST_CASE("a value known to have changed is not served while it is revalidated") {
    ProxiedRedis servers(
        with_rules({"prefix=swr:,ttl=1h,stale_while_revalidate=1h"}, {"--coherence", "tracking"}));
    servers.redis.command({"SET", "swr:k", "0"});
    auto http = servers.http();
    for (int i = 1; i <= 20; ++i) {
        REQUIRE(comes_to_hit(servers.proxy, "swr:k"));
        const auto told = info_number(servers.proxy, "coherence_invalidated_keys");
        servers.redis.command({"SET", "swr:k", std::to_string(i)});
        REQUIRE(grows_beyond(servers.proxy, "coherence_invalidated_keys", told));

        REQUIRE(http.get("/swr:k").body == std::to_string(i));
    }
    CHECK(info(servers.proxy, "cache_stale_hits") == "0");
}

TEST_CASE("with Redis dead, stale-if-error serves what is overdue and refuses the rest") {
    OverdueKey key;

    key.servers.redis.kill();

    check_served_stale(key.servers);
}

TEST_CASE("with Redis frozen, stale-if-error serves what is overdue after the time-out") {
    OverdueKey key;

    key.servers.redis.freeze();

    check_served_stale(key.servers);
    key.servers.redis.thaw();
    CHECK(eventually([&] { return key.servers.http().get("/sie:k").header("X-Cache") == "HIT"; }));
}

TEST_CASE("while Redis is loading, or has lost its master, stale-if-error serves what is overdue") {
    OverdueKey key;

    SUBCASE("loading") {
        key.servers.way.answer_data_with("-LOADING Redis is loading the dataset in memory\r\n");
        check_served_stale(key.servers);
    }
    SUBCASE("without its master") {
        key.servers.redis.command({"CONFIG", "SET", "replica-serve-stale-data", "no"});
        key.servers.redis.command({"REPLICAOF", "127.0.0.1", "1"});
        const auto reply = key.servers.redis.command({"GET", "sie:k"});
        REQUIRE(reply.starts_with("-MASTERDOWN"));
        check_served_stale(key.servers);
    }
}

TEST_CASE("stale-if-error does not hide what Redis has to say about the key or the user") {
    OverdueKey key;
    const auto error_of = [&](const char* code) {
        CAPTURE(code);
        const auto response = key.servers.http().get("/sie:k");
        CHECK(response.status >= 400);
        CHECK(response.header("X-Cache") != "STALE");
        CHECK(key.servers.resp().ask({"GET", "sie:k"}).starts_with(code));
    };

    SUBCASE("another type") {
        key.servers.redis.command({"DEL", "sie:k"});
        key.servers.redis.command({"RPUSH", "sie:k", "x"});
        error_of("-WRONGTYPE");
    }
    SUBCASE("no permission") {
        key.servers.way.answer_data_with("-NOPERM this user has no permissions\r\n");
        error_of("-NOPERM");
    }
    SUBCASE("no authentication") {
        key.servers.way.answer_data_with("-NOAUTH Authentication required.\r\n");
        error_of("-NOAUTH");
    }
}

TEST_CASE("a value known to have changed is served after an error only where the rule says so") {
    TrackedRedis servers(
        with_rules({"prefix=plain:,ttl=1h,stale_if_error=1h",
                    "prefix=kept:,ttl=1h,stale_if_error=1h,stale_after_invalidation"}));
    REQUIRE(comes_to_keep(servers.proxy));
    servers.redis.command({"MSET", "plain:k", "old", "plain:same", "s", "kept:k", "old"});
    for (const char* name : {"plain:k", "plain:same", "kept:k"}) {
        REQUIRE(comes_to_hit(servers.proxy, name));
    }
    const auto told = info_number(servers.proxy, "coherence_invalidated_keys");
    servers.redis.command({"MSET", "plain:k", "new", "kept:k", "new"});
    REQUIRE(grows_beyond(servers.proxy, "coherence_invalidated_keys", told + 1));

    servers.redis.kill();
    REQUIRE(comes_to_say(servers.proxy, "coherence_armed", "0"));

    CHECK(servers.http().get("/plain:k").status == 503);
    CHECK(is_error(servers.resp().ask({"GET", "plain:k"})));
    CHECK(is_stale(servers.http().get("/kept:k"), "old"));
    CHECK(servers.resp().ask({"GET", "kept:k"}) == bulk("old"));
    CHECK(is_stale(servers.http().get("/plain:same"), "s"));
}

TEST_CASE("a value replaced through nearcache is never served again, whatever the rule") {
    TrackedRedis servers(
        with_rules({"prefix=kept:,ttl=1h,stale_if_error=1h,stale_after_invalidation"}));
    REQUIRE(comes_to_keep(servers.proxy));
    servers.redis.command({"SET", "kept:k", "old"});
    REQUIRE(comes_to_hit(servers.proxy, "kept:k"));
    REQUIRE(servers.http().put("/kept:k", "new").is_success());

    servers.redis.kill();

    CHECK(eventually([&] { return servers.http().get("/kept:k").status == 503; }));
    CHECK(is_error(servers.resp().ask({"GET", "kept:k"})));
}

TEST_CASE("what a rule never caches is always fetched") {
    ProxiedRedis servers(by_ttl({"prefix=live:,never_cache", "prefix=live:but:,ttl=1h"}));
    servers.redis.command({"MSET", "live:k", "v", "live:but:k", "v", "k", "v"});

    CHECK(is_never_cached(servers.proxy, "live:k"));
    CHECK(is_never_cached(servers.proxy, "live:absent"));
    CHECK(comes_to_hit(servers.proxy, "k"));
    CHECK(comes_to_hit(servers.proxy, "live:but:k"));  // the longest prefix decides
    auto resp = servers.resp();
    CHECK(explained(resp, "live:k", "rule").find("live:") != std::string::npos);
}

TEST_CASE("a rule has its own ttl, its own ttl for absent keys and its own largest value") {
    ProxiedRedis servers(
        by_ttl({"prefix=short:,ttl=200ms,negative_ttl=200ms", "prefix=small:,max_value=10"},
               {"--ttl", "1h", "--cache-negative-ttl", "1h"}));
    auto resp = servers.resp();
    servers.redis.command({"MSET", "short:k", "old", "long:k", "old"});
    servers.redis.command({"MSET", "small:10", "0123456789", "small:11", "0123456789X"});
    for (const char* name : {"short:k", "long:k", "short:none", "long:none"}) {
        resp.ask({"GET", name});
    }
    servers.redis.command(
        {"MSET", "short:k", "new", "long:k", "new", "short:none", "new", "long:none", "new"});

    CHECK(comes_to_read(servers.proxy, "short:k", bulk("new")));
    CHECK(comes_to_read(servers.proxy, "short:none", bulk("new")));
    CHECK(resp.ask({"GET", "long:k"}) == bulk("old"));
    CHECK(resp.ask({"GET", "long:none"}) == nil);
    CHECK(comes_to_hit(servers.proxy, "small:10"));
    CHECK(is_never_cached(servers.proxy, "small:11"));
}

TEST_CASE("jitter makes a ttl shorter, never longer") {
    ProxiedRedis servers(
        by_ttl({"prefix=exact:,ttl_jitter=0"}, {"--ttl", "1000s", "--cache-ttl-jitter", "50"}));
    auto resp = servers.resp();
    std::vector<long long> left;
    for (int i = 0; i < 50; ++i) {
        const auto key = "k" + std::to_string(i);
        servers.redis.command({"SET", key, "v"});
        REQUIRE(resp.ask({"GET", key}) == bulk("v"));
        left.push_back(number_in(explained(resp, key, "ttl_ms")));
    }
    servers.redis.command({"SET", "exact:k", "v"});
    REQUIRE(resp.ask({"GET", "exact:k"}) == bulk("v"));

    const auto [least, most] = std::ranges::minmax_element(left);
    CHECK(*least >= 490'000);
    CHECK(*most <= 1'000'000);
    CHECK(*most - *least > 50'000);
    CHECK(number_in(explained(resp, "exact:k", "ttl_ms")) > 990'000);
}

}  // namespace nearcache::tests
