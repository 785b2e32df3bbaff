#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

// Who is told. Null once it was told that it took too long: the replies still come.
using Asker = std::variant<GetCompletion*, GetManyCompletion*, ForwardCompletion*>;

// A question that was sent, or will be, and is not answered yet.
struct Expected {
    Asker asker;
    std::uint32_t replies = 1;  // how many come
    TimePoint deadline{};

    bool is_awaited() const noexcept {
        return std::visit([](const auto* who) { return who != nullptr; }, asker);
    }
};

// Whose replies come next on one connection, in the order of the questions, which is that of their
// deadlines too. A ring that grows to what is outstanding at most, so that a question costs no
// allocation.
//
// Threads: its lane's.
class ExpectedReplies {
  public:
    explicit ExpectedReplies(net::IoContext& lane) : lane_(lane) {}

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

    void push(const Expected& expected) {
        if (size_ == ring_.size()) grow();
        at(size_++) = expected;
    }
    const Expected& front() const noexcept { return ring_[first_]; }
    void pop() noexcept {
        first_ = (first_ + 1) & (ring_.size() - 1);
        --size_;
    }

    // The deadline of the first who was not told yet; the end of time when all were.
    TimePoint next_deadline() const noexcept;
    // Tells those whose deadline has passed. Their places stay: the replies still come.
    void tell_overdue(TimePoint now);
    // Tells all, and forgets them.
    void fail_all(Errc why);

  private:
    Expected& at(std::size_t index) noexcept {
        return ring_[(first_ + index) & (ring_.size() - 1)];
    }
    const Expected& at(std::size_t index) const noexcept {
        return ring_[(first_ + index) & (ring_.size() - 1)];
    }
    void tell(Expected& expected, Errc why);
    void grow();

    net::IoContext& lane_;
    std::vector<Expected> ring_;  // a power of two, or empty
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace nearcache::backend::redis
