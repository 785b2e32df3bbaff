#include "net/listener.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <netinet/tcp.h>

namespace nearcache::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds farewell_time{1};
// After running out of descriptors or memory, before the next try.
constexpr std::chrono::milliseconds pause_time{100};

// Closing with unread bytes makes the kernel send a reset, which may overtake the refusal. So the
// sending side is shut, and what still comes is read and thrown away for a moment.
struct Farewell {
    Farewell(Socket taken, Limiter::Permit held, std::string words)
        : socket(std::move(taken)),
          timer(socket.get_executor()),
          permit(std::move(held)),
          text(std::move(words)) {}

    Socket socket;
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               IoContext::executor_type>
        timer;
    Limiter::Permit permit;
    std::string text;
    std::array<char, 512> unread{};
};

void read_to_the_end(const std::shared_ptr<Farewell>& farewell) {
    farewell->socket.async_read_some(asio::buffer(farewell->unread),
                                     [farewell](error_code error, std::size_t) {
                                         if (!error) return read_to_the_end(farewell);
                                         farewell->timer.cancel();
                                     });
}

void bid(const std::shared_ptr<Farewell>& farewell) {
    farewell->timer.expires_after(farewell_time);
    farewell->timer.async_wait([farewell](error_code) {
        error_code ignored;
        farewell->socket.close(ignored);
    });
    asio::async_write(farewell->socket, asio::buffer(farewell->text),
                      [farewell](error_code, std::size_t) {
                          error_code ignored;
                          farewell->socket.shutdown(Socket::shutdown_send, ignored);
                          read_to_the_end(farewell);
                      });
}

// A client whose machine is gone says no more, not even goodbye: without probes its place would be
// taken for good. As often as Redis asks by default: after 300 s of silence, three times in 300 s.
// Accepted sockets inherit it, so that it costs a client nothing.
template <class Acceptor>
void probe_the_silent(Acceptor& acceptor) {
    acceptor.set_option(asio::socket_base::keep_alive(true));
    constexpr std::array<std::pair<int, int>, 3> times{
        {{TCP_KEEPIDLE, 300}, {TCP_KEEPINTVL, 100}, {TCP_KEEPCNT, 3}}};
    for (const auto& [option, value] : times) {
        ::setsockopt(acceptor.native_handle(), IPPROTO_TCP, option, &value, sizeof(value));
    }
}

std::string to_text(const tcp::endpoint& endpoint) {
    const auto host = endpoint.address().to_string();
    const auto port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

std::vector<tcp::endpoint> resolve(IoContext& context, const Endpoint& wanted) {
    if (wanted.host.empty()) {
        return {{asio::ip::address_v6::any(), wanted.port},
                {asio::ip::address_v4::any(), wanted.port}};
    }
    tcp::resolver resolver(context);
    error_code error;
    const auto found =
        resolver.resolve(wanted.host, std::to_string(wanted.port), tcp::resolver::passive, error);
    if (error) {
        throw std::runtime_error("cannot listen on " + wanted.host + ": " + error.message());
    }
    // A name such as localhost may stand for several addresses: listen on each of them.
    std::vector<tcp::endpoint> endpoints;
    for (const auto& entry : found) {
        // A hosts file may name the same address twice.
        const bool is_new = std::ranges::find(endpoints, entry.endpoint()) == endpoints.end();
        if (is_new) endpoints.push_back(entry.endpoint());
    }
    return endpoints;
}

}  // namespace

Listener::Listener(IoThreads& threads, Limiter& places, Options options, Serve serve)
    : threads_(threads),
      places_(places),
      options_(std::move(options)),
      serve_(std::move(serve)),
      strand_(asio::make_strand(threads.lane(options_.home).get_executor())),
      farewells_(most_farewells),
      turn_(options_.home) {
    const auto endpoints = resolve(threads.lane(options_.home), options_.endpoint);
    for (auto endpoint : endpoints) {
        // Port 0 of a name with two addresses: the second takes the port that the first was given.
        if (endpoint.port() == 0 && !acceptors_.empty()) {
            endpoint.port(acceptors_.front().local_endpoint().port());
        }
        try {
            listen_on(endpoint);
        } catch (const boost::system::system_error& failure) {
            // A machine without IPv6 refuses its addresses; one address is enough.
            const bool may_be_missing = endpoint.address().is_v6() && endpoints.size() > 1 &&
                                        failure.code() != asio::error::address_in_use;
            if (!may_be_missing) {
                throw std::runtime_error("cannot listen on " + to_text(endpoint) + ": " +
                                         failure.code().message());
            }
        }
    }
    if (acceptors_.empty()) {
        throw std::runtime_error("cannot listen on " + options_.endpoint.host +
                                 ": none of its addresses is this machine's");
    }
    for (std::size_t i = 0; i < acceptors_.size(); ++i) {
        next_.emplace_back(0, Socket(threads_.lane(0).get_executor()));
    }
}

void Listener::listen_on(const tcp::endpoint& endpoint) {
    Acceptor acceptor(strand_);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    if (endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true));
    probe_the_silent(acceptor);
    acceptor.bind(endpoint);
    acceptor.listen(asio::socket_base::max_listen_connections);
    acceptors_.push_back(std::move(acceptor));
}

void Listener::start() {
    asio::post(strand_, [this] {
        for (auto& acceptor : acceptors_) accept(acceptor);
    });
}

void Listener::stop() {
    asio::post(strand_, [this] {
        is_stopped_ = true;
        error_code ignored;
        for (auto& acceptor : acceptors_) acceptor.close(ignored);
    });
}

std::vector<std::string> Listener::addresses() const {
    std::vector<std::string> texts;
    for (const auto& acceptor : acceptors_) texts.push_back(to_text(acceptor.local_endpoint()));
    return texts;
}

void Listener::accept(Acceptor& acceptor) {
    const auto index = static_cast<std::size_t>(&acceptor - acceptors_.data());
    const auto lane = turn_++ % threads_.size();
    next_[index] = {lane, Socket(threads_.lane(lane).get_executor())};
    acceptor.async_accept(next_[index].second,
                          [this, &acceptor](error_code error) { on_accept(acceptor, error); });
}

void Listener::on_accept(Acceptor& acceptor, error_code error) {
    auto [lane, socket] = std::move(next_[static_cast<std::size_t>(&acceptor - acceptors_.data())]);
    // Who came in while the door was being shut is let go at once, not at the end of the drain.
    if (is_stopped_) return;
    if (error) return pause_after(acceptor, error);

    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (auto place = places_.try_acquire()) {
        asio::post(threads_.lane(lane), [this, lane = lane, taken = std::move(socket),
                                         held = std::move(*place)]() mutable {
            serve_(lane, std::move(taken), std::move(held));
        });
    } else {
        refuse(lane, std::move(socket));
    }
    accept(acceptor);
}

void Listener::pause_after(Acceptor& acceptor, error_code error) {
    // The client went away between its arrival and accept(): nothing is wrong with us.
    if (error == asio::error::connection_aborted) return accept(acceptor);

    log::warn("net", "cannot accept", {{"listener", options_.name}, {"why", error.message()}});
    auto timer = std::make_shared<asio::steady_timer>(strand_, pause_time);
    timer->async_wait([this, &acceptor, timer](error_code) {
        if (!is_stopped_) accept(acceptor);
    });
}

void Listener::refuse(LaneId lane, Socket socket) {
    auto permit = farewells_.try_acquire();
    if (!permit) {
        error_code ignored;
        socket.non_blocking(true, ignored);
        socket.write_some(asio::buffer(options_.refusal), ignored);
        return;
    }
    auto farewell =
        std::make_shared<Farewell>(std::move(socket), std::move(*permit), options_.refusal);
    asio::post(threads_.lane(lane), [farewell] { bid(farewell); });
}

}  // namespace nearcache::net
