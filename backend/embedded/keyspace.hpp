#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include <boost/intrusive/set.hpp>

#include "backend/embedded/dictionary.hpp"
#include "backend/embedded/value.hpp"
#include "backend/embedded/wall_clock.hpp"

namespace nearcache::backend::embedded {

// The keys, values and expiries of the embedded store. It is the user's data: nothing leaves it but
// what is deleted or has expired.
//
// One mutex guards it all, so every command is atomic, whatever number of keys it names; large
// values are copied in and out while it is free.
//
// Threads: any.
class Keyspace {
  public:
    class Transaction;
    class Hold;
    struct Snapshot {
        Value value;
        Moment expires_at;
        Moment taken_at;
    };

    explicit Keyspace(const WallClock& clock) : clock_(clock) {}

    // Waits for the lock, and holds it for as long as the transaction lives.
    Transaction begin();

    // A key's value, to be read without the lock; empty when it is absent.
    std::optional<Snapshot> read(std::string_view key);
    // The same for several, at one moment, in their order.
    std::vector<std::optional<Snapshot>> read(std::span<const std::string_view> keys);

    const WallClock& clock() const noexcept { return clock_; }

  private:
    struct ByExpiry {
        bool operator()(const Entry& a, const Entry& b) const noexcept {
            return a.expires_at < b.expires_at;
        }
    };
    using Expiring = boost::intrusive::multiset<Entry, boost::intrusive::compare<ByExpiry>>;

    void erase(Entry& entry);
    // Gives back what has expired, a bounded number of keys at a time: more than one command can
    // add, so that what nobody asks for again does not pile up.
    void erase_expired(Moment now);

    const WallClock& clock_;
    std::recursive_mutex mutex_;  // a Hold's thread locks it again for each of its commands
    std::optional<Moment> held_at_;
    Dictionary entries_;
    Expiring expiring_;  // those of entries_ that expire, the next one first
    std::minstd_rand random_{std::random_device{}()};
};

// Sole access to a keyspace, at one moment of time. Entries are good until they are erased or the
// transaction ends; none that has expired is ever shown.
//
// Threads: the one that began it.
class Keyspace::Transaction {
  public:
    Moment now() const noexcept { return now_; }

    // Null when there is no such key.
    Entry* find(std::string_view key);
    // Empty when there is none.
    std::optional<Snapshot> snapshot(std::string_view key);

    // Sets a key's value; a key that was there keeps its expiry, a new one has none.
    Entry& put(std::string_view key, Value value);

    // `never` makes the key stay. A moment that has passed ends it.
    void expire_at(Entry& entry, Moment when);

    void erase(Entry& entry) { keyspace_.erase(entry); }

    // Counts keys that have expired but are not given back yet, as Redis does.
    std::size_t size() const noexcept { return keyspace_.entries_.size(); }

    // Any key, all equally likely; null when there is none.
    Entry* random();

    // A part of a walk over all keys: a key that is there from the first page to the last is on one
    // of them. 0 begins the walk; a page's `next` of 0 ends it.
    Dictionary::Page page(std::uint64_t from, std::size_t count);

    template <class Visit>
    void for_each(Visit visit) {
        keyspace_.entries_.for_each([&](Entry& entry) {
            if (!has_expired(entry)) visit(entry);
        });
    }

    // Empties the keyspace and hands over what was in it, for the caller to destroy when the lock
    // is free again.
    [[nodiscard]] Dictionary take_all();

  private:
    friend class Keyspace;
    explicit Transaction(Keyspace& keyspace);

    bool has_expired(const Entry& entry) const noexcept {
        return entry.expires_at != never && entry.expires_at <= now_;
    }

    Keyspace& keyspace_;
    std::unique_lock<std::recursive_mutex> lock_;
    Moment now_;
};

// Keeps everybody else out while several transactions of one thread go on, one inside the other or
// one after the other: all of them at one moment, so that together they are one.
//
// Threads: the one that made it, which makes no second one meanwhile.
class Keyspace::Hold {
  public:
    explicit Hold(Keyspace& keyspace) : transaction_(keyspace.begin()), keyspace_(keyspace) {
        keyspace.held_at_ = transaction_.now();
    }
    ~Hold() { keyspace_.held_at_.reset(); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

  private:
    const Transaction transaction_;
    Keyspace& keyspace_;
};

}  // namespace nearcache::backend::embedded
