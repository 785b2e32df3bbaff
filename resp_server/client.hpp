#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "resp_server/context.hpp"
#include "resp_server/reply_queue.hpp"

namespace nearcache::resp_server {

// What the backend says of a command that nobody here knows, while the command waits for it.
struct CommandInquiry {
    bool is_answered = false;
    // What it said: a command; or neither, when it does not know it.
    const BackendCommand* command = nullptr;
    std::optional<Errc> failure;
};

// A client as its commands see it: who it is, its replies, and what it still waits for.
//
// One client's commands take effect in the order it sent them. Its own commands go up one link, so
// they stay in order there; the two ways around that link are guarded here:
// - a read must not be answered from the cache, or from somebody else's flight, while a write of
// the
//   same client to that key is unanswered: it is forwarded behind the write instead;
// - a write must not be sent while a read of the same client waits for a flight on another lane's
//   link: it could take effect before that read.
//
// Threads: its session's lane.
class Client {
  public:
    Client(Context& context, net::LaneId lane, std::function<void()> on_reply_ready);

    Context& context() noexcept { return context_; }
    cache::CacheService& cache() noexcept { return context_.cache; }
    net::LaneId lane() const noexcept { return lane_; }
    std::uint64_t id() const noexcept { return id_; }

    ReplyQueue& replies() noexcept { return replies_; }
    const ReplyQueue& replies() const noexcept { return replies_; }
    // Where the reply of the command being executed goes when it is known at once.
    Output& out() noexcept { return replies_.tail(); }

    // The time of this round: read once for all commands that arrived together.
    TimePoint now() const noexcept { return now_; }
    void set_now(TimePoint now) noexcept { now_ = now; }

    bool wrote(cache::Hash key) const {
        return unanswered_writes_ != 0 && (flushes_ != 0 || written_.contains(key));
    }
    void write_sent(const cache::Written& written);
    void write_answered(const cache::Written& written);

    bool waits_elsewhere() const noexcept { return reads_elsewhere_ != 0; }
    void read_sent_elsewhere() noexcept { ++reads_elsewhere_; }
    void read_elsewhere_answered() noexcept { --reads_elsewhere_; }

    // No more commands are taken; the connection closes once all replies are out.
    bool is_leaving() const noexcept { return is_leaving_; }
    void leave() noexcept { is_leaving_ = true; }

    std::string name;                       // CLIENT SETNAME
    std::optional<CommandInquiry> inquiry;  // of the command that is to be executed next

  private:
    Context& context_;
    const net::LaneId lane_;
    const std::uint64_t id_;
    ReplyQueue replies_;
    TimePoint now_{};
    std::size_t unanswered_writes_ = 0;
    std::size_t flushes_ = 0;  // unanswered writes that may change any key
    std::size_t reads_elsewhere_ = 0;
    boost::unordered_flat_map<cache::Hash, std::uint32_t> written_;
    bool is_leaving_ = false;
};

}  // namespace nearcache::resp_server
