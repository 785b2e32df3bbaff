#include "backend/redis/server_checks.hpp"

#include <string>

#include <doctest/doctest.h>

namespace nearcache::backend::redis {

namespace {

using Grade = Finding::Grade;
using Kind = resp::Value::Kind;

Answer text(std::string_view bytes) { return resp::Value{Kind::bulk, std::string(bytes), 0, {}}; }

Answer refused() { return resp::Value{Kind::error, "NOPERM no permissions", 0, {}}; }

Answer setting(std::string_view name, std::string_view value) {
    return resp::Value{Kind::array, {}, 0, {*text(name), *text(value)}};
}

}  // namespace

TEST_CASE("a server that tells version and run_id is fine, one that hides them is warned of") {
    const auto fine = check_version(text("# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\n"));
    const auto nameless = check_version(text("# Server\r\nredis_version:7.0.15\r\n"));

    CHECK(fine.grade == Grade::ok);
    CHECK(fine.found == "version 7.0.15, run_id abc");
    CHECK(nameless.grade == Grade::warning);
    CHECK(check_version(refused()).grade == Grade::warning);
    CHECK(check_version(refused()).found == "NOPERM no permissions");
}

TEST_CASE("a replica is named with its primary, and warned of") {
    const auto primary = check_role(text("# Replication\r\nrole:master\r\n"));
    const auto replica =
        check_role(text("# Replication\r\nrole:slave\r\nmaster_host:db\r\nmaster_port:6379\r\n"
                        "master_link_status:down\r\n"));

    CHECK(primary.grade == Grade::ok);
    CHECK(check_role(text("# Replication\r\n")).grade == Grade::skipped);
    CHECK(replica.grade == Grade::warning);
    CHECK(replica.found == "replica of db:6379, link down");
}

TEST_CASE("a node of a cluster is warned of") {
    CHECK(check_cluster(text("# Cluster\r\ncluster_enabled:0\r\n")).grade == Grade::ok);
    CHECK(check_cluster(text("# Cluster\r\ncluster_enabled:1\r\n")).grade == Grade::warning);
}

TEST_CASE("a server with room for few clients is warned of") {
    CHECK(check_max_clients(setting("maxclients", "10000")).grade == Grade::ok);
    CHECK(check_max_clients(setting("maxclients", "50")).grade == Grade::warning);
}

TEST_CASE("a buffer that one large message overflows is warned of") {
    const auto with = [](std::string_view limits) {
        return check_push_buffer(setting("client-output-buffer-limit", limits));
    };

    CHECK(with("normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60").grade ==
          Grade::ok);
    CHECK(with("normal 0 0 0 slave 1000 500 60 pubsub 0 0 0").found == "none");
    CHECK(with("normal 0 0 0 slave 0 0 0 pubsub 65536 8192 1").grade == Grade::warning);
    CHECK(with("normal 0 0 0").grade == Grade::skipped);
}

TEST_CASE("what may not be asked is left open, and held against nobody") {
    CHECK(check_user(refused()).grade == Grade::skipped);
    CHECK(check_role(refused()).grade == Grade::skipped);
    CHECK(check_cluster(refused()).grade == Grade::skipped);
    CHECK(check_max_clients(refused()).grade == Grade::skipped);
    CHECK(check_push_buffer(refused()).grade == Grade::skipped);
    CHECK(check_push_buffer(std::nullopt).grade == Grade::skipped);
}

TEST_CASE("the command table counts as readable even when it is too nested to be decoded") {
    CHECK(check_command_table(std::nullopt).grade == Grade::ok);
    CHECK(check_command_table(resp::Value{Kind::array, {}, 0, {}}).grade == Grade::ok);
    CHECK(check_command_table(refused()).grade == Grade::warning);
}

TEST_CASE("who cannot connect is told what to look at") {
    const auto advises = [](std::string_view why, std::string_view what) {
        return advice_on_connecting(why).find(what) != std::string_view::npos;
    };

    CHECK(advises("Connection refused", "running"));
    CHECK(advises("No such file or directory", "path"));
    CHECK(advises("cannot resolve: Host not found (authoritative)", "name"));
    CHECK(advises("this is not a Redis server", "port"));
    CHECK(advises("no answer in time", "backend.connect_timeout"));
    CHECK(advises("NOAUTH Authentication required.", "in the URL"));
    CHECK(advises("WRONGPASS invalid username-password pair or user is disabled.", "password"));
    CHECK(advises("ERR AUTH <password> called without any password configured", "out"));
    CHECK(advises("NOPERM this user has no permissions to run the 'ping' command", "+ping"));
    CHECK(advises("LOADING Redis is loading the dataset in memory", "again"));
    CHECK(advice_on_connecting("ERR DB index is out of range").empty());
}

}  // namespace nearcache::backend::redis
