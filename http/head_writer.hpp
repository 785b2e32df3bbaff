#pragma once

#include <array>
#include <cassert>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "http/entity_tag.hpp"
#include "http/responses.hpp"

namespace nearcache::http {

// Writes the head of an answer. Its many short pieces are put together here, where they are copied
// without a call each, and go to the output in one piece: a head takes a third of the instructions
// that it takes to append it piece by piece.
//
// Threads: one; it lives no longer than the answer is written.
class HeadWriter {
  public:
    explicit HeadWriter(Output& out) noexcept : out_(out) {}
    HeadWriter(const HeadWriter&) = delete;
    HeadWriter& operator=(const HeadWriter&) = delete;
    ~HeadWriter() { flush(); }

    // A literal.
    template <std::size_t size>
    void put(const char (&text)[size]) noexcept {
        static_assert(size <= capacity / 4);
        assert(at_ + size <= text_.data() + capacity);
        std::memcpy(at_, text, size - 1);
        at_ += size - 1;
    }

    // What always has the same size.
    template <std::size_t size>
    void put(const std::array<char, size>& text) noexcept {
        static_assert(size <= capacity / 4);
        assert(at_ + size <= text_.data() + capacity);
        std::memcpy(at_, text.data(), size);
        at_ += size;
    }

    // What is made here, and is never long.
    void put_short(std::string_view text) noexcept {
        assert(at_ + text.size() <= text_.data() + capacity);
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }

    // Anything.
    void put_any(std::string_view text) {
        flush();
        out_.append(text);
    }

    void put_number(std::uint64_t number) noexcept {
        // Most are seconds, or the size of a short value.
        if (number < 10) {
            *at_++ = static_cast<char>('0' + number);
        } else if (number < 100) {
            *at_++ = static_cast<char>('0' + number / 10);
            *at_++ = static_cast<char>('0' + number % 10);
        } else {
            put_long_number(number);
        }
    }

  private:
    void put_long_number(std::uint64_t number) noexcept {
        at_ = std::to_chars(at_, text_.data() + capacity, number).ptr;
    }

    // More than all the short pieces of any head together.
    static constexpr std::size_t capacity = 1024;

    void flush() {
        out_.append(text_.data(), static_cast<std::size_t>(at_ - text_.data()));
        at_ = text_.data();
    }

    Output& out_;
    std::array<char, capacity> text_;  // up to at_
    char* at_ = text_.data();
};

}  // namespace nearcache::http
