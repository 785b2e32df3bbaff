#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>

#include "cache/cache_service.hpp"
#include "resp_server/reply_queue.hpp"
#include "resp_server/subscriptions.hpp"
#include "resp_server/transaction.hpp"

namespace nearcache::resp_server {

class Client;
class OwnConnection;

// A command on its client's own connection, and its place in the line of replies. By default it
// gets one value, which is passed on as it is.
//
// Threads: its session's lane.
class OwnReply : public PendingReply {
  public:
    struct Request {
        std::optional<net::Limiter::Permit> permit = std::nullopt;
        std::size_t bytes = 0;  // of the command, held until it is answered
        cache::Written written = {};
        bool holds_back = false;  // nothing behind it is executed before it is answered
        bool blocks = false;      // nor that, and the answer may never come
        // It needs no permit of its own: what it belongs to was let in already.
        bool follows = false;
    };

    OwnReply(Client& client, Request request);
    ~OwnReply() override;

  protected:
    Client& client() noexcept { return client_; }
    OwnConnection& connection() noexcept;

    // Whether it is answered by confirmations of subscriptions, which RESP3 has as pushes.
    virtual bool is_confirmed() const noexcept { return false; }
    // A value that is no push. True when it was the last that belongs to the command.
    virtual bool take(const net::Slice& value);
    // The connection is gone.
    virtual void fail(Errc why);

  private:
    friend class OwnConnection;

    // What it may have changed is dropped; the client is told.
    void finish();

    Client& client_;
    const cache::Written written_;
    const bool holds_back_;
    const bool blocks_;
};

// A connection to the backend that one client has to itself, for as long as it needs one: what a
// transaction, a subscription, a blocking command or tracking leave behind on a connection stays
// between this client and the backend. It knows which of the values that come are replies, and to
// what, and which are pushes; and when nothing is left behind any more, it goes back.
//
// Threads: its session's lane.
class OwnConnection final : private cache::PrivateConnection::Listener {
  public:
    // Null when no connection can be had.
    static std::unique_ptr<OwnConnection> lend(Client& client);
    ~OwnConnection();

    // Tells all who wait that nothing will come; without a reason it only ends their waiting.
    void fail_all(std::optional<Errc> why);
    // For the end of the client, or of the server: the backend answers what it can at once, and
    // waits for nobody. Who is not answered then is told why, or nothing; and a client that is told
    // nothing is served no more.
    void end(std::optional<Errc> why);

    // Sends a command whose reply takes its place in the line. Every command that has no reply of
    // another kind goes by the default one.
    void send(const net::Slice& command, std::unique_ptr<OwnReply> reply);
    // Sends a command whose reply, one value, is of no interest.
    void send_unheard(std::string_view command);
    // Sends one more command for the reply that is just being taken, and takes that of this, too.
    void send_more(std::string_view command) { connection_->send({command}); }

    // What it is needed for.
    Subscriptions subscriptions;
    Transaction transaction;
    bool is_watching = false;
    bool is_monitoring = false;
    bool is_tracking = false;
    // Redis goes on remembering what a connection has read, and tells it when it tracks again: it
    // must never be another client's.
    bool has_tracked = false;
    bool is_broadcasting = false;  // CLIENT TRACKING BCAST
    bool is_exempt = false;        // CLIENT NO-EVICT
    bool is_touchless = false;     // CLIENT NO-TOUCH
    bool is_target = false;        // CLIENT TRACKING of another redirects, or did so once, to here
    bool is_marked = false;        // by a command of which nobody here knows what it leaves behind
    std::int64_t redirected_to = 0;  // the client of ours that CLIENT TRACKING redirects to

    // Whatever the client says now has to be heard by the backend: it queues it, or refuses it.
    bool hears_everything() const noexcept;
    // Nothing from the cache while Redis has to hear of the client's reads.
    bool reads_cache() const noexcept;
    bool is_blocked() const noexcept;
    // Ends by itself only when the client does, or is about to wait like that.
    bool is_endless() const noexcept;

    // What the backend calls it; 0 when it is not known.
    std::int64_t id() const noexcept { return connection_->id(); }

    // The client has taken some of what came. This object may be gone afterwards.
    void on_taken();
    // When nothing is left behind on it, and nothing is to come. The same.
    void give_back_if_idle();

    // What a SELECT or HELLO that went over it made of it.
    void set_database(std::uint32_t number) noexcept { route_.database = number; }
    void set_dialect(resp::Dialect dialect) noexcept { route_.dialect = dialect; }

  private:
    explicit OwnConnection(Client& client);

    void on_value(const net::Slice& value) override;
    void on_lost(Errc why) override;

    bool has_state() const noexcept;
    bool is_push(std::string_view value) const noexcept;
    void pass_push(const net::Slice& value);
    void answer(const net::Slice& value);
    void expect_next();
    void hold_if_slow();

    // How it ends, once that is decided.
    struct End {
        std::optional<Errc> why;
    };

    Client& client_;
    cache::Route route_;              // what it is, once what was sent has taken effect
    std::deque<OwnReply*> expected_;  // null: nobody hears it
    bool is_held_ = false;
    std::optional<End> end_;
    std::unique_ptr<cache::PrivateConnection> connection_;
};

}  // namespace nearcache::resp_server
