#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "cache/invalidator.hpp"
#include "cache/rules.hpp"
#include "cache/store/sharded_store.hpp"
#include "net/io_threads.hpp"

namespace nearcache::cache {

// A key and its hash, computed once at the door. The text must outlive the call it is given to.
struct Key {
    explicit Key(std::string_view key) : text(key), hash(store::hash_of(key)) {}

    std::string_view text;
    store::Hash hash;
};

// What a load ended with. One for all who waited.
struct LoadOutcome {
    enum class Kind {
        value,    // entry holds it
        absent,   // the backend has no such key
        error,    // the backend's own error line is in error, without '-' and CR LF
        failure,  // no answer: failure says why
    };

    Kind kind = Kind::failure;
    store::EntryRef entry;
    bool is_kept = false;   // it is in the cache now
    bool is_stale = false;  // the backend could not be asked: this is what the cache still had
    std::string error;
    Errc failure = Errc::backend_unreachable;
};

// One request that waits for a key. It is told once, on its own lane, never from within load().
// Whoever owns it keeps it alive until then.
class LoadWaiter : public store::Waiter {
  public:
    explicit LoadWaiter(net::LaneId lane) noexcept : lane_(lane) {}

    virtual void on_loaded(const LoadOutcome& outcome) = 0;
    net::LaneId lane() const noexcept { return lane_; }
    // Whether a stale answer will do when there is no other. Set before load().
    bool takes_stale() const noexcept { return takes_stale_; }

  protected:
    ~LoadWaiter() = default;

  private:
    friend class CacheService;

    const net::LaneId lane_;
    bool takes_stale_ = true;
};

// What flights need of the service that opens them, and what they count.
struct FlightDeck {
    store::ShardedStore& store;
    net::IoThreads& threads;
    backend::Backend& backend;
    const Clock& clock;
    const Rules& rules;
    const Invalidator& invalidator;
    // Replies that were not kept because another server gave them than the one that tells of
    // changes.
    std::atomic<std::uint64_t> fills_from_elsewhere{0};
};

// One fetch for all who ask for a key meanwhile. It belongs to the proxy, not to the client that
// opened it: it lands when the backend has answered, whoever still waits, and then deletes itself.
//
// Threads: opened and landed on the lane of its opener; waiters of other lanes are told on theirs.
class Flight final : public store::Lease, public backend::GetCompletion {
  public:
    struct Opening {
        std::string_view key;
        store::Hash hash;
        net::LaneId lane;
        TimePoint now;
    };

    Flight(FlightDeck& deck, const Opening& opening);

    void on_reply(const backend::GetReply& reply) override;
    void on_failure(Errc why) override;

  private:
    bool keeps(const backend::GetReply& reply, const Rules::Terms& terms) const;
    store::EntryRef make_entry(const backend::GetReply& reply) const;
    std::chrono::milliseconds cut_at_random(std::chrono::milliseconds ttl, unsigned percent) const;
    // What may be told instead of a failure to those who put up with it.
    std::optional<LoadOutcome> find_stale() const;
    void land(LoadOutcome outcome, const store::EntryRef& answer,
              std::optional<LoadOutcome> stale = {});

    FlightDeck& deck_;
    TimePoint sent_at_;
    bool was_sent_again_ = false;
};

}  // namespace nearcache::cache
