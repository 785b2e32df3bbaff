#include "backend/redis/expected_replies.hpp"

#include <algorithm>
#include <utility>

#include "backend/fail_soon.hpp"

namespace nearcache::backend::redis {

void ExpectedReplies::grow() {
    constexpr std::size_t least = 16;
    std::vector<Expected> larger(std::max(least, ring_.size() * 2));
    for (std::size_t i = 0; i < size_; ++i) larger[i] = at(i);
    ring_ = std::move(larger);
    first_ = 0;
}

TimePoint ExpectedReplies::next_deadline() const noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
        if (at(i).is_awaited()) return at(i).deadline;
    }
    return TimePoint::max();
}

void ExpectedReplies::tell_overdue(TimePoint now) {
    for (std::size_t i = 0; i < size_ && at(i).deadline <= now; ++i) {
        tell(at(i), Errc::backend_timeout);
    }
}

void ExpectedReplies::fail_all(Errc why) {
    for (std::size_t i = 0; i < size_; ++i) tell(at(i), why);
    // What a stalled backend made of it is not kept for better days.
    ring_ = {};
    first_ = size_ = 0;
}

void ExpectedReplies::tell(Expected& expected, Errc why) {
    std::visit(
        [&](auto*& who) {
            if (auto* const told = std::exchange(who, nullptr)) fail_soon(lane_, *told, why);
        },
        expected.asker);
}

}  // namespace nearcache::backend::redis
