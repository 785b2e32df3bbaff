#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "backend/backend.hpp"
#include "backend/redis/backoff.hpp"
#include "backend/redis/connector.hpp"
#include "backend/redis/context.hpp"
#include "backend/redis/reply_framer.hpp"
#include "base/clock.hpp"
#include "net/async.hpp"
#include "net/input.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

// One pipelined connection of one lane to Redis: queues commands, sends all of one round of the
// lane in one write, and hands replies out in order. It connects by itself, for ever, with growing
// pauses.
//
// Who waits longer than operation_timeout is told so; the reply, if it still comes, is thrown away.
// A connection on which nothing at all came for that long is given up, and with it all who wait; so
// is one whose replies come, but for commands that were given up as long ago: what is queued behind
// them would be late as well, and more would queue up than is answered.
//
// While a healthy connection is being replaced, commands wait for the outcome of the first attempt;
// once that failed, commands fail at once until an attempt succeeds. The queue of expected replies
// belongs to one connection: when that ends, for whatever reason, all who wait are told so, and no
// reply can ever reach anyone else. Nothing is sent twice.
//
// Threads: its lane's, except is_up().
class Link {
  public:
    Link(const Context& shared, net::LaneId lane);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    void start();
    void stop();

    void get(std::string_view key, GetCompletion& completion);
    void forward(std::string_view command, ForwardCompletion& completion);

    // Threads: any.
    bool is_up() const noexcept { return is_up_.load(std::memory_order_relaxed); }

    // The server it is connected to, or was last, as a fingerprint of its run_id; 0: not known.
    std::uint64_t server() const noexcept { return server_; }

  private:
    enum class State {
        connecting,  // commands are queued
        up,
        down,     // the last attempt failed: commands fail at once
        stopped,  // for good
    };

    // Whose replies come next. Of a lookup two replies come: the value, and its remaining life.
    struct Expected {
        bool is_lookup;
        GetCompletion* lookup;         // null once told that it took too long
        ForwardCompletion* forwarded;  // the same
        TimePoint deadline;

        bool is_awaited() const noexcept { return lookup != nullptr || forwarded != nullptr; }
    };

    net::Awaitable<> keep_connected();
    net::Awaitable<bool> connect();
    net::Awaitable<> read_replies();
    net::Awaitable<> pause();
    void on_late_attempt();
    net::Awaitable<boost::system::error_code> read_some();

    void report_refusal(std::string_view why);
    void report_strange_server();

    void expect(const Expected& expected);
    bool may_queue() const noexcept { return state_ == State::up || state_ == State::connecting; }
    void flush_soon();
    void flush();
    bool take_replies();
    bool take_lookup(std::string_view bytes, GetCompletion* completion);
    void watch_deadlines();
    void on_deadline();
    void tell_failed(Expected& expected, Errc why);
    template <class Completion>
    void fail_soon(Completion& completion, Errc why);
    // Why a command is not queued.
    Errc refusal() const noexcept {
        return state_ == State::stopped ? Errc::shutting_down : Errc::backend_unreachable;
    }
    void close_socket();
    void fail_all(Errc why);

    net::IoContext& context_;
    const net::LaneId lane_;
    const Config& config_;
    const Clock& clock_;
    Acquaintance& acquaintance_;
    Connector connector_;
    Socket socket_;
    Timer pause_timer_;
    Timer deadline_timer_;

    State state_ = State::connecting;
    std::atomic<bool> is_up_{false};
    std::deque<Expected> expected_;
    std::string queued_;   // commands not written yet
    std::string writing_;  // commands being written
    bool is_writing_ = false;
    bool is_flush_posted_ = false;
    bool is_watching_ = false;
    TimePoint heard_at_{};     // when bytes came last
    TimePoint answered_at_{};  // when a reply became complete last
    net::Input input_;
    ReplyFramer framer_;
    std::size_t value_size_ = 0;  // of a lookup's first reply, while its second is not complete
    Errc loss_ = Errc::backend_connection_lost;
    Backoff backoff_;
    TimePoint connected_at_{};
    std::uint64_t server_ = 0;
    bool is_server_strange_ = false;  // known not to be the one that tells of changes
    std::string last_refusal_;
};

}  // namespace nearcache::backend::redis
