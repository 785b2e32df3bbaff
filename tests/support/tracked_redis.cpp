#include "tests/support/tracked_redis.hpp"

namespace nearcache::tests {

namespace {

Words with_short_limits(const TcpProxy& way, const std::string& mode, const Words& flags) {
    const auto staleness = std::to_string(TrackedRedis::max_staleness.count()) + "ms";
    Words all{"--backend",
              way.url(),
              "--threads",
              "2",
              "--coherence",
              mode,
              "--max-staleness",
              staleness,
              "--coherence-heartbeat",
              "200ms"};
    all.insert(all.end(), flags.begin(), flags.end());
    return all;
}

// What HTTP makes of a reply.
bool says_the_same(const HttpResponse& response, const std::string& reply) {
    if (reply == nil) return response.status == 404;
    if (is_error(reply)) return response.status >= 400 && response.status != 404;
    return response.status == 200 && bulk(response.body) == reply;
}

}  // namespace

TrackedRedis::TrackedRedis(const Words& flags, const std::string& mode)
    : proxy(with_short_limits(way, mode, flags)) {}

std::string x_cache(HttpClient& client, const std::string& key) {
    return client.get("/" + key).header("X-Cache");
}

bool comes_to_hit(const NearcacheProcess& proxy, const std::string& key) {
    auto client = proxy.http();
    return eventually([&] { return x_cache(client, key) == "HIT"; });
}

bool comes_to_read(const NearcacheProcess& proxy, const std::string& key, const std::string& reply,
                   milliseconds limit) {
    auto http = proxy.http();
    auto resp = proxy.resp();
    return eventually(
        [&] {
            const bool is_in_resp = resp.ask({"GET", key}).starts_with(reply);
            return says_the_same(http.get("/" + key), reply) && is_in_resp;
        },
        limit);
}

bool is_never_cached(const NearcacheProcess& proxy, const std::string& key) {
    // As many as there are lanes and more, so that none is left out.
    for (int i = 0; i < 6; ++i) {
        auto client = proxy.http();
        std::string said;
        eventually([&] {
            const auto response = client.get("/" + key);
            said = response.header("X-Cache");
            return response.status < 500;
        });
        if (said != "MISS") return false;
    }
    return true;
}

}  // namespace nearcache::tests
