#pragma once

#include <cstdint>
#include <string>

namespace nearcache {

// Where to listen or to connect. An empty host means every address of the machine (listening only).
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;

    bool operator==(const Endpoint&) const = default;
};

}  // namespace nearcache
