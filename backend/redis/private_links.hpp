#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include <boost/intrusive/list.hpp>

#include "backend/backend.hpp"
#include "backend/redis/connector.hpp"
#include "backend/redis/context.hpp"
#include "backend/redis/private_link.hpp"
#include "backend/redis/sweep_timer.hpp"
#include "net/io_threads.hpp"
#include "net/limiter.hpp"

namespace nearcache::backend::redis {

// The private links of one lane: lends them out, and keeps a few of those that come back for the
// next who needs such a one. All lanes together lend as many as the limiter has slots; what is kept
// is not lent, so it never stands in anybody's way.
//
// Threads: its lane's.
class PrivateLinks {
  public:
    static constexpr std::size_t most_resting = 16;
    static constexpr std::chrono::seconds kept_unused{60};

    PrivateLinks(const Context& shared, net::LaneId lane, net::Limiter& limiter);
    ~PrivateLinks();
    PrivateLinks(const PrivateLinks&) = delete;
    PrivateLinks& operator=(const PrivateLinks&) = delete;

    // As Backend's.
    std::unique_ptr<PrivateConnection> lend(const Route& route,
                                            PrivateConnection::Listener& listener);
    void take_back(std::unique_ptr<PrivateConnection> connection, const Route& route);
    void stop();
    bool is_stopped() const noexcept { return sweeps_.is_stopped(); }

    // For a link that is closed, when nothing of it is under way.
    void remove(PrivateLink& link) noexcept;

  private:
    PrivateLink* take_resting(const Route& route);
    PrivateLink& open(const Route& route);
    void close_oldest();
    bool sweep();

    const Context shared_;
    const net::LaneId lane_;
    net::Limiter& limiter_;
    boost::intrusive::list<PrivateLink> links_;  // all there are; owned
    std::vector<PrivateLink*> resting_;          // those nobody has, the latest last
    SweepTimer sweeps_;
};

}  // namespace nearcache::backend::redis
