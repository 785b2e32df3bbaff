#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/clock.hpp"
#include "cache/cache_service.hpp"
#include "net/io_threads.hpp"
#include "resp_server/known_commands.hpp"

namespace nearcache::resp_server {

// Asks the backend for its table of commands whenever it may be another server than before.
//
// Threads: lane 0's, except start() and stop(): the owner's.
class CatalogueReader final : private cache::Forwarding {
  public:
    static constexpr std::chrono::milliseconds tick{100};
    // After an answer that is no table: the next one will hardly be another.
    static constexpr std::chrono::seconds pause{5};

    CatalogueReader(net::IoThreads& threads, cache::CacheService& cache, const Clock& clock,
                    KnownCommands& known);

    // Looks at every tick.
    void start();
    // Asks no more; what was asked is still answered.
    void stop();

    // Asks, unless the table of the present connections is known or on its way.
    void look();

  private:
    void wait_for_tick();
    void publish(std::vector<BackendCommand> commands);
    void on_forwarded(const net::Slice& reply) override;
    void on_not_forwarded(Errc why) override;

    net::IoThreads& threads_;
    cache::CacheService& cache_;
    const Clock& clock_;
    KnownCommands& known_;
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>,
                                      net::IoContext::executor_type>
        timer_;
    bool is_stopped_ = false;
    bool is_asking_ = false;
    std::uint64_t asked_for_ = 0;  // connections made when it was asked last
    std::optional<std::uint64_t> known_for_;
    TimePoint not_before_{};
};

}  // namespace nearcache::resp_server
