#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/resp_wire.hpp"
#include "tests/support/socket.hpp"

namespace nearcache::tests {

// A RESP client that shows every byte. Replies are handed over as they came.
//
// Threads: one at a time.
class TestClient {
  public:
    explicit TestClient(std::uint16_t port) : socket_(port) {}

    // Sends one command and returns its reply.
    std::string ask(const Words& words) { return raw(command(words)); }
    // Sends bytes and returns the first reply to them.
    std::string raw(std::string_view bytes);
    // Sends bytes in one write and returns `count` replies.
    std::vector<std::string> pipeline(std::string_view bytes, std::size_t count);

    void send(std::string_view bytes) { socket_.send(bytes); }
    // Throws ConnectionClosed at the end of the stream, TimedOut when nothing comes.
    std::string read_reply();
    std::vector<std::string> read_replies(std::size_t count);
    // Everything until the other side closes.
    std::string read_to_end();

    Socket& socket() { return socket_; }

  private:
    Socket socket_;
    std::string inbox_;
    std::size_t read_ = 0;  // bytes of inbox_ already handed over
};

}  // namespace nearcache::tests
