#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.hpp"
#include "cache/store/hash.hpp"

namespace nearcache::store {

// Knows the keys that are written faster than they are read: keeping an answer for them costs
// memory that others would make better use of, and never saves a fetch.
//
// It remembers few keys, each in the one slot that its hash names, and forgets a streak rather than
// grow. A key that is hot keeps its slot until its pause is over.
//
// Threads: guarded by the shard's lock.
class WriteHeat {
  public:
    // After so many entries in a row that changed unread a key is hot for the pause; 0: none ever.
    WriteHeat(std::uint8_t after, std::chrono::milliseconds pause)
        : after_(after), pause_(pause), slots_(after == 0 ? 0 : slot_count) {}

    // An entry of the key changed before anyone had hit it.
    void note_unread(Hash hash, TimePoint now) noexcept;
    // An entry of the key changed and had been hit.
    void note_read(Hash hash) noexcept;
    bool is_hot(Hash hash, TimePoint now) const noexcept;

  private:
    static constexpr std::size_t slot_count = 256;

    struct Slot {
        TimePoint last{};
        std::uint32_t tag = 0;
        std::uint8_t streak = 0;  // 0: the slot is free
    };

    // Of the hashes in one shard the highest 6 bits are the same.
    static std::size_t index_of(Hash hash) noexcept { return (hash >> 50) % slot_count; }
    static std::uint32_t tag_of(Hash hash) noexcept { return static_cast<std::uint32_t>(hash); }

    bool is_remembered(const Slot& slot, TimePoint now) const noexcept;

    const std::uint8_t after_;
    const std::chrono::milliseconds pause_;
    std::vector<Slot> slots_;
};

}  // namespace nearcache::store
