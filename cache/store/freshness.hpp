#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.hpp"

namespace nearcache::store {

// The number of a period in which every change at the backend is told; an entry carries the epoch
// in which it was fetched. 0: there is none now, nothing is fresh and nothing is kept.
using Epoch = std::uint8_t;

// One epoch, or one time between two, told from all others for good: the epochs' numbers start
// over.
using Period = std::uint64_t;

// 0 for a time between two.
constexpr Epoch epoch_of(Period period) noexcept { return static_cast<Epoch>(period); }

// Until when what was fetched in the current epoch may be taken for the truth: the two numbers that
// every hit is compared with.
//
// An epoch without a heartbeat (the backend tells nothing, entries live by their ttl) is one whose
// proof lasts until TimePoint::max().
//
// Threads: view() any; the rest one at a time.
class alignas(64) Freshness {
  public:
    struct View {
        TimePoint until;
        Period period;

        Epoch epoch() const noexcept { return epoch_of(period); }
        bool covers(Epoch fetched_in, TimePoint now) const noexcept {
            return fetched_in == epoch() && now < until;
        }
    };

    // Read in this order: whoever sees how long the proof of an epoch lasts sees that epoch's
    // number too, so an entry is never held against the proof of an epoch that came after its own.
    View view() const noexcept {
        const TimePoint until{Duration(until_.load(std::memory_order_acquire))};
        return {until, period_.load(std::memory_order_relaxed)};
    }

    // True when begin() will use a number that was used before. No entry that carries the number
    // may be left by then.
    bool starts_over() const noexcept { return last_ == most; }

    void begin(TimePoint until) noexcept {
        last_ = starts_over() ? Epoch{1} : static_cast<Epoch>(last_ + 1);
        enter(last_);
        extend(until);
    }
    void extend(TimePoint until) noexcept {
        until_.store(until.time_since_epoch().count(), std::memory_order_release);
    }
    void end() noexcept {
        extend(TimePoint::min());
        enter(0);
    }

    // In place of the epoch of an entry that was invalidated and is kept for answers after an
    // error: never current.
    static constexpr Epoch invalidated = 255;

  private:
    static constexpr Epoch most = 254;

    void enter(Epoch epoch) noexcept {
        const Period count = period_.load(std::memory_order_relaxed) >> 8;
        period_.store(((count + 1) << 8) | epoch, std::memory_order_relaxed);
    }

    std::atomic<Duration::rep> until_{TimePoint::min().time_since_epoch().count()};
    // The number of periods before this one, and the epoch in the lowest 8 bits.
    std::atomic<Period> period_{0};
    Epoch last_ = 0;
};

}  // namespace nearcache::store
