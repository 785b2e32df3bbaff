#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "backend/invalidation.hpp"
#include "base/error.hpp"
#include "net/block.hpp"
#include "net/io_threads.hpp"
#include "resp/dialect.hpp"

namespace nearcache::backend {

// Which of the shared connections a command goes over. Each belongs to a lane, has a database
// selected and speaks a dialect; it is made when it is first needed.
struct Route {
    net::LaneId lane = 0;
    std::uint32_t database = 0;
    resp::Dialect dialect = resp::Dialect::resp2;

    friend bool operator==(const Route&, const Route&) = default;
};

// What the backend said to a GET. Views are valid only during the call that hands them over.
struct GetReply {
    enum class Kind {
        value,   // bytes is the value
        absent,  // there is no such key
        error,   // bytes is the backend's error line without '-' and CR LF, as "WRONGTYPE ..."
        unsure,  // of several keys: MGET said nil, and yet the key may exist, with another type
    };

    Kind kind = Kind::absent;
    std::string_view bytes;
    // What is left of the key's life, counted from some moment after get() was called. Empty when
    // the key does not expire.
    std::optional<std::chrono::milliseconds> remaining;
    // False when it came from another server than the one that tells of changes: what is kept of it
    // could go stale unnoticed.
    bool is_tracked = true;
    // False when the backend could not say whether the key expires: then nothing is known of its
    // life but `remaining`.
    bool is_life_known = true;
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

// The same for a question about several keys: one reply for each, in their order.
class GetManyCompletion {
  public:
    virtual void on_replies(std::span<const GetReply> replies) = 0;
    virtual void on_failure(Errc why) = 0;

  protected:
    ~GetManyCompletion() = default;
};

// The same for a command whose reply is passed on: the reply's bytes, whole, as they came.
class ForwardCompletion {
  public:
    virtual void on_reply(const net::Slice& reply) = 0;
    virtual void on_failure(Errc why) = 0;

  protected:
    ~ForwardCompletion() = default;
};

// The same for a command that is sent only on a condition: in place of a reply it may hear that the
// condition did not hold, and then nothing was changed.
class ConditionalCompletion : public ForwardCompletion {
  public:
    virtual void on_condition_failed() = 0;

  protected:
    ~ConditionalCompletion() = default;
};

// Whether a key's value is as it should be; null: there is no such key. Asked at most once, on the
// lane, perhaps from within the call that hands it over; the view lasts for the asking only. It is
// quick, and asks nothing of the backend: others wait meanwhile.
using ValueTest = std::function<bool(const std::string_view* value)>;

// What must be true of a key for a command to be carried out.
struct Condition {
    std::string_view key;
    ValueTest test;
};

// A connection to the backend that serves one client alone, for as long as that client needs it:
// its transactions, its blocking commands, its subscriptions. What is sent goes as it is; what
// comes is handed over value by value, replies and pushes alike, in their order: which is which,
// only its owner knows. Destroying it closes it at once.
//
// Threads: its lane's. The listener is told from within handlers of the lane, never from within a
// call.
class PrivateConnection {
  public:
    class Listener {
      public:
        // One whole value of RESP.
        virtual void on_value(const net::Slice& value) = 0;
        // It could not be made, or ended. Nothing comes after this; it may be destroyed in it.
        virtual void on_lost(Errc why) = 0;

      protected:
        ~Listener() = default;
    };

    virtual ~PrivateConnection() = default;

    // Until it is connected, commands wait. What one round of the lane sends leaves in one write.
    virtual void send(const net::Slice& command) = 0;
    // Whether a value is due within the operation time-out, counted from this call: without one the
    // connection is lost with Errc::backend_timeout. A blocking command is not: it may take for
    // ever.
    virtual void expect_value(bool within_time) = 0;
    // Takes nothing from the backend while held: for a client that reads slower than it is sent to.
    virtual void hold(bool is_held) = 0;
    // Nothing more will be sent. The backend says what it has to say at once, and does not wait
    // with who is blocked; then the connection is lost.
    virtual void end() = 0;
    // What the backend calls it (CLIENT ID); 0 while it is not connected, or when it does not tell.
    virtual std::int64_t id() const noexcept = 0;
};

// Where the truth lives.
//
// Commands of one route take effect, and are completed, in the order in which they were given.
// Nothing is ever sent twice: after a failure a write may or may not have taken effect.
//
// Threads: what takes a route, on the thread of its lane; everything else: the owner's.
class Backend {
  public:
    virtual ~Backend() = default;

    // Asks for a key's value and what is left of its life.
    virtual void get(const Route& route, std::string_view key, GetCompletion& completion) = 0;

    // The same for several keys at once: one MGET. The views need to last only for the call.
    virtual void get_many(const Route& route, std::span<const std::string_view> keys,
                          GetManyCompletion& completion) = 0;

    // Sends one command, given as a RESP array of bulk strings, whole and well-formed. Only
    // commands that get exactly one reply and leave nothing behind on the connection may come here.
    virtual void forward(const Route& route, const net::Slice& command,
                         ForwardCompletion& completion) = 0;

    // The same, but only if the condition holds at the very moment at which the command takes
    // effect: nobody changes the key in between. The key needs to last only for the call. Its place
    // among the other commands of the route is anywhere between the call and its completion. A key
    // of another type fails with the backend's error line; Errc::too_many_private_connections:
    // none can be lent for it.
    virtual void forward_if(const Route& route, Condition condition, const net::Slice& command,
                            ConditionalCompletion& completion) = 0;

    // What the backend says to SELECT with that word, without any effect on the route.
    virtual void try_select(const Route& route, std::string_view database,
                            ForwardCompletion& completion) = 0;

    // Lends a connection that has the route's database selected and speaks its dialect. Null when
    // as many are lent as may be, or this backend has none to lend. The listener outlives it.
    virtual std::unique_ptr<PrivateConnection> lend(const Route& route,
                                                    PrivateConnection::Listener& listener) = 0;
    // Takes one back for the next who needs one. It must be as `route` says, and nothing of it
    // outstanding: no transaction, no watched key, no subscription, no reply.
    virtual void take_back(std::unique_ptr<PrivateConnection> connection, const Route& route) = 0;
    // Whether it lends any, and how many are lent now.
    //
    // Threads: any.
    virtual bool lends() const noexcept = 0;
    virtual std::size_t lent() const noexcept = 0;

    // The database of whoever has not chosen another.
    //
    // Threads: any.
    virtual std::uint32_t home_database() const noexcept = 0;

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
