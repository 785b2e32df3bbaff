#include <string>

#include <doctest/doctest.h>

#include "tests/support/tracked_redis.hpp"

// The channel stalls, ends, or belongs to another server than the data: what is not proven is not
// served from memory.
namespace nearcache::tests {

namespace {

using Kind = TcpProxy::Kind;
using Way = TcpProxy::Way;

struct Armed : TrackedRedis {
    explicit Armed(const Words& flags = {}) : TrackedRedis(flags) {
        REQUIRE(comes_to_keep(proxy));
        redis.command({"MSET", "k", "old", "steady", "s"});
        REQUIRE(comes_to_hit(proxy, "k"));
        REQUIRE(comes_to_hit(proxy, "steady"));
    }

    bool is_lost() const { return comes_to_say(proxy, "coherence_armed", "0"); }
    long long epoch() const { return info_number(proxy, "coherence_epoch"); }
};

// Looks a key up until it is no longer a hit; how long after `since` the last hit was asked for.
milliseconds last_hit(HttpClient& client, const std::string& key, Moment since) {
    milliseconds last(0);
    const bool ended = eventually([&] {
        const auto asked = elapsed_since(since);
        if (x_cache(client, key) != "HIT") return true;
        last = asked;
        return false;
    });
    CHECK(ended);
    return last;
}

// The same over RESP, by the value that was replaced.
milliseconds last_old_value(TestClient& client, const std::string& key, Moment since) {
    milliseconds last(0);
    const bool ended = eventually([&] {
        const auto asked = elapsed_since(since);
        if (client.ask({"GET", key}) != bulk("old")) return true;
        last = asked;
        return false;
    });
    CHECK(ended);
    return last;
}

void check_that_nothing_is_served_from_memory(const Armed& servers) {
    CHECK(is_never_cached(servers.proxy, "k"));
    CHECK(is_never_cached(servers.proxy, "steady"));
    CHECK(info(servers.proxy, "coherence_armed") == "0");
    CHECK(info(servers.proxy, "coherence_why") != "");
}

}  // namespace

TEST_CASE("with the control connection stalled no hit is older than max_staleness") {
    Armed servers;
    auto http = servers.http();
    auto resp = servers.resp();

    servers.way.stall(Kind::control);
    const auto stalled = now();
    servers.redis.command({"SET", "k", "new"});
    const auto changed = now();

    CHECK(last_old_value(resp, "k", changed) < TrackedRedis::max_staleness);
    CHECK(last_hit(http, "steady", stalled) < TrackedRedis::max_staleness);
    CHECK(elapsed_since(stalled) < patience(TrackedRedis::max_staleness * 2));
    CHECK(comes_to_read(servers.proxy, "k", bulk("new")));
    CHECK(servers.is_lost());
    check_that_nothing_is_served_from_memory(servers);

    const auto epoch = servers.epoch();
    servers.way.resume(Kind::control);
    CHECK(comes_to_hit(servers.proxy, "k"));
    CHECK(servers.epoch() > epoch);
}

TEST_CASE("with one direction of the control connection stalled the bound holds, too") {
    for (const auto way : {Way::to_redis, Way::to_nearcache}) {
        CAPTURE(static_cast<int>(way));
        Armed servers;
        auto http = servers.http();

        servers.way.stall(Kind::control, way);
        const auto stalled = now();

        CHECK(last_hit(http, "steady", stalled) < TrackedRedis::max_staleness);
        CHECK(servers.is_lost());
        check_that_nothing_is_served_from_memory(servers);
        servers.way.resume(Kind::control);
        CHECK(comes_to_hit(servers.proxy, "steady"));
    }
}

TEST_CASE("a stall that is shorter than max_staleness is not felt") {
    Armed servers({"--max-staleness", "30s", "--coherence-heartbeat", "100ms"});
    const auto epoch = servers.epoch();
    servers.way.stall(Kind::control);
    servers.redis.command({"SET", "k", "new"});
    auto http = servers.http();
    REQUIRE(http.get("/k").body == "old");

    servers.way.resume(Kind::control);

    CHECK(comes_to_read(servers.proxy, "k", bulk("new")));
    CHECK(x_cache(http, "steady") == "HIT");
    CHECK(servers.epoch() == epoch);
}

TEST_CASE("when the control connection is killed a new epoch begins, and old entries are gone") {
    Armed servers;
    const auto epoch = servers.epoch();
    servers.way.stall(Kind::control);  // the next one gets no further than its first question

    servers.way.cut(Kind::control);
    REQUIRE(servers.is_lost());
    servers.redis.command({"SET", "k", "new"});
    CHECK(servers.resp().ask({"GET", "k"}) == bulk("new"));
    check_that_nothing_is_served_from_memory(servers);
    servers.way.resume(Kind::control);

    REQUIRE(comes_to_say(servers.proxy, "coherence_epoch", std::to_string(epoch + 1)));
    auto http = servers.http();
    CHECK(x_cache(http, "steady") == "MISS");
    CHECK(comes_to_hit(servers.proxy, "steady"));
    CHECK(info_number(servers.proxy, "coherence_losses") > 0);
}

TEST_CASE("CLIENT KILL of the control connection loses no change") {
    Armed servers;
    for (int round = 0; round < 4; ++round) {
        const auto value = std::to_string(round);
        const auto epoch = servers.epoch();
        REQUIRE(comes_to_hit(servers.proxy, "k"));

        REQUIRE(servers.redis.command({"CLIENT", "KILL", "TYPE", "pubsub"}) == integer(1));
        servers.redis.command({"SET", "k", value});

        REQUIRE(comes_to_read(servers.proxy, "k", bulk(value)));
        REQUIRE(grows_beyond(servers.proxy, "coherence_epoch", epoch));
    }
}

TEST_CASE("while Redis is down nothing is served from memory, and afterwards all is well") {
    Armed servers;

    servers.redis.kill();
    REQUIRE(servers.is_lost());
    CHECK(servers.http().get("/steady").status == 503);
    CHECK(is_error(servers.resp().ask({"GET", "k"})));
    servers.redis.start();

    CHECK(comes_to_read(servers.proxy, "k", nil));
    servers.redis.command({"SET", "k", "v"});
    CHECK(comes_to_read(servers.proxy, "k", bulk("v")));
    CHECK(comes_to_hit(servers.proxy, "k"));
}

TEST_CASE("what another server than the one that tells of changes answers is not kept") {
    RealRedis other;
    other.command({"MSET", "k", "other", "l", "other"});

    SUBCASE("the data connections lead to it") {
        Armed servers;
        servers.way.lead_to(other.port());
        servers.way.cut(Kind::data);
        CHECK(eventually([&] { return servers.resp().ask({"GET", "l"}) == bulk("other"); }));
        CHECK(is_never_cached(servers.proxy, "l"));
        CHECK(info_number(servers.proxy, "coherence_fills_refused_server") > 0);
    }
    SUBCASE("the control connection leads to it, and no canary is sent") {
        Armed servers({"--coherence-canary", "off"});
        servers.way.lead_to(other.port());
        servers.way.cut(Kind::control);
        REQUIRE(servers.is_lost());
        REQUIRE(comes_to_say(servers.proxy, "coherence_armed", "1"));
        CHECK(is_never_cached(servers.proxy, "k"));
        CHECK(info(servers.proxy, "coherence_proof") == "handshake");
        CHECK(info_number(servers.proxy, "coherence_fills_refused_server") > 0);
    }
    SUBCASE("the control connection leads to it, and the canary does not come back") {
        Armed servers;
        servers.way.lead_to(other.port());
        servers.way.cut(Kind::control);
        CHECK(grows_beyond(servers.proxy, "coherence_refusals", 0));
        check_that_nothing_is_served_from_memory(servers);
    }
}

}  // namespace nearcache::tests
