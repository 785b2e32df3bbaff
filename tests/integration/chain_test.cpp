#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"
#include "tests/support/server_info.hpp"

namespace nearcache::tests {

namespace {

std::string resp_url(const NearcacheProcess& server) {
    return "redis://127.0.0.1:" + std::to_string(server.resp_port());
}

// A caching proxy before a key-value server, both nearcache. The server does not tell of changes.
struct Chain {
    Chain() { REQUIRE(comes_to_say(proxy, "coherence_mode", "ttl")); }

    NearcacheProcess store{Words{"--backend", "embedded:"}};
    NearcacheProcess proxy{Words{"--backend", resp_url(store)}};
};

}  // namespace

TEST_CASE("the embedded store serves both doors") {
    NearcacheProcess server;
    auto http = server.http();
    auto resp = server.resp();

    CHECK(http.get("/k").status == 404);
    CHECK(http.put("/k", "through http").is_success());
    CHECK(resp.ask({"GET", "k"}) == bulk("through http"));
    CHECK(resp.ask({"SET", "k", "through resp"}) == ok);
    CHECK(http.get("/k").body == "through resp");
    CHECK(resp.ask({"MSET", "n", "5", "m", "6"}) == ok);
    CHECK(resp.ask({"INCRBY", "n", "10"}) == integer(15));
    CHECK(resp.ask({"MGET", "n", "absent", "m"}) == array({bulk("15"), nil, bulk("6")}));
    CHECK(resp.ask({"EXISTS", "n", "m", "absent"}) == integer(2));
    CHECK(resp.ask({"APPEND", "n", "0"}) == integer(3));
    CHECK(resp.ask({"STRLEN", "n"}) == integer(3));
    CHECK(resp.ask({"DBSIZE"}) == integer(3));
    CHECK(resp.ask({"TYPE", "n"}) == "+string\r\n");
    CHECK(http.remove("/k").status == 204);
    CHECK(http.remove("/k").status == 404);
    CHECK(resp.ask({"GET", "k"}) == nil);
    CHECK(resp.ask({"FLUSHALL"}) == ok);
    CHECK(http.get("/n").status == 404);
}

TEST_CASE("keys of the embedded store expire on time, through the cache too") {
    NearcacheProcess server;
    auto http = server.http();
    auto resp = server.resp();
    REQUIRE(resp.ask({"SET", "brief", "v", "PX", "300"}) == ok);
    REQUIRE(http.get("/brief").body == "v");
    REQUIRE(resp.ask({"SET", "long", "v", "EX", "1000"}) == ok);

    CHECK(eventually([&] { return http.get("/brief").status == 404; }));
    CHECK(resp.ask({"EXISTS", "brief"}) == integer(0));
    CHECK(resp.ask({"TTL", "long"}) == integer(1000));
    CHECK(resp.ask({"PERSIST", "long"}) == integer(1));
    CHECK(resp.ask({"TTL", "long"}) == integer(-1));
}

TEST_CASE("the embedded store does what a pipeline says in its order") {
    NearcacheProcess server(Words{"--threads", "2"});
    auto resp = server.resp();
    const auto requests = command({"SET", "a", "1"}) + command({"GET", "a"}) +
                          command({"INCR", "a"}) + command({"GET", "a"});

    for (std::size_t round = 0; round < scaled(500); ++round) {
        REQUIRE(resp.pipeline(requests, 4) == Words{ok, bulk("1"), integer(2), bulk("2")});
    }
}

TEST_CASE("a nearcache before another nearcache's embedded store serves both doors") {
    Chain chain;
    auto http = chain.proxy.http();
    auto resp = chain.proxy.resp();
    auto direct = chain.store.resp();

    CHECK(resp.ask({"SET", "k", "v"}) == ok);
    CHECK(http.get("/k").header("X-Cache") == "MISS");
    CHECK(http.get("/k").header("X-Cache") == "HIT");
    CHECK(direct.ask({"SET", "k", "behind"}) == ok);
    CHECK(resp.ask({"GET", "k"}) == bulk("v"));
    CHECK(http.put("/k", "w").is_success());
    CHECK(direct.ask({"GET", "k"}) == bulk("w"));
    CHECK(resp.ask({"GET", "k"}) == bulk("w"));
    CHECK(resp.ask({"INCR", "n"}) == integer(1));
    CHECK(resp.ask({"MGET", "k", "n", "x"}) == array({bulk("w"), bulk("1"), nil}));
    CHECK(http.remove("/n").status == 204);
    CHECK(direct.ask({"EXISTS", "n"}) == integer(0));
}

TEST_CASE("expiry passes through a chain of nearcaches") {
    Chain chain;
    auto resp = chain.proxy.resp();
    REQUIRE(chain.store.resp().ask({"SET", "brief", "v", "PX", "300"}) == ok);
    const auto set = now();
    REQUIRE(resp.ask({"GET", "brief"}) == bulk("v"));

    CHECK(eventually([&] { return resp.ask({"GET", "brief"}) == nil; }));
    CHECK(elapsed_since(set) < patience(milliseconds(600)));
}

TEST_CASE("large and binary values pass through a chain whole") {
    Chain chain;
    auto http = chain.proxy.http();
    std::string value(3'000'000, '\0');
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 31 % 256);

    REQUIRE(http.put("/big", value).is_success());

    CHECK(http.get("/big").body == value);
    CHECK(chain.proxy.resp().ask({"GET", "big"}) == bulk(value));
}

}  // namespace nearcache::tests
