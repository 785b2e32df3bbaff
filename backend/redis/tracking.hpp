#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend/invalidation.hpp"
#include "backend/redis/arming.hpp"
#include "backend/redis/backoff.hpp"
#include "backend/redis/canary.hpp"
#include "backend/redis/canary_watch.hpp"
#include "backend/redis/connector.hpp"
#include "backend/redis/context.hpp"
#include "backend/redis/conversation.hpp"
#include "backend/redis/heartbeat.hpp"
#include "backend/redis/link.hpp"

namespace nearcache::backend::redis {

// The control connection: makes Redis tell which keys change (CLIENT TRACKING in broadcasting mode,
// redirected to the connection itself, which is subscribed to the channel of such messages), passes
// that on to the listener, and proves all the while that it hears.
//
// It is armed once every answer of the arming sequence was right and, when a canary is wanted and
// can be written, its change has come back. What arrives before is not told: nothing is kept yet.
// Whatever is not as it should be ends the channel at once; it is made anew, for ever.
//
// Threads: start() and stop() the owner's; everything else runs on the control lane.
class Tracking {
  public:
    // The canary is written over the first lane's link, which outlives this.
    Tracking(const Context& shared, Link& first_link);
    Tracking(const Tracking&) = delete;
    Tracking& operator=(const Tracking&) = delete;

    void start(InvalidationListener& listener);
    void stop();

  private:
    // How the channel, or the attempt to have one, ended.
    enum class End {
        failed,   // it could not be made, or was lost before it had proven itself: try again later
        lost,     // it was healthy: try again at once
        refused,  // try again much later
    };

    net::Awaitable<> keep_armed();
    net::Awaitable<> live();
    net::Awaitable<bool> arm();
    net::Awaitable<> listen();
    net::Awaitable<> pause();

    bool take_items();
    void take_key(std::string_view key);
    void take_reply(std::string_view bytes);
    void tell_changed();
    void on_pong();
    void watch_heartbeat();
    void on_heartbeat();

    void send_canary();
    void on_canary_done(const Canary& canary, const Canary::Outcome& outcome);
    void become_armed(Proof proof, std::string_view no_canary_because);

    void end(End how, std::string_view why);
    void report_failure(std::string_view why);
    void report_refusal(std::string_view why);

    const Context shared_;
    const backend::Tracking& config_;
    net::IoContext& context_;
    Link& first_link_;
    InvalidationListener* listener_ = nullptr;
    Connector connector_;
    Conversation conversation_;
    Timer heartbeat_timer_;
    Timer pause_timer_;
    Backoff backoff_;

    // Of the connection there is.
    Heartbeat heartbeat_;
    CanaryWatch canary_watch_;
    std::vector<std::string_view> slice_;  // keys to be told
    bool is_connected_ = false;
    bool is_armed_ = false;
    bool is_healthy_ = false;  // armed, and proven again since
    End end_ = End::failed;

    std::vector<std::unique_ptr<Canary>> canaries_;  // not done yet, perhaps of older connections
    std::string last_failure_;
    std::string last_refusal_;
    bool is_stopped_ = false;
};

}  // namespace nearcache::backend::redis
