#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "backend/backend.hpp"
#include "backend/redis/backoff.hpp"
#include "backend/redis/connector.hpp"
#include "backend/redis/context.hpp"
#include "backend/redis/expected_replies.hpp"
#include "backend/redis/outbox.hpp"
#include "backend/redis/reply_dealer.hpp"
#include "base/clock.hpp"
#include "net/async.hpp"
#include "net/block.hpp"
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
    // The home link is the one that says whether the backend is reachable, and which server it is;
    // others come and go as clients choose other databases and dialects.
    struct Purpose {
        net::LaneId lane;
        Footing footing;
        bool is_home;
    };

    Link(const Context& shared, const Purpose& purpose);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    void start();
    void stop();

    // As Backend's.
    void get(std::string_view key, GetCompletion& completion);
    void get_many(std::span<const std::string_view> keys, GetManyCompletion& completion);
    void forward(const net::Slice& command, ForwardCompletion& completion);
    void try_select(std::string_view database, ForwardCompletion& completion);

    // Threads: any.
    bool is_up() const noexcept { return is_up_.load(std::memory_order_relaxed); }

    // The server it is connected to, or was last, as a fingerprint of its run_id; 0: not known.
    std::uint64_t server() const noexcept { return replies_.server(); }

    const Footing& footing() const noexcept { return purpose_.footing; }
    // Whether nobody waits for anything, and when it was asked last.
    bool is_idle() const noexcept { return replies_.expected().empty(); }
    TimePoint used_at() const noexcept { return used_at_; }
    // After stop(): nothing of it is under way any more, and it may be destroyed.
    bool has_ended() const noexcept {
        return has_ended_ && !outbox_.is_writing() && !is_flush_posted_ && !is_watching_;
    }

  private:
    enum class State {
        connecting,  // commands are queued
        up,
        down,     // the last attempt failed: commands fail at once
        stopped,  // for good
    };

    net::Awaitable<> keep_connected();
    net::Awaitable<bool> connect();
    net::Awaitable<> read_replies();
    net::Awaitable<> pause();
    void on_late_attempt();
    net::Awaitable<boost::system::error_code> read_some();

    void report_connection();
    void report_refusal(std::string_view why);
    void report_strange_server();

    bool may_queue() const noexcept { return state_ == State::up || state_ == State::connecting; }
    template <class Completion>
    void refuse(Completion& completion);
    void expect(Asker asker, std::size_t replies, std::chrono::milliseconds more_time = {});
    void flush_soon();
    void flush();
    void on_written(boost::system::error_code error);
    void on_late_write();

    void watch_deadlines();
    void on_deadline();
    void close_socket();
    void fail_all(Errc why);

    net::IoContext& context_;
    const Purpose purpose_;
    const Config& config_;
    const Clock& clock_;
    Acquaintance& acquaintance_;
    Connector connector_;
    Socket socket_;
    Timer pause_timer_;
    Timer deadline_timer_;

    State state_ = State::connecting;
    std::atomic<bool> is_up_{false};
    ReplyDealer replies_;
    Outbox outbox_;
    std::uint64_t connection_ = 0;  // counted: writes of an earlier one may end late
    bool is_flush_posted_ = false;
    bool is_watching_ = false;
    bool has_ended_ = false;
    TimePoint used_at_;
    TimePoint heard_at_{};     // when bytes came last
    TimePoint answered_at_{};  // when a question was answered last
    Errc loss_ = Errc::backend_connection_lost;
    Backoff backoff_;
    TimePoint connected_at_{};
    bool is_strangeness_told_ = false;
    std::string last_refusal_;
};

}  // namespace nearcache::backend::redis
