#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "cache/database.hpp"
#include "cache/invalidator.hpp"
#include "cache/rules.hpp"
#include "cache/store/sharded_store.hpp"
#include "net/io_threads.hpp"

namespace nearcache::cache {

// A key and its hash, computed once at the door. The text must outlive the call it is given to.
struct Key {
    // In the backend's home database.
    explicit Key(std::string_view key) : text(key), hash(store::hash_of(key)) {}
    Key(std::string_view key, const Database& database)
        : text(key), hash(store::hash_of(key) ^ database.salt) {}

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

// What came while somebody made up his mind to fetch it: of Joined::Kind::hit or absent.
LoadOutcome outcome_of(store::Joined joined);

// One request that waits for a key. It is told once, on its own lane, never from within load().
// Whoever owns it keeps it alive until then.
class LoadWaiter : public store::Waiter {
  public:
    // The route is the way its question goes if it is the one who asks.
    explicit LoadWaiter(const backend::Route& route) noexcept : route_(route) {}

    virtual void on_loaded(const LoadOutcome& outcome) = 0;
    const backend::Route& route() const noexcept { return route_; }
    net::LaneId lane() const noexcept { return route_.lane; }
    // Whether a stale answer will do when there is no other. Set before load().
    bool takes_stale() const noexcept { return takes_stale_; }

  protected:
    ~LoadWaiter() = default;

  private:
    friend class CacheService;
    friend class Flight;

    const backend::Route route_;
    bool takes_stale_ = true;
    // Whether it is all the same to it why there is no value: MGET says nil of whatever is none.
    bool takes_nil_ = false;
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
// One of several that are asked for together may come back unsure: there is no value, and why is
// not known. That is an answer to whoever takes nil, and all others ask anew. Their second question
// is behind whatever their clients have sent meanwhile: so nobody may take such a flight for one on
// his own route, and it is owned by another number.
//
// Threads: opened and landed on the lane of its opener; waiters of other lanes are told on theirs.
class Flight final : public store::Lease, public backend::GetCompletion {
  public:
    struct Opening {
        std::string_view key;
        store::Hash hash;
        backend::Route route;
        TimePoint now;
        bool is_joint = false;  // asked for together with others
    };

    Flight(FlightDeck& deck, const Opening& opening);

    // How a miss is answered; and the flight it has opened, if it leads: it is to be asked for.
    struct Boarding {
        store::Joined joined;
        Flight* opened = nullptr;
    };
    static Boarding board(FlightDeck& deck, const Opening& opening, const store::Joining& joining);

    // The number of those who own flights whose question goes that way.
    static std::size_t owner_of(const backend::Route& route, bool is_joint = false) noexcept;

    // Sends its own question.
    void ask();

    void on_reply(const backend::GetReply& reply) override;
    void on_failure(Errc why) override;

  private:
    // Who there is to ask anew.
    struct Unsure {
        std::string key;
        store::Hash hash;
    };
    struct Verdict {
        LoadOutcome outcome;
        // In place of a failure, for those who put up with it.
        std::optional<LoadOutcome> stale = {};
        // The outcome is for those who take nil.
        std::optional<Unsure> unsure = {};
    };

    static void tell(FlightDeck& deck, store::Waiter* waiters, const Verdict& verdict);
    static void ask_anew(FlightDeck& deck, const Unsure& unsure, LoadWaiter& waiter);

    bool keeps(const backend::GetReply& reply, const Rules::Terms& terms) const;
    store::EntryRef make_entry(const backend::GetReply& reply) const;
    std::chrono::milliseconds cut_at_random(std::chrono::milliseconds ttl, unsigned percent) const;
    std::optional<LoadOutcome> find_stale() const;
    void land_unsure(const backend::GetReply& reply);
    void land(Verdict verdict, const store::EntryRef& answer);

    FlightDeck& deck_;
    const backend::Route route_;
    TimePoint sent_at_;
    bool was_sent_again_ = false;
};

}  // namespace nearcache::cache
