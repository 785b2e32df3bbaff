#pragma once

#include <atomic>
#include <cstddef>

#include <malloc.h>

namespace nearcache::store {

// What an allocation costs: what the allocator rounds it up to, and the size field in front of it.
inline std::size_t allocated_bytes(const void* allocation) noexcept {
    return ::malloc_usable_size(const_cast<void*>(allocation)) + sizeof(std::size_t);
}

// The bytes of all shards together. They are counted in one place because a budget cut in pieces,
// one for each shard, would shut large values out.
//
// Threads: any.
class MemoryBudget {
  public:
    explicit MemoryBudget(std::size_t limit) noexcept : limit_(limit) {}

    // Both return whether the budget is exceeded now. A change of both signs at once goes through
    // charge(): its bytes wrap around, as the sum does.
    bool charge(std::size_t bytes) noexcept {
        return used_.fetch_add(bytes, std::memory_order_relaxed) + bytes > limit_;
    }
    bool refund(std::size_t bytes) noexcept { return charge(std::size_t{0} - bytes); }

    bool is_exceeded() const noexcept { return used() > limit_; }
    std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
    std::size_t limit() const noexcept { return limit_; }

  private:
    const std::size_t limit_;
    std::atomic<std::size_t> used_{0};
};

}  // namespace nearcache::store
