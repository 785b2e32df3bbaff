#include "cache/store/entry.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include <malloc.h>

#include "cache/store/memory.hpp"

namespace nearcache::store {

Entry::Entry(const NewEntry& wanted, bool is_absent) noexcept
    : expires_at_(wanted.expires_at),
      hash_(wanted.hash),
      key_size_(static_cast<std::uint32_t>(wanted.key.size()) & 0x7fff'ffffu),
      is_absent_(is_absent ? 1u : 0u),
      value_size_(static_cast<std::uint32_t>(wanted.value.size())) {}

Entry* Entry::create(const NewEntry& wanted, bool is_absent) {
    static_assert(sizeof(Entry) - header_bytes < alignof(Entry), "the payload starts in padding");
    assert(wanted.key.size() <= 0x7fff'ffffu);
    assert(wanted.value.size() <= std::numeric_limits<std::uint32_t>::max());

    const std::size_t size = header_bytes + wanted.key.size() + wanted.value.size();
    void* const memory = std::malloc(std::max(size, sizeof(Entry)));
    if (memory == nullptr) throw std::bad_alloc();
    auto* const entry = new (memory) Entry(wanted, is_absent);
    char* const payload = static_cast<char*>(memory) + header_bytes;
    std::copy(wanted.key.begin(), wanted.key.end(), payload);
    std::copy(wanted.value.begin(), wanted.value.end(), payload + wanted.key.size());
    return entry;
}

void Entry::destroy() const noexcept {
    auto* const entry = const_cast<Entry*>(this);
    entry->~Entry();
    std::free(entry);
}

std::size_t Entry::memory_bytes() const noexcept { return allocated_bytes(this); }

EntryRef make_entry(const NewEntry& wanted) { return EntryRef(Entry::create(wanted, false)); }

EntryRef make_absent_entry(std::string_view key, Hash hash, TimePoint expires_at) {
    const NewEntry wanted{.key = key, .hash = hash, .value = {}, .expires_at = expires_at};
    return EntryRef(Entry::create(wanted, true));
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
