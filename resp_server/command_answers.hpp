#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/clock.hpp"
#include "resp/dialect.hpp"

namespace nearcache::resp_server {

// What the backend has answered to COMMAND and its subcommands: every redis-cli asks COMMAND DOCS
// when it starts, and the answer is long. An answer holds for the server that gave it, so for as
// long as no connection is made anew, and, as modules may come and go meanwhile, for a while.
//
// Threads: any.
class CommandAnswers {
  public:
    static constexpr std::size_t most_answers = 1024;
    static constexpr std::size_t most_bytes = 8u * 1024 * 1024;
    static constexpr std::chrono::seconds longest_life{60};

    using Answer = std::shared_ptr<const std::string>;

    // What the same answer is given to: in one dialect, the same words, where those that are names
    // of commands may be in any case.
    static std::string question(resp::Dialect dialect, std::span<const std::string_view> words);

    // When it is asked: of which server, and at what time.
    struct Moment {
        std::uint64_t connections_made;
        TimePoint now;
    };
    // Null when there is none.
    Answer find(const std::string& question, const Moment& moment) const;
    // Also one that is older than that: for when the server cannot be asked.
    Answer find_last(const std::string& question, std::uint64_t connections_made) const;

    // Those that came first go first when there is no room.
    void keep(const std::string& question, const Moment& moment, std::string_view answer);

  private:
    struct Kept {
        Answer answer;
        Moment asked;
    };

    // Only while the mutex is held.
    const Kept* find_kept(const std::string& question, std::uint64_t connections_made) const;
    void make_room();

    mutable std::mutex mutex_;  // guards what follows
    boost::unordered_flat_map<std::string, Kept> answers_;
    std::deque<std::string> order_;  // the questions, in the order in which they came
    std::size_t bytes_ = 0;          // of questions and answers
};

}  // namespace nearcache::resp_server
