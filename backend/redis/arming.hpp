#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resp/value.hpp"

namespace nearcache::backend::redis {

// What is said on a connection that the server has let in, until it is proven to tell of changes:
// one command after the other, each answer checked. Whoever answers wrongly cannot be made to tell
// (refused); whoever cannot answer now may later (failed).
//
// Threads: one at a time.
class Arming {
  public:
    enum class Verdict {
        go_on,    // right: command() is the next one
        armed,    // right, and it was the last one
        refused,  // why() tells an operator what to do
        failed,   // why() says what to wait for
    };

    // `token` is what the last command, a ping, sends to and fro. Without prefixes changes of all
    // keys are told.
    Arming(std::vector<std::string> prefixes, std::string token);

    // What to send now, to be answered before anything else is sent.
    std::string command() const;
    // What it is called, for people.
    std::string_view name() const noexcept;
    // Whether that is the ping.
    bool is_last() const noexcept { return step_ == Step::ping; }

    // The answer to command(); empty when it could not be decoded.
    Verdict on_answer(const std::optional<resp::Value>& answer);
    const std::string& why() const noexcept { return why_; }

  private:
    enum class Step { client_id, set_name, tracking, tracking_info, subscribe, ping };

    Verdict on_error(std::string_view error);
    Verdict on_wrong_answer();
    bool is_right(const resp::Value& answer);
    bool shows_tracking(const resp::Value& info) const;
    Verdict refuse(std::string_view what);

    std::vector<std::string> prefixes_;
    const std::string token_;
    Step step_ = Step::client_id;
    std::string id_;
    std::string why_;
};

// What a server says that cannot serve now, but may in a moment: LOADING, MASTERDOWN and the like.
bool is_passing_trouble(std::string_view error) noexcept;

// Whether it is what the server says to a ping with that token on a subscribed connection.
bool is_pong(const resp::Value& answer, std::string_view token) noexcept;

// A server that cannot save to its disk says this to a ping instead of a pong. It serves all the
// same, and in the same order.
bool is_pong_of_readonly_disk(const resp::Value& answer) noexcept;

}  // namespace nearcache::backend::redis
