#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "backend/redis/connector.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

// Has what is of no use any more looked for now and then, while there may be any.
//
// Threads: its lane's.
class SweepTimer {
  public:
    static constexpr std::chrono::seconds pause{5};

    // `sweep` says whether another one will be needed.
    SweepTimer(net::IoContext& lane, std::function<bool()> sweep)
        : timer_(lane.get_executor()), sweep_(std::move(sweep)) {}

    // One sweep after the pause, unless one is to come already.
    void start() {
        if (is_running_ || is_stopped_) return;
        is_running_ = true;
        timer_.expires_after(pause);
        timer_.async_wait([this](boost::system::error_code) {
            is_running_ = false;
            if (!is_stopped_ && sweep_()) start();
        });
    }
    // For good.
    void stop() {
        is_stopped_ = true;
        timer_.cancel();
    }
    bool is_stopped() const noexcept { return is_stopped_; }

  private:
    Timer timer_;
    const std::function<bool()> sweep_;
    bool is_running_ = false;
    bool is_stopped_ = false;
};

}  // namespace nearcache::backend::redis
