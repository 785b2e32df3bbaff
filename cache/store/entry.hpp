#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "cache/store/freshness.hpp"
#include "cache/store/hash.hpp"
#include "cache/store/life_span.hpp"
#include "cache/store/links.hpp"

namespace nearcache::store {

class EntryRef;

struct NewEntry {
    std::string_view key;
    Hash hash;
    std::string_view value;
    TimePoint stored_at;
    TimePoint expires_at;
    std::uint8_t rule = 0;
    // False: it is an answer for those who wait, and nothing to keep.
    bool may_be_kept = true;
    // The backend said that the key does not expire.
    bool is_persistent = false;
};

// Of a longer value the hash is kept behind it. That of a shorter one takes as long as to fetch it
// from there, and its eight bytes would often cost sixteen.
inline constexpr std::size_t most_unhashed_bytes = 128;

// A longer key can be asked for, but is never kept.
inline constexpr std::size_t most_key_bytes = (std::size_t{1} << 21) - 1;

// A key and its value, or the knowledge that there is no such key. Header, key and value are one
// allocation; what is public never changes, and it lives as long as anyone holds an EntryRef,
// whether the store still has it or not.
//
// Threads: any; the links, the epoch and the marks belong to the shard that holds the entry, under
// its lock. They share no word with what is read without it.
class Entry final : private OrderLinks, private ExpiryLinks {
  public:
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    // Empty for a key longer than most_key_bytes.
    std::string_view key() const noexcept { return {bytes(), key_size_}; }
    std::string_view value() const noexcept { return {bytes() + key_size_, value_size_}; }
    // What hash_bits leave of the hash it was made with.
    Hash hash() const noexcept { return Hash{hash_high_} << 48 | hash_low_; }
    bool has_hash(Hash hash) const noexcept {
        return hash_low_ == static_cast<std::uint32_t>(hash) && hash_high_ == hash >> 48;
    }
    // Both in whole milliseconds: never later than what it was made with, see LifeSpan.
    TimePoint stored_at() const noexcept { return life_.stored_at(); }
    TimePoint expires_at() const noexcept { return life_.expires_at(); }
    std::uint8_t rule() const noexcept { return rule_; }
    bool is_absent() const noexcept { return is_absent_ != 0; }
    // Whether it is known that the key itself does not expire; the entry does all the same.
    bool is_persistent() const noexcept { return is_persistent_ != 0; }
    // Another for values that differ: content_hash() of the bytes.
    std::uint64_t value_hash() const noexcept;
    // False when its key is too long, or it was not meant to be.
    bool is_keepable() const noexcept { return is_keepable_ != 0; }
    // What the allocator spends on it, its own header and rounding included.
    std::size_t memory_bytes() const noexcept;

  private:
    friend class EntryRef;
    friend class ExpiryWheel;
    friend class Lru;
    friend class Released;
    friend class Shard;
    friend EntryRef make_entry(const NewEntry& wanted);
    friend EntryRef make_absent_entry(const NewEntry& wanted);

    Entry(const NewEntry& wanted, bool is_absent) noexcept;
    static Entry* create(const NewEntry& wanted, bool is_absent);

    void hold() const noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() const noexcept {
        // The last holder needs no atomic read-modify-write: nobody else can come to hold it.
        if (references_.load(std::memory_order_acquire) == 1 ||
            references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            destroy();
        }
    }
    void destroy() const noexcept;

    const char* bytes() const noexcept {
        return reinterpret_cast<const char*>(this) + header_bytes;
    }

    // The payload begins in the padding at the end of the object: 52 bytes of header, not 56.
    static constexpr std::size_t header_bytes = 52;

    mutable std::atomic<std::uint32_t> references_{1};
    const std::uint32_t value_size_;
    const LifeSpan life_;
    const std::uint32_t key_size_ : 21;
    const std::uint32_t is_absent_ : 1;
    const std::uint32_t is_keepable_ : 1;
    const std::uint32_t is_persistent_ : 1;
    const std::uint32_t rule_ : 8;
    const std::uint32_t hash_low_;
    const std::uint16_t hash_high_;
    // In which it was fetched. The shard's, as are the marks.
    Epoch epoch_ = 0;
    bool was_hit_ = false;
};

static_assert(sizeof(Entry) == 56);

// Holds an entry alive.
//
// Threads: any; one EntryRef is used by one thread at a time.
class EntryRef {
  public:
    EntryRef() noexcept = default;
    EntryRef(const EntryRef& other) noexcept : entry_(other.entry_) {
        if (entry_ != nullptr) entry_->hold();
    }
    EntryRef(EntryRef&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
    EntryRef& operator=(EntryRef other) noexcept {
        std::swap(entry_, other.entry_);
        return *this;
    }
    ~EntryRef() {
        if (entry_ != nullptr) entry_->release();
    }

    // One more reference to an entry that somebody holds, as the store does during on_hit().
    static EntryRef share(const Entry& entry) noexcept {
        entry.hold();
        return EntryRef(const_cast<Entry*>(&entry));
    }

    const Entry* get() const noexcept { return entry_; }
    const Entry* operator->() const noexcept { return entry_; }
    const Entry& operator*() const noexcept { return *entry_; }
    explicit operator bool() const noexcept { return entry_ != nullptr; }

  private:
    friend class Shard;
    friend EntryRef make_entry(const NewEntry& wanted);
    friend EntryRef make_absent_entry(const NewEntry& wanted);

    explicit EntryRef(Entry* entry) noexcept : entry_(entry) {}
    // The reference goes on without this object.
    Entry* detach() noexcept { return std::exchange(entry_, nullptr); }

    Entry* entry_ = nullptr;
};

// Both copy the bytes they are given. Values must be under 4 GiB; an absent entry has none.
EntryRef make_entry(const NewEntry& wanted);
EntryRef make_absent_entry(const NewEntry& wanted);

// Entries that a shard has let go of. They are given back when this goes out of scope, which is
// after the shard's lock is free: a large value takes its time to free.
//
// Threads: one. It is declared before the lock is taken.
class Released {
  public:
    Released() noexcept = default;
    Released(const Released&) = delete;
    Released& operator=(const Released&) = delete;
    ~Released() {
        if (first_ != nullptr) release_all();
    }

    void add(Entry& entry) noexcept;

  private:
    void release_all() noexcept;

    Entry* first_ = nullptr;
};

}  // namespace nearcache::store
