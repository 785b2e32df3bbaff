#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "cache/config.hpp"
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
    virtual void on_forwarded(std::string_view reply) = 0;
    virtual void on_not_forwarded(Errc why) = 0;

    const Written& written() const noexcept { return written_; }

  protected:
    ~Forwarding() = default;

  private:
    friend class CacheService;
    void on_reply(std::string_view reply) final;
    void on_failure(Errc why) final;

    CacheService* service_ = nullptr;
    Written written_;
};

// What the service counts beside its store and its channel.
struct ServiceCounters {
    std::uint64_t refreshes = 0;             // fetches for entries served while stale
    std::uint64_t fills_from_elsewhere = 0;  // replies of another server than the one that tells
};

// The story of a request, for both doors: find() what is here, load() what is not, forward() what
// is none of the cache's business.
//
// Threads: any; load(), refresh() and forward() on the thread of the lane they name; start() the
// owner's.
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

    enum class Joined {
        opened,            // this request opened the flight, on its own lane
        same_lane,         // it waits for a flight of its own lane
        another_lane,      // it waits for a flight whose command goes another way than its own
        answered_already,  // the key arrived meanwhile; the waiter is told soon
    };
    // Called after find() missed, with the same directives; never for only_if_cached.
    Joined load(const Key& key, TimePoint now, LoadWaiter& waiter) {
        return load(key, now, Directives{}, waiter);
    }
    Joined load(const Key& key, TimePoint now, const Directives& directives, LoadWaiter& waiter);
    // Fetches a key that was served while stale, unless somebody does already.
    void refresh(const Key& key, TimePoint now, net::LaneId lane);

    struct Command {
        net::LaneId lane;
        std::string_view bytes;  // a RESP array of bulk strings, whole
    };
    // Sends a command to the backend; its reply comes back as it is. What it may change is dropped
    // now and again when its outcome is known, so that no client reads an older value after the
    // writer has its reply.
    void forward(const Command& command, Written written, Forwarding& forwarding);

    // Where an answer would come from now, and why.
    Explanation explain(const Key& key, TimePoint now) const;

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
    static store::Demand demand_of(const Directives& directives) noexcept;
    store::Joined join(const Key& key, const store::Joining& joining, const Flight::Opening& open);
    void drop(const Written& written);
    void answer_soon(LoadWaiter& waiter, store::Joined joined);

    net::IoThreads& threads_;
    backend::Backend& backend_;
    const Clock& clock_;
    const Config config_;
    const Rules rules_;
    store::ShardedStore store_;
    Invalidator invalidator_;
    FlightDeck deck_;
    std::atomic<std::uint64_t> refreshes_{0};
};

}  // namespace nearcache::cache
