#include "backend/redis/connector.hpp"

#include <tuple>
#include <utility>
#include <vector>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "backend/redis/greeting.hpp"

namespace nearcache::backend::redis {

namespace asio = boost::asio;
using boost::system::error_code;

Connector::Connector(net::IoContext& context, const Config& config, std::function<void()> on_late)
    : config_(config),
      on_late_(std::move(on_late)),
      socket_(context.get_executor()),
      resolver_(context.get_executor()),
      deadline_timer_(context.get_executor()) {}

net::Awaitable<bool> Connector::attempt() {
    input_ = net::Input{};
    framer_ = ReplyFramer{};
    run_id_.clear();
    why_.clear();
    begin_deadline();

    bool is_ready = co_await connect();
    if (is_ready) is_ready = co_await greet();
    // Too late counts as not at all: the socket is closed already.
    const bool is_in_time = deadline_timer_.cancel() > 0;
    if (is_ready && is_in_time && !is_stopped_) co_return true;
    if (is_ready) refuse("no answer in time");
    error_code ignored;
    socket_.close(ignored);
    co_return false;
}

void Connector::stop() {
    is_stopped_ = true;
    resolver_.cancel();
    deadline_timer_.cancel();
    error_code ignored;
    socket_.close(ignored);
}

void Connector::begin_deadline() {
    is_late_ = false;
    deadline_timer_.expires_after(config_.connect_timeout);
    deadline_timer_.async_wait([this](error_code error) {
        if (error || is_stopped_) return;
        is_late_ = true;
        error_code ignored;
        socket_.close(ignored);
        on_late_();
    });
}

net::Awaitable<bool> Connector::connect() {
    const auto& url = config_.url;
    std::vector<Protocol::endpoint> endpoints;
    if (url.scheme == Url::Scheme::unix_socket) {
        endpoints.emplace_back(asio::local::stream_protocol::endpoint(url.path));
    } else {
        const auto port = std::to_string(url.endpoint.port);
        auto [error, found] =
            co_await resolver_.async_resolve(url.endpoint.host, port, net::no_throw);
        if (error) co_return refuse("cannot resolve: " + error.message());
        // A late answer is an answer: the rest gets a time of its own, or it would never be used.
        if (is_late_) begin_deadline();
        for (const auto& entry : found) endpoints.emplace_back(entry.endpoint());
    }

    error_code error = asio::error::host_not_found;
    for (const auto& endpoint : endpoints) {
        // The end may have come while the socket was not open, to no effect.
        if (is_late_ || is_stopped_) break;
        error_code ignored;
        socket_.close(ignored);
        std::tie(error) = co_await socket_.async_connect(endpoint, net::no_throw);
        if (error == asio::error::operation_aborted) break;
        if (error) continue;
        socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        co_return true;
    }
    co_return refuse(error == asio::error::operation_aborted ? "connecting timed out"
                                                             : error.message());
}

net::Awaitable<bool> Connector::greet() {
    const Greeting greeting = make_greeting(config_.url, config_.tracking.is_wanted);
    auto [write_error, sent] =
        co_await asio::async_write(socket_, asio::buffer(greeting.commands), net::no_throw);
    if (write_error) co_return refuse("closed by the server");

    for (std::size_t answered = 0; answered < greeting.replies; ++answered) {
        const bool is_read = co_await read_reply();
        if (!is_read) co_return false;
        const auto reply = input_.unused().substr(0, framer_.size());
        if (answered == greeting.info_at) {
            run_id_ = run_id_in(reply);
        } else if (const auto refusal = refusal_in(reply)) {
            co_return refuse(*refusal);
        }
        input_.consume(framer_.size());
    }
    // More than was asked for: it would be taken for the answer to somebody's command.
    if (!input_.empty()) co_return refuse("unexpected answer to the greeting");
    co_return true;
}

// Until one whole reply is at the front of the input.
net::Awaitable<bool> Connector::read_reply() {
    for (;;) {
        const auto status = framer_.next(input_.unused());
        if (status == ReplyFramer::Status::complete) co_return true;
        if (status == ReplyFramer::Status::failed) co_return refuse("this is not a Redis server");
        const auto room = input_.prepare();
        auto [error, size] = co_await socket_.async_read_some(room, net::no_throw);
        if (error) {
            co_return refuse(error == asio::error::eof ? "closed by the server"
                                                       : "no answer in time");
        }
        input_.commit(size);
    }
}

bool Connector::refuse(std::string_view why) {
    why_ = why;
    return false;
}

}  // namespace nearcache::backend::redis
