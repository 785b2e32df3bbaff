#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>

#include "net/block.hpp"

namespace nearcache::net {

// Values up to this size are copied into the output, while their shard is locked: cheaper than
// sharing them. Longer ones are pinned.
inline constexpr std::size_t copied_value_bytes = 2u * 1024;

// Bytes on their way to a client, in order: short ones are copied behind each other, long ones stay
// where they are and are pinned there until they are sent. `Pin` keeps such bytes alive.
//
// Threads: one at a time.
template <class Pin>
class Output {
  public:
    Output() = default;
    Output(Output&& other) noexcept
        : text_(std::exchange(other.text_, {})),
          pieces_(std::exchange(other.pieces_, {})),
          pinned_bytes_(std::exchange(other.pinned_bytes_, 0)) {}
    Output& operator=(Output&& other) noexcept {
        Output taken(std::move(other));
        swap(taken);
        return *this;
    }

    // Each answer goes through this on its way out: no bytes are moved but those of short texts.
    void swap(Output& other) noexcept {
        text_.swap(other.text_);
        pieces_.swap(other.pieces_);
        std::swap(pinned_bytes_, other.pinned_bytes_);
    }

    void append(const char* bytes, std::size_t size) { text_.append(bytes, size); }
    void append(std::string_view bytes) { text_.append(bytes); }

    // The bytes must not change or go while `pin` is held.
    void append_pinned(std::string_view bytes, Pin pin) {
        pinned_bytes_ += bytes.size();
        pieces_.push_back({text_.size(), bytes, std::move(pin)});
    }

    void append(Output&& other) {
        for (auto& piece : other.pieces_) {
            piece.position += text_.size();
            pieces_.push_back(std::move(piece));
        }
        pinned_bytes_ += other.pinned_bytes_;
        text_.append(other.text_);
        other.clear();
    }

    std::size_t size() const noexcept { return text_.size() + pinned_bytes_; }
    bool empty() const noexcept { return size() == 0; }

    // Forgets the bytes; keeps the memory for the next ones unless it is large.
    void clear() noexcept {
        constexpr std::size_t keep = 64u * 1024;
        text_.clear();
        if (text_.capacity() > keep) text_.shrink_to_fit();
        pieces_.clear();
        if (pieces_.capacity() > keep / sizeof(Piece)) pieces_.shrink_to_fit();
        pinned_bytes_ = 0;
    }

    // What to send once `sent` bytes are gone: at most as many buffers as one writev takes.
    void buffers_from(std::size_t sent, std::vector<boost::asio::const_buffer>& buffers) const {
        buffers.clear();
        std::size_t from = 0;
        for (const auto& piece : pieces_) {
            add(buffers, std::string_view(text_).substr(from, piece.position - from), sent);
            add(buffers, piece.bytes, sent);
            from = piece.position;
            if (buffers.size() >= most_buffers) return;
        }
        add(buffers, std::string_view(text_).substr(from), sent);
    }

    std::string& text() noexcept { return text_; }
    const std::string& text() const noexcept { return text_; }
    bool has_pinned() const noexcept { return !pieces_.empty(); }

  private:
    static constexpr std::size_t most_buffers = 60;

    struct Piece {
        std::size_t position;  // how many bytes of text go before it
        std::string_view bytes;
        Pin pin;
    };

    static void add(std::vector<boost::asio::const_buffer>& buffers, std::string_view bytes,
                    std::size_t& sent) {
        const auto skipped = std::min(sent, bytes.size());
        sent -= skipped;
        bytes.remove_prefix(skipped);
        if (!bytes.empty()) buffers.emplace_back(bytes.data(), bytes.size());
    }

    std::string text_;
    std::vector<Piece> pieces_;
    std::size_t pinned_bytes_ = 0;
};

// Bytes that may be held: long ones are, short ones are copied.
template <class Pin>
void append_slice(Output<Pin>& output, const Slice& slice) {
    if (slice.is_better_pinned()) {
        output.append_pinned(slice.bytes, Pin(*slice.block));
    } else {
        output.append(slice.bytes);
    }
}

}  // namespace nearcache::net
