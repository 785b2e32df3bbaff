#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "cache/config.hpp"
#include "cache/databases.hpp"
#include "cache/directives.hpp"
#include "cache/explanation.hpp"
#include "cache/invalidator.hpp"
#include "cache/rules.hpp"
#include "cache/single_flight.hpp"
#include "cache/store/sharded_store.hpp"
#include "net/io_threads.hpp"

namespace nearcache::cache {

// A cached value as the doors see it: immutable bytes, alive as long as a reference is held.
using store::Entry;
using store::EntryRef;
using store::Hash;
using store::Lookup;

// What the doors say to the backend through the service.
using backend::Condition;
using backend::PrivateConnection;
using backend::Route;

// What a command may change: the hashes of the keys it names, or everything.
struct Written {
    boost::container::small_vector<store::Hash, 4> hashes;
    bool everything = false;

    bool nothing() const noexcept { return hashes.empty() && !everything; }
};

class CacheService;

// A command that goes to the backend as it is. What it may have changed is dropped from the cache
// before its owner is told.
class Forwarding : private backend::ForwardCompletion {
  public:
    // One of the two is called, once, on the lane it was sent on, never from within forward().
    virtual void on_forwarded(const net::Slice& reply) = 0;
    virtual void on_not_forwarded(Errc why) = 0;

    const Written& written() const noexcept { return written_; }

  protected:
    ~Forwarding() = default;

  private:
    friend class CacheService;
    friend class ConditionalForwarding;
    void on_reply(const net::Slice& reply) final;
    void on_failure(Errc why) final;

    CacheService* service_ = nullptr;
    Written written_;
};

// The same for a command that is carried out only on a condition.
class ConditionalForwarding : public Forwarding {
  public:
    ConditionalForwarding() = default;
    ConditionalForwarding(const ConditionalForwarding&) = delete;
    ConditionalForwarding& operator=(const ConditionalForwarding&) = delete;

    // Instead of one of the two: nothing was changed.
    virtual void on_condition_failed() = 0;

  protected:
    ~ConditionalForwarding() = default;

  private:
    friend class CacheService;
    // Apart, as the names of what it is told are Forwarding's already.
    class Relay final : public backend::ConditionalCompletion {
      public:
        explicit Relay(ConditionalForwarding& told) noexcept : told_(told) {}
        void on_reply(const net::Slice& reply) override;
        void on_failure(Errc why) override;
        void on_condition_failed() override;

      private:
        ConditionalForwarding& told_;
    };

    Relay relay_{*this};
};

// What the service counts beside its store and its channel.
struct ServiceCounters {
    std::uint64_t refreshes = 0;             // fetches for entries served while stale
    std::uint64_t fills_from_elsewhere = 0;  // replies of another server than the one that tells
};

// The story of a request, for both doors: find() what is here, load() what is not, forward() what
// is none of the cache's business.
//
// Threads: any; load(), refresh(), forward() and forward_if() on the thread of the lane they name;
// start() the owner's.
class CacheService {
  public:
    CacheService(net::IoThreads& threads, backend::Backend& backend, const Clock& clock,
                 const Config& config);
    CacheService(const CacheService&) = delete;
    CacheService& operator=(const CacheService&) = delete;

    // Has the backend connect and tell what changes. Called once the lanes exist.
    void start();

    // A plain call into the memory: no coroutine, no allocation, no waiting. on_hit(const Entry&,
    // Lookup) runs under a lock: it copies a short value or shares a long one, and no more. It is
    // told what find() will return: hit, or stale.
    //
    // stale: the value is served by stale-while-revalidate, and the caller calls refresh().
    template <class OnHit>
    Lookup find(const Key& key, TimePoint now, OnHit&& on_hit) {
        return store_.find(key.text, key.hash, now, on_hit);
    }
    // The same for a request with directives of its own. Lookup::stale then needs no refresh().
    template <class OnHit>
    Lookup find(const Key& key, TimePoint now, const Directives& directives, OnHit&& on_hit) {
        if (directives.no_cache) return Lookup::miss;
        return store_.find(key.text, key.hash, now, demand_of(directives), on_hit);
    }

    // The same without a trace: nothing is counted, and nothing moves in the order of eviction. For
    // what asks about a key rather than for its value. Never stale: that is a miss.
    template <class OnHit>
    Lookup peek(const Key& key, TimePoint now, OnHit&& on_hit) {
        return store_.peek(key.text, key.hash, now, on_hit);
    }

    enum class Joined {
        opened,            // this request opened the flight, on its own route
        same_route,        // it waits for a flight on its own route
        another_route,     // it waits for a flight whose command goes another way than its own
        answered_already,  // the key arrived meanwhile; the waiter is told soon
    };
    // Called after find() missed, with the same directives; never for only_if_cached.
    Joined load(const Key& key, TimePoint now, LoadWaiter& waiter) {
        return load(key, now, Directives{}, waiter);
    }
    Joined load(const Key& key, TimePoint now, const Directives& directives, LoadWaiter& waiter);
    // One of the keys that an MGET did not find.
    struct Wanted {
        Key key;
        LoadWaiter& waiter;
        Joined joined = Joined::opened;  // set by load_many()
    };
    // The same for several keys of one route, none of them twice: those that nobody fetches yet are
    // asked for with one question. A key of another type may be told as absent, and not kept: MGET
    // says nil of either.
    void load_many(const Route& route, TimePoint now, std::span<Wanted> wanted);
    // Fetches a key that was served while stale, unless somebody does already.
    void refresh(const Key& key, TimePoint now, const Route& route);

    struct Command {
        Route route;
        net::Slice bytes;  // a RESP array of bulk strings, whole
    };
    // Sends a command to the backend; its reply comes back as it is. What it may change is dropped
    // now and again when its outcome is known, so that no client reads an older value after the
    // writer has its reply.
    void forward(const Command& command, Written written, Forwarding& forwarding);
    // The same, if the condition holds at the moment at which the command takes effect; see
    // Backend.
    void forward_if(const Command& command, Condition condition, Written written,
                    ConditionalForwarding& forwarding);

    // What was, or is about to be, changed by a command that does not go by forward(): to be called
    // before it is sent, and again when its outcome is known, before the client is told.
    void drop(const Written& written);

    // What the backend says to SELECT with that word; nothing is selected by it.
    void try_select(const Route& route, std::string_view database, Forwarding& forwarding);

    // See Backend: a connection for one client alone, null when none can be had.
    std::unique_ptr<PrivateConnection> lend(const Route& route,
                                            PrivateConnection::Listener& listener) {
        return backend_.lend(route, listener);
    }
    void take_back(std::unique_ptr<PrivateConnection> connection, const Route& route) {
        backend_.take_back(std::move(connection), route);
    }
    bool backend_lends() const noexcept { return backend_.lends(); }
    std::size_t lent_connections() const noexcept { return backend_.lent(); }

    // The database of who has not chosen another, and how the cache sees any.
    Database home_database() const noexcept { return databases_.home(); }
    // One that the backend has: it counts as in use from then on.
    Database database(std::uint32_t number) noexcept { return databases_.use(number); }
    // For the keys that a command changes in another database than its client's, if there is such a
    // database at all: nothing is read from it, and it does not count as in use by this.
    Database database_to_write(std::uint32_t number) const noexcept {
        return databases_.to_write(number);
    }
    Route home(net::LaneId lane) const noexcept {
        return {.lane = lane, .database = databases_.home().number};
    }

    // Where an answer would come from now, and why.
    Explanation explain(const Key& key, TimePoint now) const;

    // The media type that the rule of the key names; empty: none does.
    std::string_view content_type(const Entry& entry) const noexcept {
        return rules_[entry.rule()].content_type;
    }

    // The number of the rule that holds for a key: for entries that are made elsewhere.
    std::uint8_t rule_of(std::string_view key) const noexcept { return rules_.find(key); }

    store::Stats stats() const { return store_.stats(); }
    CoherenceStatus coherence() const { return invalidator_.status(); }
    ServiceCounters counters() const noexcept;
    std::size_t shard_count() const noexcept { return store_.shard_count(); }
    const Config& config() const noexcept { return config_; }
    bool backend_is_reachable() const noexcept { return backend_.is_reachable(); }
    // Grows whenever a connection to the backend is made: it may be another server than before.
    std::uint64_t backend_connections_made() const noexcept { return backend_.connections_made(); }

  private:
    friend class Forwarding;
    friend class ConditionalForwarding;
    static store::Demand demand_of(const Directives& directives) noexcept;
    Joined end_join(store::Joined joined, LoadWaiter& waiter);

    net::IoThreads& threads_;
    backend::Backend& backend_;
    const Clock& clock_;
    const Config config_;
    const Rules rules_;
    Databases databases_;
    store::ShardedStore store_;
    Invalidator invalidator_;
    FlightDeck deck_;
    std::atomic<std::uint64_t> refreshes_{0};
};

}  // namespace nearcache::cache
