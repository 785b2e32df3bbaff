#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "net/limiter.hpp"
#include "resp_server/replies.hpp"

namespace nearcache::resp_server {

class ReplyQueue;

// A command that waits, and its place in the line. Whoever derives from it calls ready() once, when
// `reply` is written.
//
// Threads: its session's lane.
class PendingReply {
  public:
    // `request_bytes`: what of the command is held in memory until it is answered.
    explicit PendingReply(net::Limiter::Permit permit, std::size_t request_bytes = 0) noexcept
        : permit_(std::move(permit)), request_bytes_(request_bytes) {}
    virtual ~PendingReply() = default;
    PendingReply(const PendingReply&) = delete;
    PendingReply& operator=(const PendingReply&) = delete;

  protected:
    Output& reply() noexcept { return reply_; }
    // Gives the permit back. This object may be gone afterwards.
    void ready();

  private:
    friend class ReplyQueue;

    ReplyQueue* queue_ = nullptr;
    std::optional<net::Limiter::Permit> permit_;
    const std::size_t request_bytes_;
    bool is_ready_ = false;
    Output reply_;
    Output behind_;  // replies that were there at once, but come after this one
};

// Replies of one connection in the order of its commands: what is known at once goes straight to
// the output while nothing earlier is pending, else behind the last that is.
//
// Threads: its session's lane.
class ReplyQueue {
  public:
    // `on_ready` is called when output() has grown because a pending reply became ready.
    explicit ReplyQueue(std::function<void()> on_ready) : on_ready_(std::move(on_ready)) {}

    // Where the reply to the command being executed goes, if it is known at once.
    Output& tail() noexcept { return pending_.empty() ? output_ : pending_.back()->behind_; }

    // Takes a place in the line.
    void add(std::unique_ptr<PendingReply> pending);

    // What may leave now.
    Output& output() noexcept { return output_; }
    // Nothing may leave, and nothing is waited for.
    bool idle() const noexcept { return pending_.empty() && output_.empty(); }
    std::size_t pending() const noexcept { return pending_.size(); }
    // Bytes of all replies that wait, for whatever reason, and of the commands they wait for. A
    // reply that is still to come counts as much as those before it were long: a client that asks
    // for large values and does not read them is stopped before they are all here.
    std::size_t bytes() const noexcept;

  private:
    friend class PendingReply;
    static constexpr std::size_t first_guess_bytes = 16u * 1024;

    void on_ready(PendingReply& pending);

    std::function<void()> on_ready_;
    Output output_;
    std::deque<std::unique_ptr<PendingReply>> pending_;
    std::size_t unready_ = 0;  // of pending_
    std::size_t usual_reply_bytes_ = first_guess_bytes;
    std::size_t held_bytes_ = 0;  // in pending_, but for behind_ of the last
};

}  // namespace nearcache::resp_server
