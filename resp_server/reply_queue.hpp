#pragma once

#include <cstddef>
#include <cstdint>
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
    // Without a permit it is no request in flight: it waits for something that may never come.
    explicit PendingReply(std::optional<net::Limiter::Permit> permit,
                          std::size_t request_bytes = 0) noexcept
        : permit_(std::move(permit)), request_bytes_(request_bytes) {}
    virtual ~PendingReply() = default;
    PendingReply(const PendingReply&) = delete;
    PendingReply& operator=(const PendingReply&) = delete;

  protected:
    Output& reply() noexcept { return reply_; }
    // What it says is said even to a client that wants no replies.
    void unmute() noexcept { is_muted_ = false; }
    // Gives the permit back. This object may be gone afterwards.
    void ready();
    // What is written of it so far leaves now. Only while it is the first in the line.
    void leave_in_part();

  private:
    friend class ReplyQueue;

    // For one that is written piece by piece, and only while it is the first in the line: the
    // client has taken what was there; or nobody takes anything any more.
    virtual void on_room() {}
    virtual void on_client_gone() {}

    ReplyQueue* queue_ = nullptr;
    std::optional<net::Limiter::Permit> permit_;
    const std::size_t request_bytes_;
    std::uint64_t place_ = 0;  // counted from the first that ever waited
    bool is_ready_ = false;
    bool is_muted_ = false;
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
    Output& tail() noexcept {
        if (diverted_ != nullptr) [[unlikely]]
            return *diverted_;
        return unmuted_tail();
    }
    // The same for what is said even to a client that wants no replies.
    Output& unmuted_tail() noexcept {
        return pending_.empty() ? output_ : pending_.back()->behind_;
    }
    // Replies that are known at once go there instead, until this is called with null.
    void divert(Output* where) noexcept {
        diverted_ = where == nullptr && is_muted_ ? &unheard_ : where;
    }
    // From now on nothing is said, neither at once nor later, to commands that come (CLIENT REPLY).
    void mute(bool is_muted) noexcept;

    // Puts in what is no reply: ahead of the reply that comes next from where it came from, and
    // behind all before that; or, without such a reply, behind all that wait. It is never muted.
    void put_in(const net::Slice& push, const PendingReply* ahead_of);

    // Takes a place in the line.
    void add(std::unique_ptr<PendingReply> pending);

    // Has the connection look again, though nothing has become ready.
    void wake() { on_ready_(); }

    // The connection has sent all that had left; or it is closed.
    void tell_room();
    void tell_client_gone();

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
    void on_part(PendingReply& pending);

    std::function<void()> on_ready_;
    Output output_;
    std::deque<std::unique_ptr<PendingReply>> pending_;
    std::uint64_t first_place_ = 0;  // of the first in pending_
    Output* diverted_ = nullptr;
    bool is_muted_ = false;
    Output unheard_;           // what was said while muted
    std::size_t unready_ = 0;  // of pending_
    std::size_t usual_reply_bytes_ = first_guess_bytes;
    std::size_t held_bytes_ = 0;  // in pending_, but for behind_ of the last
};

}  // namespace nearcache::resp_server
