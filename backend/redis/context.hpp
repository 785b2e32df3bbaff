#pragma once

#include <atomic>
#include <cstdint>

#include "backend/config.hpp"
#include "base/clock.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

// What the connections of one backend know of each other.
//
// Threads: any.
class Acquaintance {
  public:
    void count_connection() noexcept { connections_made_.fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t connections_made() const noexcept {
        return connections_made_.load(std::memory_order_relaxed);
    }

    // The server that tells of changes, by its fingerprint; 0: not known, or there is none.
    void set_teller(std::uint64_t server) noexcept {
        teller_.store(server, std::memory_order_release);
    }
    // Whether what that server says can be told to have changed. What is not known is not held
    // against anyone.
    bool is_told_of(std::uint64_t server) const noexcept {
        const auto teller = teller_.load(std::memory_order_acquire);
        return teller == 0 || server == 0 || teller == server;
    }

  private:
    std::atomic<std::uint64_t> connections_made_{0};
    std::atomic<std::uint64_t> teller_{0};
};

// What all connections of one backend share; it outlives them.
struct Context {
    net::IoThreads& threads;
    const Config& config;
    const Clock& clock;
    Acquaintance& acquaintance;
};

}  // namespace nearcache::backend::redis
