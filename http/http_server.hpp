#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/context.hpp"
#include "http/origin/origin.hpp"
#include "net/connections.hpp"
#include "net/listener.hpp"

namespace nearcache::http {

// The HTTP door: a listener on a strand of its own, and the sessions of each lane.
//
// Threads: the owner's, except open_connections().
class HttpServer {
  public:
    struct Services {
        net::IoThreads& threads;
        cache::CacheService& cache;
        const Clock& clock;
        net::Limiter& in_flight;
        net::Limiter& connections;
        CommandGate& commands;
    };

    // Binds; throws when it cannot.
    HttpServer(const Config& config, const Services& services);

    // Says to those who ask where the RESP door is.
    void start(std::uint16_t resp_port);
    // Takes no new clients, and lets go of those it has once they have their answers.
    void drain();
    void cut();

    std::vector<std::string> addresses() const { return listener_.addresses(); }

    // Threads: any.
    std::size_t open_connections() const noexcept { return lanes_.size(); }

  private:
    void serve(net::LaneId lane, net::Socket socket, net::Limiter::Permit place);

    const Config config_;
    origin::Origin origin_;
    Context context_;
    net::ConnectionLanes lanes_;
    net::Listener listener_;
};

}  // namespace nearcache::http
