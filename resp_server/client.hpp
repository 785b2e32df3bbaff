#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "resp/dialect.hpp"
#include "resp_server/client_list.hpp"
#include "resp_server/context.hpp"
#include "resp_server/reply_queue.hpp"

namespace nearcache::resp_server {

class OwnConnection;

// What the backend says of a command that nobody here knows, while the command waits for it.
struct CommandInquiry {
    bool is_answered = false;
    // What it said: a command; or neither, when it does not know it.
    const BackendCommand* command = nullptr;
    std::optional<Errc> failure;
};

// What its lane says of a client that CLIENT TRACKING wants to redirect to, while the command waits
// for it.
struct RedirectionInquiry {
    bool is_answered = false;
    std::int64_t backend_id = 0;  // of that client's own connection; 0 when it has none
};

// The connection of a client, as far as commands are about it.
//
// Threads: its session's lane.
class ClientSocket {
  public:
    virtual std::string peer() const = 0;   // "127.0.0.1:50000"
    virtual std::string local() const = 0;  // the same of our side
    virtual int descriptor() const = 0;     // -1: there is none (any more)
    // One whose connection was closed may linger until the last of its handlers has run.
    virtual bool is_connected() const { return descriptor() >= 0; }
    virtual std::size_t unread_bytes() const = 0;  // that came and are not executed yet
    // Closes it now, without another word.
    virtual void hang_up() = 0;

  protected:
    ~ClientSocket() = default;
};

// A client as its commands see it: who it is, its replies, and what it still waits for.
//
// One client's commands take effect in the order it sent them. Its own commands go up one link, so
// they stay in order there; the two ways around that link are guarded here:
// - a read must not be answered from the cache, or from somebody else's flight, while a write of
//   the same client to that key is unanswered: it is forwarded behind the write instead;
// - a write must not be sent while a read of the same client waits for a flight on another link: it
//   could take effect before that read.
// Whatever moves a client to another link waits until nothing of it is pending.
//
// Threads: its session's lane.
class Client : public ClientListHook {
  public:
    // The socket may be null in tests.
    Client(Context& context, net::LaneId lane, std::function<void()> on_reply_ready,
           ClientSocket* socket = nullptr);
    ~Client();

    Context& context() noexcept { return context_; }
    const Context& context() const noexcept { return context_; }
    cache::CacheService& cache() noexcept { return context_.cache; }
    net::LaneId lane() const noexcept { return lane_; }
    std::uint64_t id() const noexcept { return id_; }
    ClientSocket* socket() const noexcept { return socket_; }

    ReplyQueue& replies() noexcept { return replies_; }
    const ReplyQueue& replies() const noexcept { return replies_; }
    // Where the reply of the command being executed goes when it is known at once.
    Output& out() noexcept { return replies_.tail(); }

    // The time of this round: read once for all commands that arrived together.
    TimePoint now() const noexcept { return now_; }
    void set_now(TimePoint now) noexcept { now_ = now; }
    TimePoint connected_at() const noexcept { return connected_at_; }

    // What the words of the command being executed lie in, so that a large one need not be copied.
    const net::Block* request_block() const noexcept { return request_block_; }
    void set_request_block(const net::Block* block) noexcept { request_block_ = block; }

    // HELLO
    resp::Dialect dialect() const noexcept { return route_.dialect; }
    void set_dialect(resp::Dialect dialect) noexcept { route_.dialect = dialect; }
    // SELECT
    const cache::Database& database() const noexcept { return database_; }
    void set_database(std::uint32_t number);
    // The shared link on which its commands go up.
    const cache::Route& route() const noexcept { return route_; }
    cache::Key key(std::string_view text) const { return {text, database_}; }

    // Its own connection to the backend, while it has one: then all that it forwards goes there.
    OwnConnection* own() const noexcept { return own_.get(); }
    // Gets it one; null when there is none to be had. Only while nothing is pending.
    OwnConnection* lend_own();
    // Lets go of it, whatever its state; who still waits there is told why.
    void drop_own(std::optional<Errc> why = Errc::backend_connection_lost);
    // Whether reads may be answered from the cache, as far as its own connection is concerned.
    bool reads_cache() const noexcept {
        return database_.is_cached && (!own_ || own_reads_cache());
    }

    // Nothing more of it is executed until what it waits for has been answered: a command that
    // blocks, or one that decides where those behind it go.
    bool is_held_back() const noexcept { return holds_ != 0; }
    void hold_back() noexcept { ++holds_; }
    void let_go_on() noexcept { --holds_; }
    // Blocked in the sense of CLIENT UNBLOCK.
    bool is_blocked() const noexcept;

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
    // The same, at a moment when none of its commands is being executed.
    void end() {
        leave();
        replies_.wake();
    }

    // What CLIENT REPLY asked for. `skipping` is the command that is being executed; `skip_next`
    // becomes that when the present one is done.
    enum class Replying : std::uint8_t { on, off, skip_next, skipping };
    Replying replying() const noexcept { return replying_; }
    void set_replying(Replying how) noexcept;
    // After each command, while it is not `on`.
    void command_done() noexcept;

    std::string name;                       // CLIENT SETNAME
    std::string library_name;               // CLIENT SETINFO
    std::string library_version;            // the same
    std::optional<CommandInquiry> inquiry;  // of the command that is to be executed next
    std::optional<RedirectionInquiry> redirection_inquiry;  // the same
    std::string_view last_command;                          // a name in a table that never goes

  private:
    bool own_reads_cache() const noexcept;

    Context& context_;
    const net::LaneId lane_;
    const std::uint64_t id_;
    ClientSocket* const socket_;
    const TimePoint connected_at_;
    ReplyQueue replies_;
    cache::Database database_;
    cache::Route route_;
    TimePoint now_{};
    const net::Block* request_block_ = nullptr;
    std::size_t holds_ = 0;
    std::size_t unanswered_writes_ = 0;
    std::size_t flushes_ = 0;  // unanswered writes that may change any key
    std::size_t reads_elsewhere_ = 0;
    boost::unordered_flat_map<cache::Hash, std::uint32_t> written_;
    bool is_leaving_ = false;
    Replying replying_ = Replying::on;
    std::unique_ptr<OwnConnection> own_;
};

}  // namespace nearcache::resp_server
