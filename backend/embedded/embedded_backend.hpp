#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "backend/backend.hpp"
#include "backend/embedded/keyspace.hpp"
#include "backend/embedded/wall_clock.hpp"
#include "base/clock.hpp"
#include "net/io_threads.hpp"
#include "resp/request_parser.hpp"

namespace nearcache::backend::embedded {

// The truth in this very process: Redis's string and key commands over a keyspace of our own, for
// tests, for a laptop, and for whoever wants a key-value server that is a single program.
//
// A command takes effect within the call that brings it; only its completion is posted to the lane.
//
// Threads: as Backend says.
class EmbeddedBackend final : public Backend {
  public:
    // `time_of_day` is what the calendar says now; expiries at a date are counted from it.
    EmbeddedBackend(net::IoThreads& threads, const Clock& clock,
                    WallClock::TimeOfDay time_of_day = std::chrono::system_clock::now());

    void get(const Route& route, std::string_view key, GetCompletion& completion) override;
    void get_many(const Route& route, std::span<const std::string_view> keys,
                  GetManyCompletion& completion) override;
    void forward(const Route& route, const net::Slice& command,
                 ForwardCompletion& completion) override;
    void forward_if(const Route& route, Condition condition, const net::Slice& command,
                    ConditionalCompletion& completion) override;
    void try_select(const Route& route, std::string_view database,
                    ForwardCompletion& completion) override;
    // There are no connections here, so none to lend.
    std::unique_ptr<PrivateConnection> lend(const Route&, PrivateConnection::Listener&) override {
        return nullptr;
    }
    void take_back(std::unique_ptr<PrivateConnection>, const Route&) override {}
    bool lends() const noexcept override { return false; }
    std::size_t lent() const noexcept override { return 0; }
    // There is no other.
    std::uint32_t home_database() const noexcept override { return 0; }
    // Nothing changes behind its back: there is nothing to tell the listener.
    void start(InvalidationListener&) override {}
    bool changes_only_here() const noexcept override { return true; }
    // What was given before has taken effect and is answered; what comes later is refused.
    void stop() override { is_stopped_ = true; }
    bool is_reachable() const noexcept override { return !is_stopped_; }
    std::uint64_t connections_made() const noexcept override { return 0; }

  private:
    std::string reply_to(const Route& route, const resp::Command& command);
    void post_reply(const Route& route, std::string reply, ForwardCompletion& completion);

    net::IoThreads& threads_;
    const WallClock clock_;
    Keyspace keyspace_;
    std::atomic<bool> is_stopped_{false};
};

}  // namespace nearcache::backend::embedded
