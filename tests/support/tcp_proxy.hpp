#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>

#include "tests/support/passage.hpp"
#include "tests/support/socket.hpp"

namespace nearcache::tests {

// Stands between nearcache and Redis and passes everything on, until it is told not to: what holds
// a connection up, tears it, or lies on it.
//
// Threads: any; it has one of its own.
class TcpProxy {
  public:
    // Of what nearcache opens, the control connection is the one that says CLIENT ID, CLIENT
    // TRACKING or SUBSCRIBE.
    enum class Kind { control, data };
    enum class Way { to_redis, to_nearcache };

    explicit TcpProxy(std::uint16_t target);
    ~TcpProxy();
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;

    std::uint16_t port() const { return port_.port(); }
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(port()); }

    // Holds bytes back without closing, on the connections of this kind that are there and on
    // those to come. What was held arrives after resume().
    void stall(Kind kind, Way way);
    void stall(Kind kind);
    void resume(Kind kind);
    // Closes those that are there.
    void cut(Kind kind);
    std::size_t count(Kind kind) const;

    // Connections to come are led to another server.
    void lead_to(std::uint16_t target);
    // A server that says OK to CLIENT TRACKING and does not know it.
    void answer_tracking_itself();
    // A server that delivers nothing of what is published.
    void swallow_messages();
    // Every command of a data connection gets this reply instead of Redis's; empty: Redis's again.
    void answer_data_with(const std::string& reply);

  private:
    void change(const std::function<void(PassageRules&)>& how);
    void wake() const;
    void run();
    // Who is polled for what: in the order of the passages, behind wake_ and port_.
    struct Polled {
        std::vector<pollfd> entries;
        std::size_t cuts = 0;
    };
    Polled interests() const;
    void admit();
    void move_all(const Polled& polled);

    ListeningPort port_;
    int wake_ = -1;
    mutable std::mutex mutex_;
    // Under the mutex.
    std::uint16_t target_;
    PassageRules rules_;
    std::list<Passage> passages_;
    std::size_t cuts_ = 0;
    bool stops_ = false;

    std::thread thread_;
};

}  // namespace nearcache::tests
