#include "cache/store/entry.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include <malloc.h>

#include "base/hash.hpp"
#include "cache/store/memory.hpp"

namespace nearcache::store {

namespace {

// A key that is too long for its size to be noted is left out.
std::string_view noted_key(const NewEntry& wanted) {
    return wanted.key.size() <= most_key_bytes ? wanted.key : std::string_view();
}

}  // namespace

Entry::Entry(const NewEntry& wanted, bool is_absent) noexcept
    : value_size_(static_cast<std::uint32_t>(wanted.value.size())),
      life_(wanted.stored_at, wanted.expires_at),
      key_size_(static_cast<std::uint32_t>(noted_key(wanted).size()) & most_key_bytes),
      is_absent_(is_absent ? 1u : 0u),
      is_keepable_(wanted.may_be_kept && wanted.key.size() <= most_key_bytes ? 1u : 0u),
      is_persistent_(wanted.is_persistent && !is_absent ? 1u : 0u),
      rule_(wanted.rule),
      hash_low_(static_cast<std::uint32_t>(wanted.hash)),
      hash_high_(static_cast<std::uint16_t>(wanted.hash >> 48)) {}

Entry* Entry::create(const NewEntry& wanted, bool is_absent) {
    static_assert(sizeof(Entry) - header_bytes < alignof(Entry), "the payload starts in padding");
    assert(wanted.value.size() <= std::numeric_limits<std::uint32_t>::max());

    const std::string_view key = noted_key(wanted);
    const bool keeps_hash = wanted.value.size() > most_unhashed_bytes;
    const std::size_t size =
        header_bytes + key.size() + wanted.value.size() + (keeps_hash ? sizeof(std::uint64_t) : 0);
    void* const memory = std::malloc(std::max(size, sizeof(Entry)));
    if (memory == nullptr) throw std::bad_alloc();
    auto* const entry = new (memory) Entry(wanted, is_absent);
    char* const payload = static_cast<char*>(memory) + header_bytes;
    assert(reinterpret_cast<const char*>(&entry->was_hit_) < payload);
    std::copy(key.begin(), key.end(), payload);
    char* const end = std::copy(wanted.value.begin(), wanted.value.end(), payload + key.size());
    if (keeps_hash) {
        const auto hash = content_hash(wanted.value);
        std::memcpy(end, &hash, sizeof hash);
    }
    return entry;
}

std::uint64_t Entry::value_hash() const noexcept {
    if (value_size_ <= most_unhashed_bytes) return content_hash(value());
    std::uint64_t hash = 0;
    std::memcpy(&hash, bytes() + key_size_ + value_size_, sizeof hash);
    return hash;
}

void Entry::destroy() const noexcept {
    auto* const entry = const_cast<Entry*>(this);
    entry->~Entry();
    std::free(entry);
}

std::size_t Entry::memory_bytes() const noexcept { return allocated_bytes(this); }

EntryRef make_entry(const NewEntry& wanted) { return EntryRef(Entry::create(wanted, false)); }

EntryRef make_absent_entry(const NewEntry& wanted) {
    NewEntry absent = wanted;
    absent.value = {};
    return EntryRef(Entry::create(absent, true));
}

void Released::add(Entry& entry) noexcept {
    static_cast<OrderLinks&>(entry).set_next(first_ == nullptr ? nullptr
                                                               : static_cast<OrderLinks*>(first_));
    first_ = &entry;
}

void Released::release_all() noexcept {
    for (Links* links = static_cast<OrderLinks*>(first_); links != nullptr;) {
        auto* const entry = static_cast<Entry*>(static_cast<OrderLinks*>(links));
        links = links->next();
        entry->release();
    }
}

}  // namespace nearcache::store
