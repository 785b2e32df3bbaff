#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "cache/store/entry.hpp"

namespace nearcache::store {

// Finds the entry of a key: open addressing over buckets of one cache line, which hold seven
// entries and a byte of each one's hash. A lookup costs the bucket's line and the entry's.
//
// A bucket counts the entries that wanted to be in it and found it full. A lookup goes on to the
// next bucket only where that count says so, and a deletion takes it back, so there are no
// tombstones and an endless churn leaves no trace.
//
// Threads: guarded by the shard's lock.
class Table {
  public:
    Table() noexcept = default;
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    Table(Table&& other) noexcept { swap(other); }

    // Null when there is no such key.
    Entry* find(std::string_view key, Hash hash) const noexcept {
        return find_any(hash, [&](const Entry& entry) { return entry.key() == key; });
    }

    // Any one of the entries of a hash that is_wanted(const Entry&). Almost always a hash has one
    // entry at most.
    template <class IsWanted>
    Entry* find_any(Hash hash, IsWanted&& is_wanted) const noexcept {
        const std::uint8_t tag = tag_of(hash);
        Path path(hash, mask_);
        for (std::size_t tries = 0; tries <= mask_; ++tries, path.advance()) {
            const Bucket& bucket = buckets_[path.place()];
            for (SlotSet slots = bucket.match(tag); slots != 0; slots &= slots - 1) {
                Entry* const entry = bucket.entries[index_of(slots)];
                if (entry->has_hash(hash) && is_wanted(*entry)) return entry;
            }
            if (bucket.overflow() == 0) return nullptr;
        }
        return nullptr;
    }

    // The entry's key must not be here yet. Allocates nothing right after an erasure.
    void insert(Entry& entry);
    void erase(const Entry& entry) noexcept;

    // True when most of its memory holds nothing.
    bool is_sparse() const noexcept { return size_ * 8 < room_; }
    // Gives up memory that holds nothing, all of it when empty.
    void shrink();

    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t i = 0; i < bucket_count(); ++i) {
            for (auto taken = buckets_[i].taken(); taken != 0; taken &= taken - 1) {
                visit(*buckets_[i].entries[index_of(taken)]);
            }
        }
    }

    void swap(Table& other) noexcept {
        std::swap(owned_, other.owned_);
        std::swap(buckets_, other.buckets_);
        std::swap(mask_, other.mask_);
        std::swap(size_, other.size_);
        std::swap(room_, other.room_);
        std::swap(memory_bytes_, other.memory_bytes_);
    }

    std::size_t size() const noexcept { return size_; }
    std::size_t memory_bytes() const noexcept { return memory_bytes_; }
    // How many buckets a lookup of a hash that is not here has to look at.
    std::size_t probes(Hash hash) const noexcept;

    // The most that a table of one entry takes.
    static constexpr std::size_t least_memory_bytes = 512;

  private:
    // Bit 8i of a set is for slot i.
    using SlotSet = std::uint64_t;

    struct alignas(64) Bucket {
        static constexpr std::uint64_t low_bits = 0x0001'0101'0101'0101;
        static constexpr std::uint64_t high_bits = low_bits << 7;
        static constexpr std::uint64_t other_bits = 0x7f7f'7f7f'7f7f'7f7f;

        // The slots whose tag this is, compared all at once within a word.
        SlotSet match(std::uint8_t tag) const noexcept {
            const std::uint64_t difference = control ^ (tag * low_bits);
            const std::uint64_t is_nonzero = ((difference & other_bits) + other_bits) | difference;
            return ~is_nonzero & high_bits;
        }
        SlotSet taken() const noexcept { return ~match(0) & high_bits; }
        std::uint64_t overflow() const noexcept { return control >> 56; }

        // Byte i is the tag of slot i, 0 when free. The highest byte counts the overflow; at 255
        // it is no longer exact and stays until the table is rebuilt.
        std::uint64_t control = 0;
        std::array<Entry*, 7> entries{};
    };
    static_assert(sizeof(Bucket) == 64);

    // The buckets in which an entry may be, in order. The step is odd, so it meets all of them.
    class Path {
      public:
        Path(Hash hash, std::size_t mask) noexcept
            : mask_(mask), step_(2 * std::size_t{tag_of(hash)} + 1), place_(hash & mask) {}
        std::size_t place() const noexcept { return place_; }
        void advance() noexcept { place_ = (place_ + step_) & mask_; }

      private:
        std::size_t mask_;
        std::size_t step_;
        std::size_t place_;
    };

    struct Free {
        void operator()(Bucket* buckets) const noexcept;
    };

    static std::uint8_t tag_of(Hash hash) noexcept {
        const auto bits = static_cast<std::uint8_t>(hash >> 50);
        return bits == 0 ? std::uint8_t{1} : bits;
    }
    static std::size_t index_of(SlotSet slots) noexcept {
        return static_cast<std::size_t>(std::countr_zero(slots)) / 8;
    }

    std::size_t bucket_count() const noexcept { return owned_ ? mask_ + 1 : 0; }
    void rebuild(std::size_t bucket_count);
    void place(Entry& entry) noexcept;

    // Stands in for the buckets while there are none, so that a lookup need not ask. Never written.
    static Bucket no_bucket_;

    Bucket* buckets_ = &no_bucket_;
    std::size_t mask_ = 0;
    std::size_t size_ = 0;
    // How many entries fit before it grows: about 70 % of the slots.
    std::size_t room_ = 0;
    std::size_t memory_bytes_ = 0;
    std::unique_ptr<Bucket[], Free> owned_;
};

}  // namespace nearcache::store
