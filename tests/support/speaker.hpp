#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/frame_reader.hpp"
#include "tests/support/nearcache_process.hpp"
#include "tests/support/server_info.hpp"

namespace nearcache::tests {

// A client of either dialect that shows every frame, those too that come unasked.
//
// Threads: one at a time.
class Speaker {
  public:
    explicit Speaker(std::uint16_t port) : frames_(port) {}
    explicit Speaker(const NearcacheProcess& proxy) : Speaker(proxy.resp_port()) {}
    explicit Speaker(const RealRedis& redis) : Speaker(redis.port()) {}

    void say(const Words& words) { say_bytes(command(words)); }
    void say_bytes(std::string_view bytes) { socket().send(bytes); }
    // One command, and the frame that comes next.
    std::string ask(const Words& words) {
        say(words);
        return hear();
    }

    std::string hear() { return frames_.next(); }
    std::vector<std::string> hear(std::size_t count) {
        std::vector<std::string> heard;
        while (heard.size() < count) heard.push_back(hear());
        return heard;
    }
    // All that comes until the other side closes.
    std::string hear_out() { return frames_.rest(); }
    bool hears_nothing(milliseconds wait = milliseconds(0)) { return !socket().is_readable(wait); }

    Socket& socket() { return frames_.socket(); }

  private:
    FrameReader frames_;
};

// How many connections to Redis are lent to clients.
inline long long lent_connections(const NearcacheProcess& proxy) {
    return info_number(proxy, "nearcache_own_backend_connections");
}

// Whether nobody is served any more: nothing is lent, and nothing in flight.
inline bool comes_to_rest(const NearcacheProcess& proxy) {
    return comes_to_say(proxy, "nearcache_own_backend_connections", "0") &&
           comes_to_say(proxy, "nearcache_requests_in_flight", "0");
}

inline bool comes_to_block(const RealRedis& redis, std::size_t clients) {
    return eventually([&] { return redis.blocked_clients() == clients; });
}

}  // namespace nearcache::tests
