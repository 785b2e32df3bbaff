#include "app/server.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include <sys/resource.h>

#include "app/version.hpp"
#include "backend/make_backend.hpp"
#include "base/log.hpp"

namespace nearcache::app {

using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds drain_poll{20};
// For the lanes to end by themselves once all clients are cut.
constexpr std::chrono::seconds goodbye_time{2};
constexpr int ended_by_second_signal = 3;

// Descriptors for what is no client: the log, the listeners and those they are refusing, and each
// lane's event loop, resolver, links, and connections that wait for the next who needs one.
std::size_t reserved_descriptors(std::size_t threads) {
    constexpr std::size_t doors = 2;
    constexpr std::size_t each_lane = 32;
    return 64 + doors * net::Listener::most_farewells + each_lane * threads;
}

std::size_t thread_count(const Config& config) {
    if (config.threads != 0) return config.threads;
    return std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

// As many clients as were asked for, or as the system lets us have: some of them need a second
// descriptor, for a connection of their own to the backend.
std::size_t connection_limit(const Config& config, std::size_t threads) {
    const std::size_t wanted = config.limits.max_connections;
    const std::size_t seconds = std::min(wanted, config.backend.max_private_connections);
    const std::size_t reserved = reserved_descriptors(threads);
    const std::size_t all = wanted + seconds + reserved;
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < all) {
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, all);
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= all) return wanted;
    const auto spare =
        limit.rlim_cur > 2 * reserved ? limit.rlim_cur - reserved : limit.rlim_cur / 2;
    // Most clients need no second one; who gets none is told so.
    return std::min(wanted, spare - std::min(seconds, spare / 4));
}

std::string random_id() {
    std::random_device random;
    std::string id;
    while (id.size() < 40) id += "0123456789abcdef"[random() % 16];
    return id;
}

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void warn_if_exposed(std::string_view option, const Endpoint& endpoint) {
    if (is_loopback(endpoint.host)) return;
    log::warn("app", "listening beyond loopback, and anyone who can connect may read and write",
              {{"option", option}, {"host", endpoint.host.empty() ? "*" : endpoint.host}});
}

}  // namespace

Server::Server(const Config& config)
    : config_(config),
      threads_(thread_count(config)),
      in_flight_(config.limits.max_in_flight),
      connections_(connection_limit(config, threads_.size())),
      backend_(backend::make_backend(config_.backend, threads_, clock_)),
      cache_(threads_, *backend_, clock_, config_.cache),
      resp_(config_.resp, {threads_, cache_, clock_, in_flight_, connections_, facts_}),
      http_commands_(resp_.context()),
      http_(config_.http, {threads_, cache_, clock_, in_flight_, connections_, http_commands_}),
      signals_(main_, SIGTERM, SIGINT, SIGHUP),
      drain_timer_(main_.get_executor()) {
    facts_.version = version;
    facts_.run_id = random_id();
    facts_.backend = config_.backend.url.without_secrets();
    facts_.threads = threads_.size();
    facts_.most_own_connections = backend_->lends() ? config_.backend.max_private_connections : 0;
    facts_.started_at = clock_.now();
    // A client that goes away shows as an error of its own socket.
    std::signal(SIGPIPE, SIG_IGN);
}

Server::~Server() { threads_.stop_and_join(); }

bool Server::run() {
    if (connections_.slots() < config_.limits.max_connections) {
        log::info("app", "limits.max_connections lowered to what the descriptor limit allows",
                  {{"wanted", config_.limits.max_connections}, {"possible", connections_.slots()}});
    }
    if (config_.http.token.empty()) warn_if_exposed("http.listen", config_.http.listen);
    warn_if_exposed("resp.listen", config_.resp.listen);
    await_signal();
    threads_.run();
    cache_.start();
    http_.start(facts_.tcp_port);
    resp_.start();
    for (const auto& address : http_addresses()) {
        log::info("app", "listening", {{"door", "http"}, {"address", address}});
    }
    for (const auto& address : resp_addresses()) {
        log::info("app", "listening", {{"door", "resp"}, {"address", address}});
    }
    main_.run();
    return is_clean_;
}

void Server::await_signal() {
    signals_.async_wait([this](error_code error, int signal) {
        if (!error) on_signal(signal);
    });
}

void Server::on_signal(int signal) {
    if (signal == SIGHUP) {
        log::warn("app", "SIGHUP ignored: settings take effect at the next start");
    } else if (is_draining_) {
        log::warn("app", "second signal, ending at once", {{"clients", open_connections()}});
        std::_Exit(ended_by_second_signal);
    } else {
        begin_drain(signal);
    }
    await_signal();
}

void Server::begin_drain(int signal) {
    log::info("app", "draining", {{"signal", signal}, {"clients", open_connections()}});
    is_draining_ = true;
    drain_until_ = clock_.now() + config_.drain_timeout;
    http_.drain();
    resp_.drain();
    await_drained();
}

void Server::await_drained() {
    drain_timer_.expires_after(drain_poll);
    drain_timer_.async_wait([this](error_code error) {
        if (error) return;
        if (open_connections() == 0) return finish(true);
        if (clock_.now() < drain_until_) return await_drained();
        log::warn("app", "drain timed out", {{"clients", open_connections()}});
        finish(false);
    });
}

// Whoever still waits is told that the server is going down, and everything pending ends by itself.
void Server::finish(bool is_clean) {
    is_clean_ = is_clean;
    http_.cut();
    resp_.cut();
    backend_->stop();
    threads_.release();
    drain_until_ = clock_.now() + goodbye_time;
    await_lanes();
}

void Server::await_lanes() {
    if (threads_.have_ended() || clock_.now() > drain_until_) {
        threads_.stop_and_join();
        log::info("app", "stopped");
        return main_.stop();
    }
    drain_timer_.expires_after(drain_poll);
    drain_timer_.async_wait([this](error_code error) {
        if (!error) await_lanes();
    });
}

std::size_t Server::open_connections() const {
    return http_.open_connections() + resp_.open_connections();
}

}  // namespace nearcache::app
