#include <map>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/support/server_info.hpp"

// What one request asks of the cache in place of what holds for all, over both doors.
namespace nearcache::tests {

namespace {

// Nobody tells of changes, so the old value stays until somebody asks for better.
struct Servers : ProxiedRedis {
    explicit Servers(Words flags = {}) : ProxiedRedis(with_ttl_only(std::move(flags))) {}

    static Words with_ttl_only(Words flags) {
        flags.insert(flags.end(), {"--coherence", "ttl"});
        return flags;
    }

    // A key whose cached value is "old" while Redis has "new".
    void make_old(const std::string& key) const {
        redis.command({"SET", key, "old"});
        REQUIRE(resp().ask({"GET", key}) == bulk("old"));
        redis.command({"SET", key, "new"});
        REQUIRE(resp().ask({"GET", key}) == bulk("old"));
    }

    HttpResponse get(const std::string& key, const std::string& directives) const {
        auto client = http();
        return client.raw(http_request("GET", "/" + key, "Cache-Control: " + directives + "\r\n"));
    }
    std::string proxy_get(const std::string& key, const Words& options) const {
        Words words{"PROXY.GET", key};
        words.insert(words.end(), options.begin(), options.end());
        return resp().ask(words);
    }
};

void let_pass(milliseconds time) {
    const Deadline end(time);
    eventually([&] { return end.has_passed(); }, time * 2);
}

// The fields of PROXY.EXPLAIN.
std::map<std::string, std::string> explain(const Servers& servers, const std::string& key) {
    const auto reply = servers.resp().ask({"PROXY.EXPLAIN", key});
    REQUIRE(reply.starts_with('*'));
    std::string_view left = reply;
    left.remove_prefix(left.find('\n') + 1);
    std::map<std::string, std::string> fields;
    while (!left.empty()) {
        std::string pair[2];
        for (auto& text : pair) {
            const auto length = reply_length(left).value();
            text = text_of(left.substr(0, length));
            left.remove_prefix(length);
        }
        fields.emplace(pair[0], pair[1]);
    }
    return fields;
}

}  // namespace

TEST_CASE("no-cache and NOCACHE fetch anew, and what they fetch is kept for others") {
    Servers servers;

    SUBCASE("over HTTP") {
        servers.make_old("k");
        const auto response = servers.get("k", "no-cache");
        CHECK(response.body == "new");
        CHECK(response.header("X-Cache") == "MISS");
    }
    SUBCASE("over HTTP/1.0's field") {
        servers.make_old("k");
        auto http = servers.http();
        CHECK(http.raw(http_request("GET", "/k", "Pragma: no-cache\r\n")).body == "new");
    }
    SUBCASE("over RESP") {
        servers.make_old("k");
        CHECK(servers.proxy_get("k", {"NOCACHE"}) == bulk("new"));
    }

    auto http = servers.http();
    const auto after = http.get("/k");
    CHECK(after.body == "new");
    CHECK(after.header("X-Cache") == "HIT");
}

TEST_CASE("Pragma counts only without Cache-Control") {
    Servers servers;
    servers.make_old("k");
    auto http = servers.http();

    const auto response =
        http.raw(http_request("GET", "/k", "Pragma: no-cache\r\nCache-Control: max-age=3600\r\n"));

    CHECK(response.body == "old");
}

TEST_CASE("what is fetched for a request with no-store is not kept") {
    Servers servers;
    servers.redis.command({"SET", "k", "v"});

    for (int i = 0; i < 3; ++i) {
        const auto response = servers.get("k", "no-store");
        CHECK(response.body == "v");
        CHECK(response.header("X-Cache") == "MISS");
    }

    CHECK(info(servers.proxy, "cache_entries") == "0");
}

TEST_CASE("an answer older than max-age is fetched anew") {
    Servers servers;
    servers.make_old("k");

    CHECK(servers.get("k", "max-age=3600").body == "old");
    CHECK(servers.get("k", "max-age=3600").header("X-Cache") == "HIT");
    CHECK(servers.proxy_get("k", {"MAXAGE", "3600000"}) == bulk("old"));
    SUBCASE("over HTTP") { CHECK(servers.get("k", "max-age=0").body == "new"); }
    SUBCASE("over RESP, to the millisecond") {
        let_pass(milliseconds(30));
        CHECK(servers.proxy_get("k", {"MAXAGE", "20"}) == bulk("new"));
    }
    SUBCASE("in the strictest way when it is no number") {
        CHECK(servers.get("k", "max-age=soon").body == "new");
    }
    CHECK(servers.resp().ask({"GET", "k"}) == bulk("new"));
}

TEST_CASE("an answer that is not fresh for as long as min-fresh is fetched anew") {
    Servers servers({"--ttl", "100s"});
    servers.make_old("k");

    CHECK(servers.get("k", "min-fresh=10").body == "old");
    CHECK(servers.get("k", "min-fresh=1000").body == "new");
}

TEST_CASE("an overdue answer will do for max-stale, and is marked") {
    Servers servers({"--cache-rule", "prefix=k,ttl=100ms,stale_if_error=1h"});
    servers.make_old("k");
    let_pass(milliseconds(110));

    const auto any = servers.get("k", "max-stale");
    const auto bounded = servers.get("k", "max-stale=60");

    CHECK(any.body == "old");
    CHECK(any.header("X-Cache") == "STALE");
    CHECK(any.header("Age") == "0");
    CHECK(bounded.body == "old");
    CHECK(servers.proxy_get("k", {"MAXSTALE", "60000"}) == bulk("old"));
    CHECK(servers.get("k", "max-stale, max-age=0").body == "new");
    let_pass(milliseconds(130));
    CHECK(servers.proxy_get("k", {"MAXSTALE", "1"}) == bulk("new"));
    CHECK(servers.redis.count_of("get") == 3);
}

TEST_CASE("only-if-cached and ONLYCACHED never ask Redis") {
    Servers servers;
    servers.redis.command({"SET", "other", "v"});
    servers.make_old("k");
    servers.redis.reset_counts();

    const auto cached = servers.get("k", "only-if-cached");
    const auto missing = servers.get("other", "only-if-cached");

    CHECK(cached.body == "old");
    CHECK(cached.header("X-Cache") == "HIT");
    CHECK(missing.status == 504);
    CHECK(servers.proxy_get("k", {"ONLYCACHED"}) == bulk("old"));
    CHECK(servers.proxy_get("other", {"ONLYCACHED"}).starts_with("-NOTCACHED "));
    CHECK(servers.redis.count_of("get") == 0);
}

TEST_CASE("only-if-cached knows of absent keys what is known") {
    Servers servers;
    REQUIRE(servers.http().get("/none").status == 404);

    CHECK(servers.get("none", "only-if-cached").status == 404);
    CHECK(servers.proxy_get("none", {"onlycached"}) == nil);
}

TEST_CASE("PROXY.GET without options is GET, and with wrong ones an error") {
    Servers servers;
    servers.make_old("k");
    auto resp = servers.resp();

    CHECK(servers.proxy_get("k", {}) == bulk("old"));
    CHECK(resp.ask({"proxy.get", "k"}) == bulk("old"));
    CHECK(servers.proxy_get("none", {}) == nil);
    CHECK(is_error(resp.ask({"PROXY.GET"})));
    for (const Words& options :
         {Words{"MAXAGE"}, Words{"MAXAGE", "x"}, Words{"MAXAGE", "-1"}, Words{"MAXSTALE", "1.5"},
          Words{"FRESH"}, Words{"NOCACHE", "ONLYCACHED"}}) {
        CHECK(is_error(servers.proxy_get("k", options)));
    }
    CHECK(resp.ask({"GET", "k"}) == bulk("old"));
}

TEST_CASE("PROXY.GET keeps its place in a pipeline") {
    Servers servers;
    servers.make_old("k");
    auto resp = servers.resp();
    const auto requests = command({"PROXY.GET", "k"}) + command({"PROXY.GET", "k", "NOCACHE"}) +
                          command({"PROXY.GET", "x", "ONLYCACHED"}) + command({"SET", "k", "3"}) +
                          command({"PROXY.GET", "k", "MAXAGE", "1000"}) + command({"PING"});

    const auto replies = resp.pipeline(requests, 6);

    CHECK(replies[0] == bulk("old"));
    CHECK(replies[1] == bulk("new"));
    CHECK(replies[2].starts_with("-NOTCACHED "));
    CHECK(replies[3] == ok);
    CHECK(replies[4] == bulk("3"));
    CHECK(replies[5] == "+PONG\r\n");
}

TEST_CASE("hits tell their age") {
    Servers servers;
    servers.redis.command({"SET", "k", "v"});
    auto http = servers.http();
    CHECK(http.get("/k").header("X-Cache") == "MISS");

    CHECK(http.get("/k").header("Age") == "0");
    CHECK(eventually([&] { return http.get("/k").header("Age") == "1"; }));
    CHECK(http.get("/k").header("X-Cache") == "HIT");
}

TEST_CASE("PROXY.EXPLAIN tells where an answer would come from, and why") {
    Servers servers({"--ttl", "100s", "--cache-rule", "prefix=live:,never_cache"});

    REQUIRE(servers.resp().ask({"GET", "other"}) == nil);  // connected by now

    const auto unknown = explain(servers, "k");
    servers.redis.command({"SET", "k", "12345"});
    servers.resp().ask({"GET", "k"});
    const auto cached = explain(servers, "k");
    servers.resp().ask({"GET", "none"});
    const auto absent = explain(servers, "none");
    const auto live = explain(servers, "live:k");

    CHECK(unknown.at("key") == "k");
    CHECK(unknown.at("source") == "backend");
    CHECK(unknown.at("fresh") == "0");
    CHECK(unknown.at("lease") == "none");
    CHECK(cached.at("source") == "cache");
    CHECK(cached.at("fresh") == "1");
    CHECK(cached.at("bytes") == "5");
    CHECK(cached.at("mode") == "ttl");
    CHECK(cached.at("epoch") == cached.at("current_epoch"));
    CHECK(std::stol(cached.at("age_ms")) < patience(milliseconds(5000)).count());
    CHECK(std::stol(cached.at("ttl_ms")) > 90'000);
    CHECK(absent.at("source") == "cache");
    CHECK(absent.at("why").find("absent") != std::string::npos);
    CHECK(live.at("source") == "backend");
    CHECK(live.at("why").find("never_cache") != std::string::npos);
    CHECK(live.at("rule").find("live:") != std::string::npos);
}

TEST_CASE("PROXY.EXPLAIN sees the fetch that is under way, and is no use of the key") {
    Servers servers({"--cache-size", "2"});
    servers.redis.command({"MSET", "a", "1", "b", "2", "c", "3"});
    auto resp = servers.resp();
    for (const char* key : {"a", "b"}) resp.ask({"GET", key});

    CHECK(explain(servers, "a").at("source") == "cache");
    resp.ask({"GET", "c"});

    CHECK(explain(servers, "a").at("source") == "backend");  // still the oldest, and so evicted
    CHECK(explain(servers, "b").at("source") == "cache");
    servers.redis.freeze();
    auto waiting = servers.resp();
    waiting.send(command({"GET", "d"}));
    CHECK(eventually([&] { return explain(servers, "d").at("source") == "flight"; }));
    CHECK(explain(servers, "d").at("lease") != "none");
    servers.redis.thaw();
    CHECK(waiting.read_reply() == nil);
}

}  // namespace nearcache::tests
