#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/support/timing.hpp"

namespace nearcache::tests {

// The other side closed the connection although more was expected of it.
struct ConnectionClosed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The other side did not answer, or did not read, in time.
struct TimedOut : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A TCP connection to 127.0.0.1 whose every call ends by a deadline.
//
// Threads: one at a time.
class Socket {
  public:
    // Throws std::system_error when nobody listens there.
    explicit Socket(std::uint16_t port);
    ~Socket();
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&&) = delete;

    int descriptor() const { return descriptor_; }

    struct Accepted {
        int descriptor;
    };
    explicit Socket(Accepted accepted) : descriptor_(accepted.descriptor) {}

    // How long one call may take, before it throws TimedOut; 15 s unless told.
    void set_limit(milliseconds limit) { limit_ = patience(limit); }

    void send(std::string_view bytes);
    // What has come, at least one byte; empty at the end of the stream, orderly or not.
    std::string receive();
    // Whether something (the end counts) can be received within `wait`.
    bool is_readable(milliseconds wait) const;

    // Says that nothing more will be sent; answers can still be read.
    void end_sending();
    // Makes closing it a reset: the other side sees an error rather than an end.
    void reset_on_close();

  private:
    void wait_for(short events, const char* what) const;

    int descriptor_ = -1;
    milliseconds limit_ = patience(milliseconds(15'000));
};

// A port on 127.0.0.1 that nobody listens on at this moment, chosen by the kernel.
std::uint16_t free_port();

// A socket that listens on a port of the kernel's choice: the port is taken, and who connects waits
// until accepted.
//
// Threads: one at a time.
class ListeningPort {
  public:
    ListeningPort();
    ~ListeningPort();
    ListeningPort(const ListeningPort&) = delete;
    ListeningPort& operator=(const ListeningPort&) = delete;

    std::uint16_t port() const { return port_; }
    // Readable while somebody waits.
    int descriptor() const { return descriptor_; }

    // The next who connects. Throws TimedOut when nobody does.
    Socket accept(milliseconds limit = milliseconds(5000));
    // Whether somebody waits, or comes within `wait`.
    bool somebody_waits(milliseconds wait) const;

  private:
    int descriptor_ = -1;
    std::uint16_t port_ = 0;
};

// Lets this process, and those it starts, have as many descriptors as the system allows.
void raise_descriptor_limit();

}  // namespace nearcache::tests
