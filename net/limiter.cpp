#include "net/limiter.hpp"

namespace nearcache::net {

std::optional<Limiter::Permit> Limiter::try_acquire() noexcept {
    // Never above the limit, not even for a moment: a reader of taken() must not see more.
    auto seen = taken_.load(std::memory_order_relaxed);
    while (seen < slots_) {
        if (taken_.compare_exchange_weak(seen, seen + 1, std::memory_order_acquire,
                                         std::memory_order_relaxed)) {
            return Permit(*this);
        }
    }
    refusals_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
}

}  // namespace nearcache::net
