#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "cache/store/entry.hpp"
#include "cache/store/hash.hpp"

namespace nearcache::store {

// One who waits for a key that is being fetched. The store only strings waiters together.
struct Waiter {
    Waiter* next = nullptr;
};

// The right to fill a key. The fetch that got it from join() gives it back by land(), exactly once;
// its answer is kept only if the key was not invalidated in between. While the lease is open,
// others who miss the key join it instead of fetching on their own.
//
// Threads: key(), hash() and owner() any; the rest is guarded by the shard's lock.
class Lease {
  public:
    // The owner is a number that means something to the caller: join() tells it to those who join.
    Lease(std::string_view key, Hash hash, std::size_t owner)
        : key_(key), hash_(hash), owner_(owner) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    std::string_view key() const noexcept { return key_; }
    Hash hash() const noexcept { return hash_; }
    std::size_t owner() const noexcept { return owner_; }

  private:
    friend class LeaseTable;
    friend class Shard;

    void add(Waiter& waiter) noexcept {
        waiter.next = nullptr;
        (last_ == nullptr ? first_ : last_->next) = &waiter;
        last_ = &waiter;
    }

    // All waiters, in the order in which they came.
    Waiter* take_waiters() noexcept {
        last_ = nullptr;
        return std::exchange(first_, nullptr);
    }

    const std::string key_;
    const Hash hash_;
    const std::size_t owner_;
    // Being open is being in the shard's table of leases. What is void has left the table, and so
    // can neither be joined nor keep anything.
    bool is_open_ = false;
    Lease* next_in_bucket_ = nullptr;
    Waiter* first_ = nullptr;
    Waiter* last_ = nullptr;
};

// How a miss ended.
struct Joined {
    enum class Kind {
        hit,     // the value came in the meantime: it is in entry
        absent,  // the knowledge came in the meantime that there is no such key
        joined,  // somebody fetches it: owner is that lease's
        leads,   // the lease just opened has to fetch it
    };

    Kind kind;
    EntryRef entry;
    std::size_t owner = 0;
};

// How a fetch ended: those who waited for it, first come first, and whether its entry was kept.
struct Landed {
    Waiter* waiters;
    bool is_kept;
};

}  // namespace nearcache::store
