#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "backend/invalidation.hpp"
#include "base/clock.hpp"
#include "cache/config.hpp"
#include "cache/databases.hpp"
#include "cache/store/sharded_store.hpp"

namespace nearcache::cache {

// How the cache keeps up with its backend, as it stands.
struct CoherenceStatus {
    enum class State {
        none,       // nothing is served from memory: there is no proven channel
        tracking,   // the backend tells what changes
        ttl,        // nobody tells; what changes elsewhere shows when the ttl is over
        exclusive,  // nothing changes but through this process
    };

    Coherence::Mode wanted = Coherence::Mode::automatic;
    State state = State::none;
    std::string why;          // the last loss or refusal; empty once all is well
    std::uint64_t epoch = 0;  // counts up with each
    bool is_canary_proven = false;
    std::string run_id;  // of the server that tells
    // Since the ping was sent whose answer is the last proof; only while tracking.
    std::chrono::milliseconds proof_age{0};
    std::chrono::microseconds round_trip{0};
    std::chrono::milliseconds max_staleness{0};

    std::uint64_t invalidated_keys = 0;  // told, whether held or not
    std::uint64_t flushes = 0;
    std::uint64_t forged_messages = 0;
    std::uint64_t losses = 0;
    std::uint64_t refusals = 0;
};

// Turns what the backend tells of its channel and of changes into epochs and drops of the store.
//
// Threads: status() and is_tracking() any; begin() before the lanes run; the rest the control lane.
class Invalidator final : public backend::InvalidationListener {
  public:
    struct Parts {
        store::ShardedStore& store;
        const Databases& databases;
        const Clock& clock;
    };
    Invalidator(const Parts& parts, const Coherence& config);

    // What can be known without a word from the backend.
    void begin(bool changes_only_here);

    CoherenceStatus status() const;
    bool is_tracking() const noexcept {
        return state_.load(std::memory_order_relaxed) == State::tracking;
    }

    void on_armed(const backend::Armed& armed) override;
    void on_proven(TimePoint proven_at, std::chrono::microseconds round_trip) override;
    void on_lost(std::string_view why) override;
    void on_refused(std::string_view why) override;
    void on_changed(std::span<const std::string_view> keys) override;
    void on_everything_changed() override;
    void on_forged() override;

  private:
    using State = CoherenceStatus::State;
    using Counter = std::atomic<std::uint64_t>;

    void begin_epoch(State state, TimePoint until);
    void end_epoch();
    void set_why(std::string_view why);
    void prove(TimePoint proven_at) noexcept {
        proven_at_.store(proven_at.time_since_epoch().count(), std::memory_order_relaxed);
    }

    store::ShardedStore& store_;
    const Databases& databases_;
    const Clock& clock_;
    const Coherence config_;

    std::atomic<State> state_{State::none};
    Counter epoch_{0};
    std::atomic<Duration::rep> proven_at_{0};
    std::atomic<std::chrono::microseconds::rep> round_trip_{0};
    Counter invalidated_keys_{0};
    Counter flushes_{0};
    Counter forged_messages_{0};
    Counter losses_{0};
    Counter refusals_{0};

    mutable std::mutex lock_;  // over what follows
    std::string why_;
    std::string run_id_;
    bool is_canary_proven_ = false;
};

}  // namespace nearcache::cache
