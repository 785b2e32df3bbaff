#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>

namespace nearcache::tests {

// Repeats a step on a thread of its own until stopped: the others who use the server meanwhile.
//
// Threads: one at a time; rounds(): any.
class Background {
  public:
    // A step returns what surprised it; empty when all was well.
    explicit Background(std::function<std::string()> step);
    ~Background() { stop(); }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    std::size_t rounds() const { return rounds_; }
    // The first surprise or exception, which ended it; empty when there was none.
    std::string stop();

  private:
    std::function<std::string()> step_;
    std::atomic<bool> stops_{false};
    std::atomic<std::size_t> rounds_{0};
    std::string surprise_;
    std::thread thread_;
};

}  // namespace nearcache::tests
