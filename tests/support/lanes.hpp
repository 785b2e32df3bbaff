#pragma once

#include <chrono>
#include <cstddef>

#include "net/io_threads.hpp"

namespace nearcache::tests {

// Lanes that a test runs by hand, one at a time and on its own thread: every interleaving of them
// can be forced, and nothing happens behind its back.
//
// Threads: one.
class Lanes {
  public:
    explicit Lanes(std::size_t count) : threads_(count) {}

    net::IoThreads& threads() noexcept { return threads_; }

    // Runs what is ready on the lane, and what becomes ready by that. How many handlers were run.
    std::size_t run(net::LaneId lane) { return threads_.lane(lane).poll(); }

    // Waits for what only the kernel can make ready. False when it does not come.
    template <class Condition>
    bool run_until(net::LaneId lane, Condition&& is_met) {
        while (!is_met()) {
            if (threads_.lane(lane).run_one_for(patience) == 0) return false;
        }
        return true;
    }

    // Lets the lanes end, as at the end of the process: what is still pending must end by itself.
    void finish() {
        threads_.release();
        for (net::LaneId lane = 0; lane < threads_.size(); ++lane) {
            threads_.lane(lane).run_for(patience);
        }
    }

  private:
    static constexpr std::chrono::seconds patience{10};

    net::IoThreads threads_;
};

}  // namespace nearcache::tests
