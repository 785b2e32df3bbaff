#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace nearcache::tests {

// Draws that a seed repeats: on every machine and with every standard library the same.
//
// Threads: one at a time.
class RandomSource {
  public:
    explicit RandomSource(std::uint64_t seed) : engine_(seed) {}

    // 0 to bound - 1.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
    // Both ends are possible.
    std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
    bool one_in(std::size_t count) { return below(count) == 0; }

    template <typename T>
    const T& one_of(std::span<const T> choices) {
        return choices[below(choices.size())];
    }
    template <typename T>
    const T& one_of(const std::vector<T>& choices) {
        return choices[below(choices.size())];
    }

    // That many bytes of any value.
    std::string bytes(std::size_t count) {
        std::string drawn(count, '\0');
        for (char& byte : drawn) byte = static_cast<char>(below(256));
        return drawn;
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace nearcache::tests
