#pragma once

#include <chrono>
#include <cstddef>

#include "base/endpoint.hpp"
#include "resp/request_parser.hpp"

namespace nearcache::resp_server {

struct Config {
    Endpoint listen{"127.0.0.1", 6380};
    resp::RequestLimits request;
    // Commands of one connection waiting for the backend before no more of its commands are read.
    std::size_t max_pipeline = 10'000;
    // From the first byte of a command until it is complete: then the connection is closed.
    std::chrono::milliseconds request_timeout{60'000};
    // Between commands: then the connection is closed. 0 never closes one, as Redis's own default.
    std::chrono::milliseconds idle_timeout{0};
    // For a client to take what was written to it: then the connection is cut.
    std::chrono::milliseconds write_timeout{30'000};
    // Output waiting for a slow reader before no more of its commands are read.
    std::size_t output_limit_bytes = 1024u * 1024;
    // Whether commands that rule over the server (CONFIG SET, SHUTDOWN) go to the backend.
    bool allows_admin_commands = false;
};

}  // namespace nearcache::resp_server
