#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "cache/store/entry.hpp"
#include "cache/store/freshness.hpp"
#include "cache/store/hash.hpp"

namespace nearcache::store {

// One who waits for a key that is being fetched. The store only strings waiters together.
struct Waiter {
    Waiter* next = nullptr;
};

// The right to fill a key. The fetch that got it from join() gives it back by land(), exactly once;
// its answer is kept only if the key was not invalidated in between, and the epoch is still the one
// in which the lease was opened. While it is open, others who miss the key join it instead of
// fetching on their own.
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

    // Being open is being in the shard's table of leases. What is closed, void or landed, has left
    // the table, and so can neither be joined nor keep anything; what is unlisted never was there.
    enum class State : std::uint8_t { unlisted, open, closed };

    void add(Waiter& waiter) noexcept {
        waiter.next = nullptr;
        (last_ == nullptr ? first_ : last_->next) = &waiter;
        last_ = &waiter;
    }

    bool has_waiters() const noexcept { return first_ != nullptr; }

    std::size_t waiter_count() const noexcept {
        std::size_t count = 0;
        for (const Waiter* waiter = first_; waiter != nullptr; waiter = waiter->next) ++count;
        return count;
    }

    // All waiters, in the order in which they came.
    Waiter* take_waiters() noexcept {
        last_ = nullptr;
        return std::exchange(first_, nullptr);
    }

    const std::string key_;
    const Hash hash_;
    const std::size_t owner_;
    State state_ = State::unlisted;
    // In which and when it was opened.
    Period period_ = 0;
    TimePoint opened_at_{};
    Lease* next_in_bucket_ = nullptr;
    Waiter* first_ = nullptr;
    Waiter* last_ = nullptr;
};

// How a miss wants to be answered.
struct Joining {
    // Who waits; null: nobody, the store refreshes an entry of its own accord. Such a fetch does
    // not move the entry in the order of eviction.
    Waiter* waiter;
    // Neither an entry nor a fetch from before then will do.
    TimePoint oldest = TimePoint::min();
    // False: nobody else may join the fetch, and what it brings is not kept.
    bool is_listed = true;
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
