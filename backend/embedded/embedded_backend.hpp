#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "backend/backend.hpp"
#include "backend/embedded/keyspace.hpp"
#include "backend/embedded/wall_clock.hpp"
#include "base/clock.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::embedded {

// The truth in this very process: Redis's string and key commands over a keyspace of our own, for
// tests, for a laptop, and for whoever wants a key-value server that is a single program.
//
// A command takes effect within get() or forward(); only its completion is posted to the lane.
//
// Threads: as Backend says.
class EmbeddedBackend final : public Backend {
  public:
    // `time_of_day` is what the calendar says now; expiries at a date are counted from it.
    EmbeddedBackend(net::IoThreads& threads, const Clock& clock,
                    WallClock::TimeOfDay time_of_day = std::chrono::system_clock::now());

    void get(net::LaneId lane, std::string_view key, GetCompletion& completion) override;
    void forward(net::LaneId lane, std::string_view command,
                 ForwardCompletion& completion) override;
    // Nothing changes behind its back: there is nothing to tell the listener.
    void start(InvalidationListener&) override {}
    bool changes_only_here() const noexcept override { return true; }
    // What was given before has taken effect and is answered; what comes later is refused.
    void stop() override { is_stopped_ = true; }
    bool is_reachable() const noexcept override { return !is_stopped_; }
    std::uint64_t connections_made() const noexcept override { return 0; }

  private:
    net::IoThreads& threads_;
    const WallClock clock_;
    Keyspace keyspace_;
    std::atomic<bool> is_stopped_{false};
};

}  // namespace nearcache::backend::embedded
