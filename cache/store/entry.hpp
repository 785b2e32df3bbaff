#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "cache/store/hash.hpp"
#include "cache/store/links.hpp"

namespace nearcache::store {

class EntryRef;

struct NewEntry {
    std::string_view key;
    Hash hash;
    std::string_view value;
    TimePoint expires_at;
};

// A key and its value, or the knowledge that there is no such key. Header, key and value are one
// allocation; what is read of it never changes, and it lives as long as anyone holds an EntryRef,
// whether the store still has it or not.
//
// Threads: any; the links belong to the shard that holds the entry, under its lock.
class Entry final : private OrderLinks, private ExpiryLinks {
  public:
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    std::string_view key() const noexcept { return {bytes(), key_size_}; }
    std::string_view value() const noexcept { return {bytes() + key_size_, value_size_}; }
    Hash hash() const noexcept { return hash_; }
    TimePoint expires_at() const noexcept { return expires_at_; }
    bool is_absent() const noexcept { return is_absent_ != 0; }
    // What the allocator spends on it, its own header and rounding included.
    std::size_t memory_bytes() const noexcept;

  private:
    friend class EntryRef;
    friend class ExpiryWheel;
    friend class Lru;
    friend class Released;
    friend EntryRef make_entry(const NewEntry& wanted);
    friend EntryRef make_absent_entry(std::string_view key, Hash hash, TimePoint expires_at);

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

    const TimePoint expires_at_;
    const Hash hash_;
    mutable std::atomic<std::uint32_t> references_{1};
    const std::uint32_t key_size_ : 31;
    const std::uint32_t is_absent_ : 1;
    const std::uint32_t value_size_;
};

static_assert(sizeof(Entry) <= 64);

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
    friend EntryRef make_absent_entry(std::string_view key, Hash hash, TimePoint expires_at);

    explicit EntryRef(Entry* entry) noexcept : entry_(entry) {}
    // The reference goes on without this object.
    Entry* detach() noexcept { return std::exchange(entry_, nullptr); }

    Entry* entry_ = nullptr;
};

// Both copy the bytes they are given. Keys must be under 2 GiB, values under 4 GiB.
EntryRef make_entry(const NewEntry& wanted);
EntryRef make_absent_entry(std::string_view key, Hash hash, TimePoint expires_at);

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
