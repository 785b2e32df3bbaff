#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backend/invalidation.hpp"
#include "base/error.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend {

// What the backend said to a GET. Views are valid only during the call that hands them over.
struct GetReply {
    enum class Kind {
        value,   // bytes is the value
        absent,  // there is no such key
        error,   // bytes is the backend's error line without '-' and CR LF, as "WRONGTYPE ..."
    };

    Kind kind = Kind::absent;
    std::string_view bytes;
    // What is left of the key's life, counted from some moment after get() was called. Empty when
    // the key does not expire.
    std::optional<std::chrono::milliseconds> remaining;
    // False when it came from another server than the one that tells of changes: what is kept of it
    // could go stale unnoticed.
    bool is_tracked = true;
};

// Who asked, and is told exactly once, on the lane it asked on, never from within the asking call.
// The one who asks keeps it alive until then.
class GetCompletion {
  public:
    virtual void on_reply(const GetReply& reply) = 0;
    virtual void on_failure(Errc why) = 0;

  protected:
    ~GetCompletion() = default;
};

// The same for a command whose reply is passed on: the reply's bytes, whole, as they came.
class ForwardCompletion {
  public:
    virtual void on_reply(std::string_view reply) = 0;
    virtual void on_failure(Errc why) = 0;

  protected:
    ~ForwardCompletion() = default;
};

// Where the truth lives.
//
// Commands of one lane take effect, and are completed, in the order in which they were given.
// Nothing is ever sent twice: after a failure a write may or may not have taken effect.
//
// Threads: get() and forward() on the thread of the lane they name; everything else: the owner's.
class Backend {
  public:
    virtual ~Backend() = default;

    // Asks for a key's value and what is left of its life.
    virtual void get(net::LaneId lane, std::string_view key, GetCompletion& completion) = 0;

    // Sends one command, given as a RESP array of bulk strings, whole and well-formed. Only
    // commands that get exactly one reply and leave nothing behind on the connection may come here.
    virtual void forward(net::LaneId lane, std::string_view command,
                         ForwardCompletion& completion) = 0;

    // Connects in the background and keeps connected; returns at once. Called once the lanes exist.
    // The listener hears of changes until stop(), on the control lane; it outlives the backend's
    // lanes.
    virtual void start(InvalidationListener& listener) = 0;

    // Whether nothing changes but by forward(): there is no channel then, and none is needed.
    //
    // Threads: any.
    virtual bool changes_only_here() const noexcept = 0;

    // Fails what is pending with Errc::shutting_down and lets go of every lane.
    virtual void stop() = 0;

    // Whether commands given now have a connection to go to.
    //
    // Threads: any.
    virtual bool is_reachable() const noexcept = 0;

    // Grows whenever a connection is made: the server behind it may be another one than before.
    //
    // Threads: any.
    virtual std::uint64_t connections_made() const noexcept = 0;
};

}  // namespace nearcache::backend
