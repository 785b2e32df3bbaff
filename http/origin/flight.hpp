#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "cache/cache_service.hpp"
#include "cache/directives.hpp"
#include "http/config.hpp"
#include "http/origin/fetch.hpp"
#include "http/origin/landing.hpp"
#include "http/origin/url.hpp"
#include "net/limiter.hpp"
#include "net/tls.hpp"

namespace nearcache::http::origin {

// What a request wants.
struct Order {
    std::string key;
    Url url;
    std::string url_digest;         // SHA-256 of the URL
    std::chrono::milliseconds ttl;  // to keep it no longer than that
    // Who asks something of the cache in place of what holds for all flies alone.
    bool has_directives = false;
    cache::Directives directives = {};
};

// What flights need of the service that opens them.
struct FlightDeck {
    const OriginConfig& config;
    const net::TlsTrust* trust;  // null: nothing of https is allowed
    net::IoThreads& threads;
    cache::CacheService& cache;
    const Clock& clock;
    net::Limiter& fetches;
    // When a backend that takes no values was last complained of.
    std::atomic<TimePoint> warned_at = TimePoint::min();
};

// One fetch for all who ask for a key and a URL meanwhile. It asks the backend first; then the
// origin, and stores what that gives, if it may. It belongs to the proxy, not to the client that
// opened it.
//
// Threads: its lane's; waiters of other lanes are told on theirs.
class Flight final : private Fetch::Listener, private cache::ConditionalForwarding {
  public:
    // Lets go of a flight that has landed: it is destroyed soon after.
    class Ground {
      public:
        virtual void on_landed(Flight& flight) = 0;
        // Another that is fetching the same for the same key; null: none is.
        virtual Flight* find_fetching(const Flight& flight) = 0;

      protected:
        ~Ground() = default;
    };

    Flight(FlightDeck& deck, net::LaneId lane, Ground& ground, Order order);

    // Whether others may wait with whom it was opened for.
    bool is_shared() const noexcept { return !order_.has_directives; }
    const Order& order() const noexcept { return order_; }
    void add(Waiter& waiter, std::chrono::milliseconds ttl);
    bool is_fetching() const noexcept { return fetch_ != nullptr; }
    // Waiters are told, if at all, after this.
    void begin();
    // The server is going down.
    void stop();

  private:
    // A key that the backend is asked for.
    class Question final : public cache::LoadWaiter {
      public:
        Question(Flight& flight, const cache::Route& route) : LoadWaiter(route), flight_(flight) {}

        void on_loaded(const cache::LoadOutcome& outcome) override {
            outcome_ = outcome;
            flight_.on_answered();
        }
        const cache::LoadOutcome& outcome() const { return *outcome_; }
        bool is_answered() const noexcept { return outcome_.has_value(); }
        // It is about to be asked once more.
        void forget() noexcept { outcome_.reset(); }

      private:
        Flight& flight_;
        std::optional<cache::LoadOutcome> outcome_;
    };

    void on_answered();
    bool may_be_too_old() const;
    void decide();
    bool fits() const;
    bool may_replace() const;
    void follow(Flight& other);
    void fetch();

    void on_fetched(Fetched fetched) override;
    void take(Answer answer);
    void store_companion();
    void store_value();
    void on_forwarded(const net::Slice& reply) override;
    void on_condition_failed() override;
    void on_not_forwarded(Errc why) override;
    void leave_unstored(std::string_view why);
    void warn(std::string_view why) const;

    void land_value(const Source& source);
    void refuse(Status status, std::string text);
    void fail(Errc why);
    void land(Landing landing);

    FlightDeck& deck_;
    const net::LaneId lane_;
    Ground& ground_;
    const Order order_;
    const std::string companion_key_;
    std::chrono::milliseconds ttl_;  // the shortest that anybody wants
    std::vector<Waiter*> waiters_;   // the first has opened it
    Question value_question_;
    Question companion_question_;
    std::optional<net::Limiter::Permit> fetch_permit_;
    Fetch* fetch_ = nullptr;  // while it is under way
    cache::EntryRef entry_;   // what was found or fetched
    std::chrono::milliseconds stored_ttl_{0};
    // Of the value that is replaced; none: there was no such key.
    std::optional<std::uint64_t> replaced_hash_;
    bool is_storing_value_ = false;
    bool was_asked_again_ = false;  // for the companion
    bool may_store_ = true;
    bool is_stopped_ = false;
};

}  // namespace nearcache::http::origin
