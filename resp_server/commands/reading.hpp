#pragma once

#include "resp_server/client.hpp"

namespace nearcache::resp_server {

// One key that a client waits for: keeps its writes back while the answer comes by another way than
// what it forwards.
//
// Threads: its session's lane.
class Reading : public cache::LoadWaiter {
  public:
    explicit Reading(Client& client) : LoadWaiter(client.route()), client_(client) {}

    // With what load() has returned.
    void began(cache::CacheService::Joined joined) noexcept {
        is_elsewhere_ = joined == cache::CacheService::Joined::another_route || client_.own();
        if (is_elsewhere_) client_.read_sent_elsewhere();
    }

  protected:
    ~Reading() = default;

    Client& client() noexcept { return client_; }
    void ended() noexcept {
        if (is_elsewhere_) client_.read_elsewhere_answered();
    }

  private:
    Client& client_;
    bool is_elsewhere_ = false;
};

}  // namespace nearcache::resp_server
