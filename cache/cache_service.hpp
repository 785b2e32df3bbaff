#pragma once

#include <string_view>

#include <boost/container/small_vector.hpp>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "cache/config.hpp"
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

    store::ShardedStore* store_ = nullptr;
    Written written_;
};

// The story of a request, for both doors: find() what is here, load() what is not, forward() what
// is none of the cache's business.
//
// Threads: any; load() and forward() on the thread of the lane they name.
class CacheService {
  public:
    CacheService(net::IoThreads& threads, backend::Backend& backend, const Clock& clock,
                 const Config& config);
    CacheService(const CacheService&) = delete;
    CacheService& operator=(const CacheService&) = delete;

    // A plain call into the memory: no coroutine, no allocation, no waiting. on_hit(const
    // store::Entry&) runs under a lock: it copies a short value or shares a long one, and no more.
    template <class OnHit>
    Lookup find(const Key& key, TimePoint now, OnHit&& on_hit) {
        return store_.find(key.text, key.hash, now, on_hit);
    }

    enum class Joined {
        opened,            // this request opened the flight, on its own lane
        same_lane,         // it waits for a flight of its own lane
        another_lane,      // it waits for a flight whose command goes another way than its own
        answered_already,  // the key arrived meanwhile; the waiter is told soon
    };
    // Called after find() missed.
    Joined load(const Key& key, TimePoint now, LoadWaiter& waiter);

    struct Command {
        net::LaneId lane;
        std::string_view bytes;  // a RESP array of bulk strings, whole
    };
    // Sends a command to the backend; its reply comes back as it is. What it may change is dropped
    // now and again when its outcome is known, so that no client reads an older value after the
    // writer has its reply.
    void forward(const Command& command, Written written, Forwarding& forwarding);

    // Drops what a command has changed, for those commands where that is known only afterwards.
    void invalidate(const Written& written) { drop(store_, written); }

    store::Stats stats() const { return store_.stats(); }
    std::size_t shard_count() const { return store_.shard_count(); }
    const Config& config() const noexcept { return config_; }
    bool backend_is_reachable() const noexcept { return backend_.is_reachable(); }

  private:
    friend class Forwarding;
    static void drop(store::ShardedStore& store, const Written& written);
    void answer_soon(LoadWaiter& waiter, store::ShardedStore::Joined joined);

    net::IoThreads& threads_;
    backend::Backend& backend_;
    const Config config_;
    store::ShardedStore store_;
    FlightDeck deck_;
};

}  // namespace nearcache::cache
