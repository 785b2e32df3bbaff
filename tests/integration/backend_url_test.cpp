#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

// Both doors write and read, as soon as Redis can be reached: each thread has a link of its own.
void check_works(const NearcacheProcess& proxy) {
    auto http = proxy.http();
    auto resp = proxy.resp();
    CHECK(eventually([&] { return resp.ask({"SET", "k", "v"}) == ok; }));
    CHECK(eventually([&] { return http.put("/n", "1").is_success(); }));
    CHECK(resp.ask({"INCR", "n"}) == integer(2));
    CHECK(http.get("/k").body == "v");
}

std::string with_user_info(const RealRedis& redis, const std::string& user_info) {
    return "redis://" + user_info + "@127.0.0.1:" + std::to_string(redis.port());
}

}  // namespace

TEST_CASE("Redis may be reached by a socket in the file system") {
    RealRedis redis;
    NearcacheProcess proxy({"--backend", redis.socket_url()});

    check_works(proxy);
    redis.kill();
    CHECK(eventually([&] { return is_error(proxy.resp().ask({"GET", "cold"})); }));
    redis.start();

    check_works(proxy);
}

TEST_CASE("the password and the database of the URL are used, after a restart too") {
    RealRedis redis({"--requirepass", "se@cret"});
    NearcacheProcess proxy({"--backend", with_user_info(redis, ":se%40cret") + "/3"});

    for (int round = 0; round < 2; ++round) {
        check_works(proxy);
        TestClient direct(redis.port());
        REQUIRE(direct.ask({"AUTH", "se@cret"}) == ok);
        CHECK(direct.ask({"EXISTS", "k"}) == integer(0));
        REQUIRE(direct.ask({"SELECT", "3"}) == ok);
        CHECK(direct.ask({"GET", "k"}) == bulk("v"));
        redis.kill();
        redis.start();
    }
}

TEST_CASE("a user of the URL is authenticated as") {
    RealRedis redis;
    redis.command({"ACL", "SETUSER", "ann", "on", ">pw", "~*", "+@all", "-incr"});
    NearcacheProcess proxy({"--backend", with_user_info(redis, "ann:pw")});

    CHECK(eventually([&] { return proxy.resp().ask({"SET", "k", "v"}) == ok; }));
    CHECK(proxy.resp().ask({"INCR", "n"}).starts_with("-NOPERM"));
}

TEST_CASE("with a wrong password requests fail at once, and the secret is in no log") {
    RealRedis redis({"--requirepass", "right"});
    NearcacheProcess proxy({"--backend", with_user_info(redis, ":wr0ng"), "--log-level", "debug"});

    const auto asked = now();
    CHECK(proxy.http().get("/k").status == 503);
    CHECK(is_error(proxy.resp().ask({"GET", "k"})));
    CHECK(elapsed_since(asked) < patience(milliseconds(2500)));
    CHECK(proxy.process().errors().find("wr0ng") == std::string::npos);
    CHECK(proxy.process().output().find("wr0ng") == std::string::npos);
}

}  // namespace nearcache::tests
