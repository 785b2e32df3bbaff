#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/timing.hpp"

namespace nearcache::tests {

// What writers and readers of a few keys did and saw, noted by themselves, to be judged afterwards.
//
// The versions of a key count up from 1, and a writer takes the next only when the one before has
// had its outcome: what was done can be put in order by the times alone.
struct Write {
    enum class Kind { set, erase };
    enum class Way { nearcache, redis };
    enum class Outcome {
        done,
        unknown,  // it may take effect at any time after it began, or never
        refused,  // it certainly never takes effect
    };

    std::uint32_t key = 0;
    std::uint32_t version = 0;
    Kind kind = Kind::set;
    Way way = Way::nearcache;
    Outcome outcome = Outcome::done;
    milliseconds life{0};  // of what was set; 0: for ever
    Moment began;
    Moment ended;
};

struct Read {
    static constexpr std::uint32_t absent = 0;

    std::uint32_t key = 0;
    std::uint32_t version = absent;
    std::uint32_t reader = 0;
    Moment began;
    Moment ended;
};

// Redis forgot everything at some moment between the two.
struct Loss {
    Moment began;
    Moment ended;
};

struct History {
    std::vector<Write> writes;
    std::vector<Read> reads;
    std::vector<Loss> losses;

    void append(const History& other);
};

// The value that a write sets: "key:version:writer".
struct Stamp {
    std::uint32_t key = 0;
    std::uint32_t version = 0;
    std::uint32_t writer = 0;

    std::string text() const;
    // Empty when no writer can have written this.
    static std::optional<Stamp> from(std::string_view text);
};

}  // namespace nearcache::tests
