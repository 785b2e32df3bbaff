#include "http/http_server.hpp"

#include "http/responses.hpp"
#include "http/session.hpp"

namespace nearcache::http {

namespace {

net::Listener::Options listener_options(const Config& config) {
    Output refusal;
    Manner manner;
    manner.keeps_alive = false;
    append_error(refusal, manner,
                 {Status::service_unavailable, "too many connections", "Retry-After: 1\r\n"});
    net::Listener::Options options;
    options.name = "http";
    options.endpoint = config.listen;
    options.home = 0;
    options.refusal = refusal.text();
    return options;
}

}  // namespace

HttpServer::HttpServer(const Config& config, const Services& services)
    : config_(config),
      origin_(config_.origin, {services.threads, services.cache, services.clock}),
      context_{config_, services.cache, services.clock, services.in_flight, &services.commands,
               &origin_},
      lanes_(services.threads, services.clock),
      listener_(services.threads, services.connections, listener_options(config),
                [this](net::LaneId lane, net::Socket socket, net::Limiter::Permit place) {
                    serve(lane, std::move(socket), std::move(place));
                }) {}

void HttpServer::start(std::uint16_t resp_port) {
    context_.http_port = listener_.port();
    context_.resp_port = resp_port;
    listener_.start();
}

void HttpServer::serve(net::LaneId lane, net::Socket socket, net::Limiter::Permit place) {
    const Session::Place where{context_, lanes_[lane], lane};
    lanes_[lane].add(std::make_unique<Session>(where, std::move(socket), std::move(place)));
}

void HttpServer::drain() {
    listener_.stop();
    lanes_.drain_all();
}

void HttpServer::cut() {
    lanes_.cut_all();
    origin_.stop();
}

}  // namespace nearcache::http
