#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/resp_wire.hpp"

namespace nearcache::tests {

// A redis-server of the test's own on 127.0.0.1, which keeps nothing on disk.
//
// Threads: one at a time; commands: any number, each on a connection of its own.
class RealRedis {
  public:
    explicit RealRedis(Words flags = {});
    ~RealRedis();
    RealRedis(const RealRedis&) = delete;
    RealRedis& operator=(const RealRedis&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

    // The same server by its socket in the file system.
    std::string socket_url() const;

    // Up again after kill() or stop(), on the same port, with nothing in it.
    void start();
    void kill();  // as a crash would
    void stop();  // as an operator would

    // Hangs: the kernel still accepts its connections, and nobody answers on them.
    void freeze();
    void thaw();

    // One command on a connection of its own; the reply as bytes. Throws when Redis is down.
    std::string command(const Words& words) const;
    // How many times Redis has executed a command since it started or reset_counts().
    std::size_t count_of(const std::string& command_name) const;
    void reset_counts() const;
    // How many clients wait in it, a write held back by CLIENT PAUSE .. WRITE among them.
    std::size_t blocked_clients() const;
    // How much it has sent to all its clients since it started or reset_counts().
    std::size_t bytes_sent() const;

  private:
    std::string socket_path() const;
    bool started_on(std::uint16_t port);

    Words flags_;
    std::uint16_t port_ = 0;
    TemporaryDirectory directory_;
    std::unique_ptr<Process> process_;
};

}  // namespace nearcache::tests
