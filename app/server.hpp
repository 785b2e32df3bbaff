#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/signal_set.hpp>

#include "app/config.hpp"
#include "app/http_commands.hpp"
#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "cache/cache_service.hpp"
#include "http/http_server.hpp"
#include "net/io_threads.hpp"
#include "net/limiter.hpp"
#include "resp_server/resp_server.hpp"

namespace nearcache::app {

// The whole process: builds the parts bottom-up, runs them, and drains them top-down on SIGTERM or
// SIGINT; a second signal ends it at once.
//
// Threads: one, the main thread.
class Server {
  public:
    // Binds the listeners; throws when an address cannot be had.
    explicit Server(const Config& config);
    ~Server();

    std::vector<std::string> http_addresses() const { return http_.addresses(); }
    std::vector<std::string> resp_addresses() const { return resp_.addresses(); }

    // Serves until a signal says otherwise. True when every client was answered before the end.
    bool run();

  private:
    net::IoContext::executor_type main_executor();
    void await_signal();
    void on_signal(int signal);
    void begin_drain(int signal);
    void await_drained();
    void finish(bool is_clean);
    void await_lanes();
    std::size_t open_connections() const;

    const Config config_;
    SystemClock clock_;
    resp_server::Facts facts_;
    net::IoThreads threads_;
    net::Limiter in_flight_;
    net::Limiter connections_;
    std::unique_ptr<backend::Backend> backend_;
    cache::CacheService cache_;
    resp_server::RespServer resp_;
    HttpCommands http_commands_;
    http::HttpServer http_;

    // Signals and the drain are watched on the main thread, which serves nobody.
    net::IoContext main_{1};
    boost::asio::signal_set signals_;
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>,
                                      net::IoContext::executor_type>
        drain_timer_;
    TimePoint drain_until_{};
    bool is_draining_ = false;
    bool is_clean_ = true;
};

}  // namespace nearcache::app
