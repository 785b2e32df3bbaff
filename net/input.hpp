#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>

#include "net/block.hpp"

namespace nearcache::net {

// Bytes that came from a peer and are not used yet. Its memory follows what arrived, never what was
// announced: it doubles when a read filled it, and is small again once little of it is needed.
//
// Whoever wants to keep bytes longer copies block(). Then nothing in it changes any more: what
// comes later goes behind those bytes, or into another block.
//
// Threads: one at a time.
class Input {
  public:
    static constexpr std::size_t initial_bytes = 4u * 1024;
    static constexpr std::size_t kept_bytes = 64u * 1024;

    Input() = default;
    // Two inputs would read into the same block.
    Input(const Input&) = delete;
    Input(Input&& other) noexcept = default;
    Input& operator=(Input&& other) noexcept = default;

    std::string_view unused() const noexcept { return {block_.data() + begin_, end_ - begin_}; }
    // What unused() lies in.
    const Block& block() const noexcept { return block_; }
    bool empty() const noexcept { return begin_ == end_; }
    std::size_t capacity() const noexcept { return block_.capacity(); }

    // Allowed while a read fills what prepare() has offered.
    void consume(std::size_t bytes) noexcept { begin_ += bytes; }

    // Room for the next read. Views of unused() become invalid, but for those whose block is held.
    boost::asio::mutable_buffer prepare() {
        if (begin_ > 0 || block_.is_shared()) reclaim();
        if (is_short_of_room()) block_.resize(std::max(initial_bytes, capacity() * 2));
        return {block_.data() + end_, room()};
    }

    // How much prepare() offered last.
    std::size_t room() const noexcept { return capacity() - end_; }

    void commit(std::size_t bytes) noexcept { end_ += bytes; }

    // A busy peer filled the room it was given: the next read may be larger.
    void grow_after_full_read() {
        if (!empty() || capacity() >= kept_bytes) return;
        block_ = Block(capacity() * 2);
        begin_ = end_ = 0;
    }

  private:
    bool is_short_of_room() const noexcept {
        return room() < capacity() / 4 || block_.data() == nullptr;
    }

    // Gives back what used bytes took, where that is cheap: of a long value that is still coming
    // nothing is ever moved within its block.
    void reclaim() {
        const std::size_t unused = end_ - begin_;
        const bool is_oversized =
            unused == 0 ? capacity() > kept_bytes : capacity() / 16 >= std::max(unused, kept_bytes);
        if (block_.is_shared() || is_oversized) {
            move_out(std::max(kept_bytes, std::bit_ceil(unused * 2)));
        } else if (begin_ >= unused || (is_short_of_room() && unused <= kept_bytes)) {
            std::memmove(block_.data(), block_.data() + begin_, unused);
            begin_ = 0;
            end_ = unused;
        }
    }

    // Right after a block was shared little is unused, if anything: less than one read has brought.
    void move_out(std::size_t capacity) {
        Block other(capacity);
        const auto bytes = unused();
        if (!bytes.empty()) std::memcpy(other.data(), bytes.data(), bytes.size());
        block_ = std::move(other);
        begin_ = 0;
        end_ = bytes.size();
    }

    Block block_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace nearcache::net
