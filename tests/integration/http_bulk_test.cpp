#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"
#include "tests/support/server_info.hpp"

// GET /?keys=: several values in one answer.
namespace nearcache::tests {

namespace {

HttpResponse get_with(HttpClient& http, std::string_view target, const std::string& directives) {
    return http.raw(http_request("GET", target, "Cache-Control: " + directives + "\r\n"));
}

}  // namespace

TEST_CASE("several keys are one JSON object, and one MGET") {
    ProxiedRedis servers({"--coherence", "ttl"});
    auto http = servers.http();
    servers.redis.command({"MSET", "a", "1", "b", "two", "c,d", "3", "x y", "4"});
    servers.redis.command({"RPUSH", "list", "1"});
    servers.redis.command({"SET", "bytes", std::string("\xff\0", 2)});
    servers.redis.reset_counts();

    const auto found = http.get("/?keys=b,a,none&keys=c%2Cd,a,x+y,list,bytes");

    CHECK(found.status == 200);
    CHECK(found.header("Content-Type") == "application/json");
    CHECK(found.header("Cache-Control") == "no-cache");
    CHECK(found.header("X-Cache") == "(none)");
    CHECK(found.body ==
          "{\"b\":\"two\",\"a\":\"1\",\"none\":null,\"c,d\":\"3\",\"x y\":\"4\","
          "\"list\":null,\"bytes\":{\"base64\":\"/wA=\"}}\n");
    CHECK(servers.redis.count_of("mget") == 1);
    CHECK(servers.redis.count_of("get") == 0);
    CHECK(http.get("/?keys=a,b").body == "{\"a\":\"1\",\"b\":\"two\"}\n");
    CHECK(servers.redis.count_of("mget") == 1);
    CHECK(http.get("/a").header("X-Cache") == "HIT");
}

TEST_CASE("a HEAD for several keys says how long the answer would be") {
    ProxiedRedis servers;
    auto http = servers.http();
    servers.redis.command({"SET", "a", "1"});

    const auto head = http.head("/?keys=a");

    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "10");
    CHECK(http.get("/?keys=").body == "{}\n");
    CHECK(http.get("/?keys=%zz").status == 400);
}

TEST_CASE("how fresh several keys have to be is said as for one") {
    ProxiedRedis servers({"--coherence", "ttl"});
    auto http = servers.http();
    servers.redis.command({"MSET", "a", "old", "b", "old"});
    CHECK(http.get("/?keys=a").body == "{\"a\":\"old\"}\n");
    servers.redis.command({"MSET", "a", "new", "b", "new"});

    CHECK(get_with(http, "/?keys=a", "only-if-cached").body == "{\"a\":\"old\"}\n");
    CHECK(get_with(http, "/?keys=a,b", "only-if-cached").status == 504);
    CHECK(get_with(http, "/?keys=a,b", "max-age=100, no-store").body ==
          "{\"a\":\"old\",\"b\":\"new\"}\n");
    CHECK(get_with(http, "/?keys=b", "only-if-cached").status == 504);
    CHECK(get_with(http, "/?keys=a", "min-fresh=1000000").body == "{\"a\":\"new\"}\n");
    servers.redis.command({"SET", "a", "newest"});
    CHECK(http.get("/?keys=a").body == "{\"a\":\"new\"}\n");
    CHECK(get_with(http, "/?keys=a", "no-cache").body == "{\"a\":\"newest\"}\n");
    CHECK(get_with(http, "/?keys=a", "no-cache, only-if-cached").status == 504);
}

TEST_CASE("on the embedded store commands and several keys work as far as it has them") {
    NearcacheProcess proxy({"--backend", "embedded:"});
    auto http = proxy.http();
    const auto answer = [&http](std::string_view path, std::string_view body) {
        return http.raw(http_request("POST", path, "Content-Type: application/json\r\n", body))
            .body;
    };

    CHECK(answer("/pipeline", R"([["SET","a",1],["INCR","a"],["GET","a"]])") ==
          "[{\"result\":\"OK\"},{\"result\":2},{\"result\":\"2\"}]\n");
    CHECK(http.get("/?keys=a,b").body == "{\"a\":\"2\",\"b\":null}\n");
    CHECK(
        answer("/multi-exec", R"([["INCR","a"]])").find("'multi' needs a connection of its own") !=
        std::string::npos);
}

}  // namespace nearcache::tests
