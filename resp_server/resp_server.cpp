#include "resp_server/resp_server.hpp"

#include "resp_server/session.hpp"

namespace nearcache::resp_server {

namespace {

net::Listener::Options listener_options(const Config& config, std::size_t threads) {
    net::Listener::Options options;
    options.name = "resp";
    options.endpoint = config.listen;
    // The HTTP listener's strand is on lane 0: with more than one lane they do not share a thread.
    options.home = 1 % threads;
    options.refusal = "-ERR max number of clients reached\r\n";
    return options;
}

}  // namespace

RespServer::RespServer(const Config& config, const Services& services)
    : config_(config),
      context_{config_,
               services.threads,
               services.cache,
               services.clock,
               services.in_flight,
               services.connections,
               services.facts,
               std::deque<Counters>(services.threads.size())},
      catalogue_reader_(services.threads, services.cache, services.clock, context_.commands),
      lanes_(services.threads, services.clock),
      listener_(services.threads, services.connections,
                listener_options(config, services.threads.size()),
                [this](net::LaneId lane, net::Socket socket, net::Limiter::Permit place) {
                    serve(lane, std::move(socket), std::move(place));
                }) {
    services.facts.tcp_port = listener_.port();
}

void RespServer::start() {
    catalogue_reader_.start();
    listener_.start();
}

void RespServer::serve(net::LaneId lane, net::Socket socket, net::Limiter::Permit place) {
    const Session::Place where{context_, lanes_[lane], lane};
    lanes_[lane].add(std::make_unique<Session>(where, std::move(socket), std::move(place)));
}

void RespServer::drain() {
    listener_.stop();
    catalogue_reader_.stop();
    lanes_.drain_all();
}

void RespServer::cut() { lanes_.cut_all(); }

}  // namespace nearcache::resp_server
