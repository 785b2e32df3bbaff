#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/intrusive/list.hpp>

#include "backend/backend.hpp"
#include "backend/redis/connector.hpp"
#include "backend/redis/context.hpp"
#include "backend/redis/outbox.hpp"
#include "backend/redis/reply_framer.hpp"
#include "base/clock.hpp"
#include "net/async.hpp"
#include "net/input.hpp"
#include "net/io_threads.hpp"
#include "net/limiter.hpp"

namespace nearcache::backend::redis {

class LentLink;
class PrivateLinks;

// A connection to Redis that belongs to one client at a time, and to nobody in between. Connects
// once; when it ends it is over, and its owner destroys it as soon as nothing of it is under way.
//
// Threads: its lane's.
class PrivateLink : public boost::intrusive::list_base_hook<> {
  public:
    using Listener = PrivateConnection::Listener;

    PrivateLink(const Context& shared, net::LaneId lane, PrivateLinks& owner);
    ~PrivateLink();
    PrivateLink(const PrivateLink&) = delete;
    PrivateLink& operator=(const PrivateLink&) = delete;

    void start(const Footing& footing);

    // From here on it is the borrower's, until that gives it back, destroys it, or loses it.
    std::unique_ptr<LentLink> lend(Listener& listener, net::Limiter::Permit permit);
    // Takes it back. False when it cannot be used again, and is closed.
    bool rest(const Footing& footing);
    // Whether it can be lent again: nothing came that nobody has asked for.
    bool is_clean();
    bool is_lent() const noexcept { return listener_ != nullptr; }
    const Footing& footing() const noexcept { return footing_; }
    TimePoint rests_since() const noexcept { return rests_since_; }

    void close();
    // Tells the borrower, if there is one.
    void lose(Errc why);

  private:
    friend class LentLink;
    enum class State { connecting, up, closed };

    // As PrivateConnection's.
    void send(const net::Slice& command);
    void expect_value(bool within_time);
    void hold(bool is_held);
    void end();
    // The borrower is gone.
    void let_go();

    // A handler of this link: it stays until that has run, and may be gone afterwards.
    template <class Handler>
    auto counted(Handler handler) {
        ++under_way_;
        return [this, handler = std::move(handler)](auto&&... outcome) {
            handler(std::forward<decltype(outcome)>(outcome)...);
            leave();
        };
    }
    void leave();

    net::Awaitable<> connect();
    void go_on();
    void on_read(boost::system::error_code error, std::size_t size);
    void take_values();
    void flush_soon();
    void flush();
    void watch_deadline();
    void on_deadline();
    void detach() noexcept;

    net::IoContext& context_;
    const Config& config_;
    const Clock& clock_;
    PrivateLinks& owner_;
    Connector connector_;
    Socket socket_;
    Timer deadline_timer_;

    State state_ = State::connecting;
    Footing footing_;
    std::int64_t id_ = 0;
    Listener* listener_ = nullptr;  // whose it is; null while it rests, and when it is over
    LentLink* lent_ = nullptr;      // what the borrower holds
    std::optional<net::Limiter::Permit> permit_;
    TimePoint rests_since_{};

    Outbox outbox_;
    net::Input input_;
    ReplyFramer framer_;
    TimePoint due_ = TimePoint::max();  // of the next value
    std::size_t under_way_ = 0;         // handlers that were not run yet
    bool is_reading_ = false;
    bool is_held_ = false;
    bool is_ending_ = false;  // nothing more is sent
    bool is_flush_posted_ = false;
    bool is_watching_ = false;
};

// What the borrower of a private link holds. Outlives the link it stands for: then it does nothing.
//
// Threads: its lane's.
class LentLink final : public PrivateConnection {
  public:
    explicit LentLink(PrivateLink& link) noexcept : link_(&link) {}
    ~LentLink() override;
    LentLink(const LentLink&) = delete;
    LentLink& operator=(const LentLink&) = delete;

    void send(const net::Slice& command) override;
    void expect_value(bool within_time) override;
    void hold(bool is_held) override;
    void end() override;
    std::int64_t id() const noexcept override;

    // Null when it is over.
    PrivateLink* link() const noexcept { return link_; }

  private:
    friend class PrivateLink;

    PrivateLink* link_;
};

}  // namespace nearcache::backend::redis
