#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/background.hpp"
#include "tests/support/history.hpp"

namespace nearcache::tests {

inline constexpr std::uint32_t hot_keys = 50;
// The rest is only written straight in Redis: no write through nearcache refreshes it meanwhile.
inline constexpr std::uint32_t keys_of_all_writers = 40;

std::string hot_key(std::uint32_t number);

// What the clients of a HistoryLoad share: who writes a key next, and when to stop.
//
// Threads: any.
class HotKeys {
  public:
    // Holds the key: the next version is taken when this one has had its outcome.
    class Turn {
      public:
        std::uint32_t version() const { return version_; }

      private:
        friend class HotKeys;
        std::unique_lock<std::mutex> lock_;
        std::uint32_t version_ = 0;
    };
    Turn take(std::uint32_t key);

    // Lets a little time pass, less when it is time to stop: after a failure.
    void pause();
    void stop();

  private:
    struct Key {
        std::mutex mutex;
        std::uint32_t last_version = 0;
    };
    std::array<Key, hot_keys> keys_;
    std::mutex mutex_;
    std::condition_variable has_stopped_;
    bool stops_ = false;
};

// Where the clients go.
struct HistoryPorts {
    std::uint16_t http = 0;
    std::uint16_t resp = 0;
    std::uint16_t redis = 0;
};

// One client: a step is a write or a few reads, and what came of them is noted.
//
// Threads: one at a time.
class HistoryClient {
  public:
    virtual ~HistoryClient() = default;
    // What surprised it: an answer that nobody should ever get; empty when all was well.
    virtual std::string step() = 0;

    const History& history() const { return history_; }
    // Reads and writes that were answered with an error.
    std::size_t errors() const { return errors_; }

  protected:
    History history_;
    std::size_t errors_ = 0;
};

// The name of the connections straight to Redis, by which they can be told from nearcache's.
inline constexpr const char* foreign_name = "foreign-writer";

// Eight writers, four of them straight in Redis, and eight readers on each door, all over the same
// few keys, each on a thread of its own.
//
// Threads: one at a time.
class HistoryLoad {
  public:
    explicit HistoryLoad(const HistoryPorts& ports);
    ~HistoryLoad() { stop(); }
    HistoryLoad(const HistoryLoad&) = delete;
    HistoryLoad& operator=(const HistoryLoad&) = delete;

    // The first surprise of anybody; empty when there was none.
    std::string stop();

    // After stop().
    History history() const;
    std::size_t errors() const;

  private:
    HotKeys keys_;
    std::vector<std::unique_ptr<HistoryClient>> clients_;
    std::vector<std::unique_ptr<Background>> threads_;
};

// How often one of the doors gives another answer for one of the keys than Redis; one line each.
std::vector<std::string> disagreements(const HistoryPorts& ports);

}  // namespace nearcache::tests
