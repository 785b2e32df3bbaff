#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

#include <boost/asio/buffer.hpp>

namespace nearcache::net {

// Bytes that came from a peer and are not used yet. Its memory follows what arrived, never what was
// announced: it doubles when a read filled it, and is small again once it is empty.
//
// Threads: one at a time.
class Input {
  public:
    static constexpr std::size_t initial_bytes = 4u * 1024;
    static constexpr std::size_t kept_bytes = 64u * 1024;

    std::string_view unused() const noexcept { return {memory_.get() + begin_, end_ - begin_}; }
    bool empty() const noexcept { return begin_ == end_; }
    std::size_t capacity() const noexcept { return capacity_; }

    void consume(std::size_t bytes) noexcept {
        begin_ += bytes;
        if (begin_ == end_) begin_ = end_ = 0;
    }

    // Room for the next read. Views of unused() become invalid.
    boost::asio::mutable_buffer prepare() {
        if (empty() && capacity_ > kept_bytes) resize(kept_bytes);
        if (begin_ > 0 && (begin_ >= end_ - begin_ || end_ == capacity_)) compact();
        if (capacity_ - end_ < capacity_ / 4 || capacity_ == 0) {
            resize(capacity_ == 0 ? initial_bytes : capacity_ * 2);
        }
        return {memory_.get() + end_, capacity_ - end_};
    }

    // How much prepare() offered last.
    std::size_t room() const noexcept { return capacity_ - end_; }

    void commit(std::size_t bytes) noexcept { end_ += bytes; }

    // A busy peer filled the room it was given: the next read may be larger.
    void grow_after_full_read() {
        if (empty() && capacity_ < kept_bytes) resize(capacity_ * 2);
    }

  private:
    void compact() noexcept {
        std::memmove(memory_.get(), memory_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }

    void resize(std::size_t capacity) {
        std::unique_ptr<char[]> larger(new char[capacity]);
        if (!empty()) std::memcpy(larger.get(), memory_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        memory_ = std::move(larger);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> memory_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace nearcache::net
