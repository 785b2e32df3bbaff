#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "tests/support/history.hpp"

namespace nearcache::tests {

// What is promised.
struct Promise {
    // How long after a write made elsewhere the value before it may still be read.
    milliseconds max_staleness{3000};
    // How long after the end of its life a value may still be read: by who joins a fetch that Redis
    // answered while it lived.
    milliseconds past_expiry{3000};
};

// How much some reads were late.
struct Lateness {
    std::size_t count = 0;
    std::chrono::microseconds median{0};
    std::chrono::microseconds p99{0};
    std::chrono::microseconds most{0};
};

struct Verdict {
    std::size_t reads = 0;
    std::size_t violations = 0;
    std::vector<std::string> first_violations;
    // Of reads of what a write made straight in Redis, or the loss of its data, had replaced.
    Lateness stale;
    // Of reads of what had expired.
    Lateness expired;

    std::string text() const;
};

// Holds what was read against what was written.
//
// A write took effect between its two times when it was done; at any time after it began, once and
// for all, or never, when its outcome is unknown; and if so, before the end of the first read that
// saw it. So a value is replaced by a write, or a loss, that began after the value had certainly
// taken effect, and is replaced for certain when that write has certainly taken effect. The same
// for an absence, which comes from the beginning, a write that erases, the end of a life, or a
// loss; of those that can explain what was read the latest is assumed. Then it is a violation
//  - to read what was never written, or not yet, or what was refused;
//  - to read what a write through nearcache had replaced, and that write had its reply before the
//    read began;
//  - to read what another write had replaced, and that write was done max_staleness or more before
//    the read began; or what had expired before it by more than past_expiry.
Verdict judge(const History& history, const Promise& promise);

}  // namespace nearcache::tests
