#pragma once

#include <string>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
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
    bool is_kept = false;  // it is in the cache now
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

  protected:
    ~LoadWaiter() = default;

  private:
    const net::LaneId lane_;
};

// What a flight needs of the service that opened it.
struct FlightDeck {
    store::ShardedStore& store;
    net::IoThreads& threads;
    const Clock& clock;
    std::chrono::milliseconds ttl;
    std::chrono::milliseconds negative_ttl;
    std::size_t max_value_bytes;
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
    store::EntryRef make_entry(const backend::GetReply& reply) const;
    TimePoint expiry(const backend::GetReply& reply) const;
    void land(LoadOutcome outcome, const store::EntryRef& kept);

    FlightDeck& deck_;
    const TimePoint sent_at_;
};

}  // namespace nearcache::cache
