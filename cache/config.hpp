#pragma once

#include <chrono>
#include <cstddef>

#include "cache/store/config.hpp"

namespace nearcache::cache {

struct Config {
    store::Config store;
    // How long a value may be served without asking the backend again; the backend's own expiry
    // makes it shorter, never longer. 0 keeps nothing.
    std::chrono::milliseconds ttl{60'000};
    // The same for the knowledge that a key is absent.
    std::chrono::milliseconds negative_ttl{5'000};
    // A larger value is passed on and not kept.
    std::size_t max_value_bytes = 1024u * 1024;
};

}  // namespace nearcache::cache
