#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace nearcache::backend {

// How the channel was proven when it was armed.
enum class Proof {
    handshake,  // every answer of the arming sequence was right
    canary,     // and a change made on purpose came back on it
};

struct Armed {
    // A ping sent then was answered on the channel: every later change is told.
    TimePoint proven_at;
    Proof proof = Proof::handshake;
    // The server's run_id; empty when it does not tell.
    std::string run_id;
};

// Who is told which keys change at the backend, whoever changes them. The channel is proven or it
// is nothing: between on_armed() and on_lost() no change is left out, and outside of that nothing
// is promised. (Redis: CLIENT TRACKING in broadcasting mode.)
//
// Threads: one at a time, the control lane's.
class InvalidationListener {
  public:
    virtual void on_armed(const Armed& armed) = 0;
    // Every change made at the backend before `proven_at` has been told.
    virtual void on_proven(TimePoint proven_at, std::chrono::microseconds round_trip) = 0;
    // The channel is gone; the backend connects and arms again by itself.
    virtual void on_lost(std::string_view why) = 0;
    // The server will not, or cannot, tell what changes. It is asked again now and then.
    virtual void on_refused(std::string_view why) = 0;

    // Slices of a message, in order; the keys are valid only during the call.
    virtual void on_changed(std::span<const std::string_view> keys) = 0;
    // FLUSHALL, FLUSHDB and the like.
    virtual void on_everything_changed() = 0;
    // A message on the channel that the server did not make: somebody published it.
    virtual void on_forged() = 0;

  protected:
    ~InvalidationListener() = default;
};

}  // namespace nearcache::backend
