#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string_view>

namespace nearcache::fuzz {

// Ends the run: libFuzzer keeps the input that led here.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

// Bytes at an address of their own, in an allocation of exactly their size: a stale view of an
// earlier copy or a look too far does not go unnoticed.
//
// Threads: one at a time.
class Copy {
  public:
    explicit Copy(std::string_view bytes)
        : memory_(std::make_unique<char[]>(bytes.size())), size_(bytes.size()) {
        if (!bytes.empty()) std::memcpy(memory_.get(), bytes.data(), bytes.size());
    }

    std::string_view bytes() const { return {memory_.get(), size_}; }
    bool contains(std::string_view part) const {
        return part.data() >= memory_.get() && part.data() + part.size() <= memory_.get() + size_;
    }

  private:
    std::unique_ptr<char[]> memory_;
    std::size_t size_;
};

// An input, of which the first two bytes say how to run and the rest is what a peer sends.
struct Run {
    std::uint8_t mode = 0;
    std::uint8_t seed = 0;
    std::string_view stream;
};

inline Run run_of(const std::uint8_t* bytes, std::size_t size) {
    if (size < 2) return {};
    return {bytes[0], bytes[1], {reinterpret_cast<const char*>(bytes) + 2, size - 2}};
}

// How much of a stream comes at once: all of it, a byte, or a random number of bytes.
//
// Threads: one at a time.
class Pieces {
  public:
    enum class Kind { whole, single, random };

    Pieces(Kind kind, std::uint8_t seed) : kind_(kind), random_(seed) {}

    std::size_t next(std::size_t left) {
        if (kind_ == Kind::whole) return left;
        if (kind_ == Kind::single) return 1;
        const auto most = random_() % 2 == 0 ? std::size_t{4} : left;
        return 1 + random_() % (most < left ? most : left);
    }

  private:
    Kind kind_;
    std::minstd_rand random_;
};

}  // namespace nearcache::fuzz
