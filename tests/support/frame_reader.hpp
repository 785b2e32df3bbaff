#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/support/socket.hpp"

namespace nearcache::tests {

// Reads frames of both dialects from a connection of its own.
//
// Threads: one at a time.
class FrameReader {
  public:
    explicit FrameReader(std::uint16_t port) : socket_(port) {}

    Socket& socket() { return socket_; }
    // Throws ConnectionClosed at the end of the stream, TimedOut when nothing comes.
    std::string next();
    // All that comes until the other side closes.
    std::string rest();

  private:
    Socket socket_;
    std::string inbox_;
    std::size_t read_ = 0;  // bytes of inbox_ already handed over
};

}  // namespace nearcache::tests
