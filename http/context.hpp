#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "cache/cache_service.hpp"
#include "http/command_gate.hpp"
#include "http/config.hpp"
#include "net/limiter.hpp"

namespace nearcache::http {

namespace origin {
class Origin;
}

// What all sessions of the door share.
struct Context {
    const Config& config;
    cache::CacheService& cache;
    const Clock& clock;
    net::Limiter& in_flight;
    // Null where nothing is executed, in tests.
    CommandGate* commands = nullptr;
    // Null where nothing is fetched, in tests.
    origin::Origin* origin = nullptr;
    // Where the doors are, for the front page; set before anybody is served.
    std::uint16_t http_port = 0;
    std::uint16_t resp_port = 0;
};

}  // namespace nearcache::http
