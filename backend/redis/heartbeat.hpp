#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace nearcache::backend::redis {

// Keeps the books of the pings on a control connection: when the next is due, when one is late, and
// what its pong proves.
//
// Redis collects the changes of one round of its event loop and appends them to our connection at
// the end of that round: behind a pong of the same round. So a pong does not prove that a change
// made just before its own ping has been told. But a ping sent after the pong before it had arrived
// is read in a later round than that one was, and what earlier rounds appended lies before its
// pong. Hence there is one ping out at most, and a pong proves: every change made before the
// *previous* ping was sent has been told.
//
// Threads: one at a time.
class Heartbeat {
  public:
    struct Proof {
        TimePoint proven_at;
        std::chrono::microseconds round_trip;
    };

    // Pings go out every `interval`; one that has no pong for `patience` is late.
    Heartbeat(std::chrono::milliseconds interval, std::chrono::milliseconds patience)
        : interval_(interval), patience_(patience) {}

    // A ping goes out now; none may be out. Its pong must bear the token, which should be random:
    // one of another connection, or one that somebody foretold, is none.
    void send(TimePoint now, std::string token);

    // The pong for the ping that is out. The first one of a connection proves nothing of changes
    // told, but that the channel answers.
    std::optional<Proof> on_pong(TimePoint now);

    bool is_out() const noexcept { return is_out_; }
    const std::string& token() const noexcept { return token_; }
    bool is_due(TimePoint now) const noexcept { return !is_out_ && now >= wakes_at(); }
    bool is_late(TimePoint now) const noexcept { return is_out_ && now >= wakes_at(); }
    // When the next ping is due, or the one that is out will be late.
    TimePoint wakes_at() const noexcept { return sent_at_ + (is_out_ ? patience_ : interval_); }
    // When the last ping was sent that has its pong. Whoever asks the server after that pong came
    // gets nothing older.
    TimePoint answered_ping_sent_at() const noexcept { return answered_ping_sent_at_; }

  private:
    std::chrono::milliseconds interval_;
    std::chrono::milliseconds patience_;
    std::string token_;
    TimePoint sent_at_{};
    TimePoint answered_ping_sent_at_{};
    bool is_out_ = false;
    bool has_answer_ = false;
};

}  // namespace nearcache::backend::redis
