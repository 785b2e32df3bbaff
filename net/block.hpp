#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace nearcache::net {

// A piece of memory that several hold: whoever read bytes into it, and whoever still sends them. It
// goes when the last of them lets go. Bytes that somebody else may hold must not change.
//
// Threads: one; holders of one block stay on one lane.
class Block {
  public:
    Block() noexcept = default;
    explicit Block(std::size_t capacity) : head_(allocate(nullptr, capacity)) {
        head_->holders = 1;
    }
    Block(const Block& other) noexcept : head_(other.head_) {
        if (head_ != nullptr) ++head_->holders;
    }
    Block(Block&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
    Block& operator=(Block other) noexcept {
        std::swap(head_, other.head_);
        return *this;
    }
    ~Block() {
        if (head_ != nullptr && --head_->holders == 0) release(head_);
    }

    char* data() const noexcept {
        return head_ == nullptr ? nullptr : reinterpret_cast<char*>(head_ + 1);
    }
    std::size_t capacity() const noexcept { return head_ == nullptr ? 0 : head_->capacity; }
    bool is_shared() const noexcept { return head_ != nullptr && head_->holders > 1; }

    // Keeps the bytes; only while it is not shared. Large blocks are moved by the kernel page by
    // page, so they are never there twice.
    void resize(std::size_t capacity) { head_ = allocate(head_, capacity); }

  private:
    struct alignas(16) Head {
        std::size_t holders;
        std::size_t capacity;
    };

    static Head* allocate(Head* old, std::size_t capacity) {
        void* const memory = std::realloc(old, sizeof(Head) + capacity);
        if (memory == nullptr) throw std::bad_alloc();
        auto* const head = static_cast<Head*>(memory);
        if (old == nullptr) head->holders = 1;
        head->capacity = capacity;
        return head;
    }

    // Inlined, it makes g++ 12 warn of a use after free wherever two hold the same block.
    [[gnu::noinline]] static void release(Head* head) noexcept { std::free(head); }

    Head* head_ = nullptr;
};

// Bytes, and what holds them. Without a block they are there only during the call that hands them
// over; with one, whoever copies it may keep the bytes.
struct Slice {
    std::string_view bytes;
    const Block* block = nullptr;

    // Copying bytes that are shorter than this costs less than keeping their block.
    static constexpr std::size_t least_pinned_bytes = 64u * 1024;
    bool is_better_pinned() const noexcept {
        return block != nullptr && bytes.size() >= least_pinned_bytes;
    }
};

}  // namespace nearcache::net
