#pragma once

#include <string>

#include "tests/support/server_info.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace nearcache::tests {

// A Redis, a nearcache whose every hit must be proven, and between them a way that can be
// disturbed. The limits are short, so that tests are.
//
// Threads: one at a time; connections: any number.
struct TrackedRedis {
    static constexpr milliseconds max_staleness{1000};

    explicit TrackedRedis(const Words& flags = {}, const std::string& mode = "tracking");

    HttpClient http() const { return proxy.http(); }
    TestClient resp() const { return proxy.resp(); }

    RealRedis redis;
    TcpProxy way{redis.port()};
    NearcacheProcess proxy;
};

// What X-Cache says.
std::string x_cache(HttpClient& client, const std::string& key);
// Whether a key comes to be cached: what is told of an earlier change may drop it once more.
bool comes_to_hit(const NearcacheProcess& proxy, const std::string& key);
// Whether both doors come to answer a GET with this reply: an error by its beginning.
bool comes_to_read(const NearcacheProcess& proxy, const std::string& key, const std::string& reply,
                   milliseconds limit = milliseconds(5000));
// Whether several GETs of a key, on as many connections, are all answered by the backend; an error
// is none.
bool is_never_cached(const NearcacheProcess& proxy, const std::string& key);

}  // namespace nearcache::tests
