#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

TEST_CASE("PUT, POST, GET, HEAD and DELETE of a key have their statuses and bodies") {
    ProxiedRedis servers;
    auto http = servers.http();

    CHECK(http.get("/k").status == 404);
    CHECK(http.put("/k", "one").status == 201);
    CHECK(servers.redis.command({"GET", "k"}) == bulk("one"));
    const auto found = http.get("/k");
    CHECK(found.status == 200);
    CHECK(found.version == "HTTP/1.1");
    CHECK(found.body == "one");
    CHECK(http.raw(http_request("POST", "/k", {}, "posted")).status == 204);
    CHECK(http.get("/k").body == "posted");
    CHECK(http.remove("/k").status == 204);
    CHECK(http.remove("/k").status == 404);
    CHECK(servers.redis.command({"EXISTS", "k"}) == integer(0));
    const auto gone = http.get("/k");
    CHECK(gone.status == 404);
    CHECK(gone.body == "");
}

TEST_CASE("HEAD says what GET would, without the body") {
    ProxiedRedis servers({"--coherence", "ttl"});
    auto http = servers.http();
    REQUIRE(http.put("/k", "12345").status == 201);

    const auto miss = http.head("/k");
    const auto hit = http.head("/k");
    const auto absent = http.head("/absent");
    const auto after = http.get("/k");

    CHECK(miss.status == 200);
    CHECK(miss.header("Content-Length") == "5");
    CHECK(miss.header("X-Cache") == "MISS");
    CHECK(hit.header("X-Cache") == "HIT");
    CHECK(hit.header("Content-Length") == "5");
    CHECK(absent.status == 404);
    CHECK(after.body == "12345");
}

TEST_CASE("an empty value is a value") {
    ProxiedRedis servers;
    auto http = servers.http();

    REQUIRE(http.put("/empty", "").status == 201);

    for (int round = 0; round < 2; ++round) {
        const auto response = http.get("/empty");
        CHECK(response.status == 200);
        CHECK(response.body == "");
    }
    CHECK(servers.resp().ask({"GET", "empty"}) == bulk(""));
}

TEST_CASE("a key is percent-decoded once, and a plus is a plus") {
    struct Case {
        std::string target;
        std::string key;
    };
    const Case cases[] = {
        {"/plain", "plain"},
        {"/a/b/c", "a/b/c"},
        {"/a%2Fb%2fc", "a/b/c"},
        {"//double//", "/double//"},
        {"/a+b", "a+b"},
        {"/a%2Bb", "a+b"},
        {"/a%20b", "a b"},
        {"/zero%00byte", std::string("zero\0byte", 9)},
        {"/line%0D%0Aend", "line\r\nend"},
        {"/high%FF%80", "high\xFF\x80"},
        {"/once%2541", "once%41"},
        {"/dots/../kept", "dots/../kept"},
        {"/query?x=y", "query"},
        {"/mark%3Fx", "mark?x"},
        {"/hash%23x", "hash#x"},
        {"/%E2%82%AC", "\xE2\x82\xAC"},
        {"/key:with;some,marks=and@more!$&'()*~_-.", "key:with;some,marks=and@more!$&'()*~_-."},
    };
    ProxiedRedis servers;
    auto http = servers.http();

    for (const auto& one : cases) {
        CAPTURE(one.target);
        servers.redis.command({"FLUSHALL"});
        REQUIRE(http.put(one.target, one.target).status == 201);
        CHECK(servers.redis.command({"KEYS", "*"}) == array({bulk(one.key)}));
        CHECK(http.get(one.target).body == one.target);
        CHECK(http.remove(one.target).status == 204);
    }
}

TEST_CASE("a broken escape is a bad request") {
    ProxiedRedis servers;

    for (const auto& target : Words{"/%", "/%2", "/%zz", "/a%2", "/a%g0b"}) {
        CAPTURE(target);
        CHECK(servers.http().get(target).status == 400);
    }
}

TEST_CASE("/proxy?key= reads the same keys") {
    ProxiedRedis servers({"--coherence", "ttl"});
    auto http = servers.http();
    servers.redis.command({"MSET", "k", "v", "a/b c&d", "odd"});

    CHECK(http.get("/proxy?key=k").body == "v");
    CHECK(http.get("/k").header("X-Cache") == "HIT");
    CHECK(http.get("/proxy?key=a%2Fb%20c%26d").body == "odd");
    CHECK(http.get("/proxy?other=1&key=k&more=2").body == "v");
    CHECK(http.get("/proxy?key=absent").status == 404);
    CHECK(http.head("/proxy?key=k").header("Content-Length") == "1");
}

TEST_CASE("PUT with ?ttl= makes the key expire") {
    ProxiedRedis servers;
    auto http = servers.http();

    CHECK(http.put("/seconds?ttl=1000", "v").status == 201);
    CHECK(http.put("/millis?ttl=250ms", "v").status == 201);
    CHECK(http.put("/never?ttl=soon", "v").status == 400);
    CHECK(http.put("/never?ttl=-1", "v").status == 400);

    const auto ttl = text_of(servers.redis.command({"TTL", "seconds"}));
    CHECK((ttl == "1000" || ttl == "999" || ttl == "998"));
    CHECK(servers.redis.command({"EXISTS", "never"}) == integer(0));
    CHECK(http.get("/seconds").status == 200);
    CHECK(eventually([&] { return http.get("/millis").status == 404; }));
}

TEST_CASE("a plain PUT takes an older expiry away") {
    ProxiedRedis servers;
    auto http = servers.http();
    REQUIRE(http.put("/k?ttl=1000", "v").status == 201);

    REQUIRE(http.put("/k", "w").status == 204);

    CHECK(servers.redis.command({"TTL", "k"}) == integer(-1));
}

TEST_CASE("a method that does not exist here gets 405 and the ones that do") {
    ProxiedRedis servers;
    auto http = servers.http();

    for (const auto& method : Words{"PATCH", "TRACE", "FROB"}) {
        CAPTURE(method);
        const auto response = http.ask(method, "/k");
        CHECK(response.status == 405);
        for (const char* allowed : {"GET", "HEAD", "PUT", "POST", "DELETE"}) {
            CHECK(response.header("Allow").find(allowed) != std::string::npos);
        }
    }
    CHECK(http.get("/k").status == 404);
}

TEST_CASE("what is no HTTP gets 400 and a close, and harms nobody else") {
    ProxiedRedis servers;
    auto other = servers.http();
    REQUIRE(other.put("/k", "v").status == 201);
    const std::string nonsense[] = {
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET /k\r\n\r\n",
        "GET /k HTTP/1.1\r\nHost x\r\n\r\n",
        "GET /k HTTP/1.1\r\nHost: x\r\nBad Name: x\r\n\r\n",
        "GET /k HTTP/9.9\r\nHost: x\r\n\r\n",
        std::string("GET /k\0 HTTP/1.1\r\nHost: x\r\n\r\n", 29),
        "PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n",
        "PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "PUT /k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "PUT /k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
        "0\r\n\r\n",
        "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
    };

    for (const auto& bytes : nonsense) {
        CAPTURE(bytes);
        auto http = servers.http();
        const auto status = http.raw(bytes).status;
        CHECK((status == 400 || status == 413 || status == 505));
        CHECK(http.is_closed());
    }
    CHECK(other.get("/k").body == "v");
}

TEST_CASE("a target that is no path is a bad request") {
    ProxiedRedis servers;

    for (const auto& target : Words{"k", "*", "?key=k"}) {
        CAPTURE(target);
        CHECK(servers.http().get(target).status == 400);
    }
}

TEST_CASE("an HTTP/1.1 request without a Host is a bad request") {
    ProxiedRedis servers;

    CHECK(servers.http().raw("GET /k HTTP/1.1\r\n\r\n").status == 400);
}

TEST_CASE("a key of another type is an error and no value") {
    ProxiedRedis servers;
    auto http = servers.http();
    servers.redis.command({"RPUSH", "list", "x"});

    const auto response = http.get("/list");

    CHECK(response.status >= 400);
    CHECK(response.status != 404);
    CHECK(http.remove("/list").status == 204);
    CHECK(http.get("/list").status == 404);
}

}  // namespace nearcache::tests
