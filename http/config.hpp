#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/endpoint.hpp"

namespace nearcache::http {

// What GET /?url= may fetch, and how.
struct OriginConfig {
    // "scheme://host[:port][/path]": URLs of that scheme, host and port (the scheme's own unless
    // named) whose path is below that one. None: nothing is fetched for anybody.
    std::vector<std::string> allow;
    // Whether addresses that are not of the public internet may be connected to.
    bool allows_private = false;
    // Only keys that begin with it are read or written this way.
    std::string key_prefix = "origin:";
    // The longest that a fetched body is kept in the backend.
    std::chrono::milliseconds ttl{60'000};
    // To resolve the name, connect and greet: else 504.
    std::chrono::milliseconds connect_timeout{2'000};
    // For all of a fetch: else 504.
    std::chrono::milliseconds timeout{10'000};
    // Of an origin's answer: else 502.
    std::size_t max_header_bytes = 16u * 1024;
    // Fetches under way at once: beyond it 503.
    std::size_t max_fetches = 64;
    // Certificates that are trusted, as PEM; empty: those of the system.
    std::string ca_file;
};

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
    // What a client has to show as "Authorization: Bearer ..."; empty: nothing.
    std::string token;
    // Of whom a browser may show our answers to: "https://app.example", or "*" for anybody.
    std::vector<std::string> cors_origins;
    // Of a body that is JSON: arrays in each other, and commands of a pipeline.
    std::size_t max_json_depth = 16;
    std::size_t max_pipeline = 10'000;
    OriginConfig origin;
};

}  // namespace nearcache::http
