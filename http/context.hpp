#pragma once

#include "base/clock.hpp"
#include "cache/cache_service.hpp"
#include "http/config.hpp"
#include "net/limiter.hpp"

namespace nearcache::http {

// What all sessions of the door share.
struct Context {
    const Config& config;
    cache::CacheService& cache;
    const Clock& clock;
    net::Limiter& in_flight;
};

}  // namespace nearcache::http
