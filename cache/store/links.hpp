#pragma once

#include <cassert>
#include <cstdint>

namespace nearcache::store {

// A member of a circular list: its two neighbours in 12 bytes instead of 16. An entry is in two
// lists, and the 8 bytes saved are the difference between two size classes of the allocator.
//
// What is linked is aligned to 4 bytes, so a neighbour is kept as its address divided by 4, in 48
// bits: enough for the 2^47 or 2^48 bytes that x86-64 and AArch64 give to a process unasked.
//
// Threads: guarded by the lock of the shard that the list belongs to.
class Links {
  public:
    Links() noexcept { link_to_itself(); }
    Links(const Links&) = delete;
    Links& operator=(const Links&) = delete;

    Links* next() const noexcept { return unpack(next_low_, next_high_); }
    Links* previous() const noexcept { return unpack(previous_low_, previous_high_); }
    // True for a list's head when the list is empty.
    bool is_alone() const noexcept { return next() == this; }

    void link_to_itself() noexcept {
        set_next(this);
        set_previous(this);
    }

    void link_after(Links& place) noexcept {
        Links* const follower = place.next();
        set_previous(&place);
        set_next(follower);
        follower->set_previous(this);
        place.set_next(this);
    }

    // Takes it out of its list; its own links are left as they were.
    void unlink() noexcept {
        Links* const before = previous();
        Links* const after = next();
        before->set_next(after);
        after->set_previous(before);
    }

    void set_next(Links* neighbour) noexcept {
        const std::uint64_t packed = pack(neighbour);
        next_low_ = static_cast<std::uint32_t>(packed);
        next_high_ = static_cast<std::uint16_t>(packed >> 32);
    }

  private:
    void set_previous(Links* neighbour) noexcept {
        const std::uint64_t packed = pack(neighbour);
        previous_low_ = static_cast<std::uint32_t>(packed);
        previous_high_ = static_cast<std::uint16_t>(packed >> 32);
    }

    static std::uint64_t pack(const Links* links) noexcept {
        const auto address = std::uint64_t{reinterpret_cast<std::uintptr_t>(links)};
        assert(address % 4 == 0 && address >> 50 == 0);
        return address >> 2;
    }

    static Links* unpack(std::uint32_t low, std::uint16_t high) noexcept {
        const std::uint64_t packed = (std::uint64_t{high} << 32) | low;
        return reinterpret_cast<Links*>(static_cast<std::uintptr_t>(packed << 2));
    }

    std::uint32_t next_low_;
    std::uint32_t previous_low_;
    std::uint16_t next_high_;
    std::uint16_t previous_high_;
};

static_assert(sizeof(Links) == 12);

// The two lists an entry is in: the order of eviction, and a slot of the expiry wheel.
struct OrderLinks : Links {};
struct ExpiryLinks : Links {};

}  // namespace nearcache::store
