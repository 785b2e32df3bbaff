#include "cache/store/table.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <new>

#include "cache/store/memory.hpp"

namespace nearcache::store {
namespace {

constexpr std::size_t least_buckets = 4;
constexpr std::uint64_t overflow_unit = std::uint64_t{1} << 56;
constexpr std::uint64_t overflow_limit = 255;

// Above 75 % the overflow counts begin to chain: seven slots at 70 % are 4.9.
constexpr std::size_t room_in(std::size_t buckets) { return buckets * 49 / 10; }

}  // namespace

Table::Bucket Table::no_bucket_;

void Table::Free::operator()(Bucket* buckets) const noexcept { std::free(buckets); }

void Table::insert(Entry& entry) {
    if (size_ >= room_) rebuild(owned_ ? bucket_count() * 2 : least_buckets);
    place(entry);
    ++size_;
}

void Table::erase(const Entry& entry) noexcept {
    const std::uint8_t tag = tag_of(entry.hash());
    for (Path path(entry.hash(), mask_);; path.advance()) {
        Bucket& bucket = buckets_[path.place()];
        for (SlotSet slots = bucket.match(tag); slots != 0; slots &= slots - 1) {
            const std::size_t i = index_of(slots);
            if (bucket.entries[i] != &entry) continue;
            bucket.control &= ~(std::uint64_t{0xff} << (8 * i));
            --size_;
            return;
        }
        assert(bucket.overflow() != 0);
        if (bucket.overflow() != overflow_limit) bucket.control -= overflow_unit;
    }
}

void Table::shrink() {
    if (size_ == 0) {
        Table().swap(*this);
        return;
    }
    std::size_t buckets = least_buckets;
    while (room_in(buckets) < size_ * 2) buckets *= 2;
    if (buckets < bucket_count()) rebuild(buckets);
}

std::size_t Table::probes(Hash hash) const noexcept {
    std::size_t count = 1;
    for (Path path(hash, mask_); buckets_[path.place()].overflow() != 0 && count <= mask_;
         ++count) {
        path.advance();
    }
    return count;
}

void Table::rebuild(std::size_t bucket_count) {
    Table bigger;
    void* const memory = std::aligned_alloc(alignof(Bucket), bucket_count * sizeof(Bucket));
    if (memory == nullptr) throw std::bad_alloc();
    bigger.buckets_ = static_cast<Bucket*>(memory);
    std::uninitialized_default_construct_n(bigger.buckets_, bucket_count);
    bigger.owned_.reset(bigger.buckets_);
    bigger.mask_ = bucket_count - 1;
    bigger.room_ = room_in(bucket_count);
    bigger.size_ = size_;
    bigger.memory_bytes_ = allocated_bytes(memory);

    // The hashes are in the entries, all over the memory: ask for them well ahead.
    constexpr std::size_t ahead = 4;
    for (std::size_t i = 0; i < this->bucket_count(); ++i) {
        const Bucket& later = buckets_[std::min(i + ahead, mask_)];
        for (auto slots = later.taken(); slots != 0; slots &= slots - 1) {
            __builtin_prefetch(later.entries[index_of(slots)]);
        }
        for (auto slots = buckets_[i].taken(); slots != 0; slots &= slots - 1) {
            bigger.place(*buckets_[i].entries[index_of(slots)]);
        }
    }
    swap(bigger);
}

void Table::place(Entry& entry) noexcept {
    Path path(entry.hash(), mask_);
    SlotSet free = buckets_[path.place()].match(0);
    for (; free == 0; free = buckets_[path.place()].match(0)) {
        Bucket& full = buckets_[path.place()];
        if (full.overflow() != overflow_limit) full.control += overflow_unit;
        path.advance();
    }
    Bucket& bucket = buckets_[path.place()];
    const std::size_t i = index_of(free);
    bucket.control |= std::uint64_t{tag_of(entry.hash())} << (8 * i);
    bucket.entries[i] = &entry;
}

}  // namespace nearcache::store
