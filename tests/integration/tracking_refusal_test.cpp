#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/tracked_redis.hpp"

// Servers that will not tell of changes, or say they do and do not: each is found out.
namespace nearcache::tests {

namespace {

const Words quick_limits{"--max-staleness", "500ms", "--coherence-heartbeat", "100ms"};

struct Refusal {
    std::string name;
    Words redis_flags;
    // An ACL user for nearcache; none: the default user.
    Words user;
    std::function<void(TcpProxy&)> way;
    // What the reason names.
    std::string why;
};

std::vector<Refusal> refusals() {
    const auto as_it_is = [](TcpProxy&) {};
    return {
        {"a user who may not use the channel",
         {},
         {"on", ">pw", "~*", "+@all", "resetchannels"},
         as_it_is,
         "SUBSCRIBE"},
        {"a user who may not track",
         {},
         {"on", ">pw", "~*", "&*", "+@all", "-client|tracking"},
         as_it_is,
         "TRACKING"},
        {"CLIENT is renamed", {"--rename-command", "CLIENT", ""}, {}, as_it_is, "CLIENT"},
        {"SUBSCRIBE is renamed", {"--rename-command", "SUBSCRIBE", ""}, {}, as_it_is, "SUBSCRIBE"},
        {"somebody in between says OK to CLIENT TRACKING",
         {},
         {},
         [](TcpProxy& way) { way.answer_tracking_itself(); },
         "OK"},
        {"somebody in between delivers no messages",
         {},
         {},
         [](TcpProxy& way) { way.swallow_messages(); },
         "deliver"},
    };
}

// A Redis that refuses, and a nearcache before it.
struct Refusing {
    Refusing(const Refusal& refusal, const std::string& mode, const Words& flags = {})
        : redis(refusal.redis_flags) {
        Words all{"--backend", way.url(), "--threads", "2", "--coherence", mode};
        if (!refusal.user.empty()) {
            Words words{"ACL", "SETUSER", "ann"};
            words.insert(words.end(), refusal.user.begin(), refusal.user.end());
            REQUIRE(redis.command(words) == ok);
            all[1] = "redis://ann:pw@127.0.0.1:" + std::to_string(way.port());
        }
        refusal.way(way);
        all.insert(all.end(), quick_limits.begin(), quick_limits.end());
        all.insert(all.end(), flags.begin(), flags.end());
        proxy = std::make_unique<NearcacheProcess>(all);
    }

    RealRedis redis;
    TcpProxy way{redis.port()};
    std::unique_ptr<NearcacheProcess> proxy;
};

bool names(const NearcacheProcess& proxy, const std::string& what) {
    const auto why = info(proxy, "coherence_why");
    CAPTURE(why);
    CHECK(why.find(what) != std::string::npos);
    return why.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "in mode auto a server that does not tell of changes is cached by ttl, and INFO says why") {
    for (const auto& refusal : refusals()) {
        CAPTURE(refusal.name);
        Refusing servers(refusal, "auto");
        servers.redis.command({"SET", "k", "old"});

        REQUIRE(comes_to_say(*servers.proxy, "coherence_mode", "ttl"));
        CHECK(names(*servers.proxy, refusal.why));
        CHECK(comes_to_hit(*servers.proxy, "k"));
        servers.redis.command({"SET", "k", "new"});

        CHECK(servers.proxy->resp().ask({"GET", "k"}) == bulk("old"));
        CHECK(info_number(*servers.proxy, "coherence_refusals") > 0);
        CHECK(info(*servers.proxy, "coherence_armed") == "0");
    }
}

TEST_CASE("in mode tracking such a server is never served from memory, and INFO says why") {
    for (const auto& refusal : refusals()) {
        CAPTURE(refusal.name);
        Refusing servers(refusal, "tracking");
        servers.redis.command({"SET", "k", "v"});

        REQUIRE(grows_beyond(*servers.proxy, "coherence_refusals", 0));

        CHECK(names(*servers.proxy, refusal.why));
        CHECK(is_never_cached(*servers.proxy, "k"));
        CHECK(info(*servers.proxy, "coherence_mode") != "ttl");
        CHECK(info(*servers.proxy, "coherence_armed") == "0");
    }
}

TEST_CASE("nothing is cached before the server has proven or refused that it tells of changes") {
    Refusal silent{"says nothing of changes",
                   {},
                   {},
                   [](TcpProxy& way) { way.stall(TcpProxy::Kind::control); },
                   {}};
    Refusing servers(silent, "auto");
    servers.redis.command({"SET", "k", "v"});

    CHECK(is_never_cached(*servers.proxy, "k"));
    CHECK(info(*servers.proxy, "coherence_mode") != "ttl");
    servers.way.resume(TcpProxy::Kind::control);

    CHECK(comes_to_say(*servers.proxy, "coherence_mode", "tracking"));
    CHECK(comes_to_hit(*servers.proxy, "k"));
}

TEST_CASE("a server that refused is asked again, and tracked once it tells of changes") {
    const auto refusal = refusals().front();
    Refusing servers(refusal, "auto", {"--coherence-retry", "200ms"});
    servers.redis.command({"SET", "k", "old"});
    REQUIRE(comes_to_say(*servers.proxy, "coherence_mode", "ttl"));
    REQUIRE(comes_to_hit(*servers.proxy, "k"));

    servers.redis.command({"ACL", "SETUSER", "ann", "allchannels"});

    REQUIRE(comes_to_say(*servers.proxy, "coherence_mode", "tracking"));
    servers.redis.command({"SET", "k", "new"});
    CHECK(comes_to_read(*servers.proxy, "k", bulk("new")));
}

TEST_CASE("a user who may not write is tracked without a canary") {
    Refusal read_only{
        "may not write", {}, {"on", ">pw", "~*", "&*", "+@all", "-@write"}, [](TcpProxy&) {}, {}};
    Refusing servers(read_only, "tracking");
    servers.redis.command({"SET", "k", "old"});

    REQUIRE(comes_to_say(*servers.proxy, "coherence_armed", "1"));
    CHECK(info(*servers.proxy, "coherence_proof") == "handshake");
    CHECK(comes_to_hit(*servers.proxy, "k"));
    servers.redis.command({"SET", "k", "new"});

    CHECK(comes_to_read(*servers.proxy, "k", bulk("new")));
}

}  // namespace nearcache::tests
