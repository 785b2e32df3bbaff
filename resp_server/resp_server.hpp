#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/connections.hpp"
#include "net/listener.hpp"
#include "resp_server/catalogue_reader.hpp"
#include "resp_server/context.hpp"

namespace nearcache::resp_server {

// The RESP door: a listener on a strand of its own, and the sessions of each lane.
//
// Threads: the owner's, except open_connections().
class RespServer {
  public:
    struct Services {
        net::IoThreads& threads;
        cache::CacheService& cache;
        const Clock& clock;
        net::Limiter& in_flight;
        net::Limiter& connections;
        Facts& facts;
    };

    // Binds; throws when it cannot.
    RespServer(const Config& config, const Services& services);

    void start();
    // Takes no new clients, and lets go of those it has once they have their answers.
    void drain();
    void cut();

    std::vector<std::string> addresses() const { return listener_.addresses(); }

    // For commands of those who have no connection here (Conversation).
    Context& context() noexcept { return context_; }

    // Threads: any.
    std::size_t open_connections() const noexcept { return lanes_.size(); }

  private:
    void serve(net::LaneId lane, net::Socket socket, net::Limiter::Permit place);

    const Config config_;
    Context context_;
    CatalogueReader catalogue_reader_;
    net::ConnectionLanes lanes_;
    net::Listener listener_;
};

}  // namespace nearcache::resp_server
