#pragma once

#include <chrono>
#include <cstddef>

#include "base/endpoint.hpp"

namespace nearcache::http {

struct Config {
    Endpoint listen{"127.0.0.1", 8080};
    // Request target, as sent: longer ones get 414.
    std::size_t max_target_bytes = 8u * 1024;
    // Request line and header fields together: larger ones get 431.
    std::size_t max_header_bytes = 16u * 1024;
    // A value to store: larger ones get 413.
    std::size_t max_body_bytes = 64u * 1024 * 1024;
    // From the first byte of a request until its head is complete: else 408.
    std::chrono::milliseconds header_timeout{10'000};
    // From the head until the body is complete: else 408.
    std::chrono::milliseconds body_timeout{30'000};
    // Between requests: then the connection is closed.
    std::chrono::milliseconds idle_timeout{75'000};
    // For a client to take what was written to it: then the connection is cut.
    std::chrono::milliseconds write_timeout{30'000};
    // Output waiting for a slow reader before no more of its requests are read.
    std::size_t output_limit_bytes = 1024u * 1024;
};

}  // namespace nearcache::http
