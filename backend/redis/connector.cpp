#include "backend/redis/connector.hpp"

#include <tuple>
#include <utility>
#include <vector>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "backend/redis/codec.hpp"

namespace nearcache::backend::redis {

namespace asio = boost::asio;
using boost::system::error_code;

Connector::Connector(net::IoContext& context, const Config& config, std::function<void()> on_late)
    : config_(config),
      on_late_(std::move(on_late)),
      socket_(context.get_executor()),
      resolver_(context.get_executor()),
      deadline_timer_(context.get_executor()) {}

net::Awaitable<bool> Connector::attempt(Footing footing) {
    input_ = net::Input{};
    framer_ = ReplyFramer{};
    run_id_.clear();
    id_ = 0;
    why_.clear();
    begin_deadline();

    bool is_ready = co_await connect();
    if (is_ready) is_ready = co_await greet(footing);
    // Who stays connected for long needs none of this any more.
    input_ = net::Input{};
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

// Into endpoints_. An address needs no resolver, which is another thread's work.
net::Awaitable<bool> Connector::resolve() {
    const auto& url = config_.url;
    endpoints_.clear();
    if (url.scheme == Url::Scheme::unix_socket) {
        endpoints_.emplace_back(asio::local::stream_protocol::endpoint(url.path));
        co_return true;
    }
    error_code no_address;
    const auto address = asio::ip::make_address(url.endpoint.host, no_address);
    if (!no_address) {
        endpoints_.emplace_back(asio::ip::tcp::endpoint(address, url.endpoint.port));
        co_return true;
    }
    const auto port = std::to_string(url.endpoint.port);
    auto [error, found] = co_await resolver_.async_resolve(url.endpoint.host, port, net::no_throw);
    if (error) co_return refuse("cannot resolve: " + error.message());
    for (const auto& entry : found) endpoints_.emplace_back(entry.endpoint());
    co_return true;
}

net::Awaitable<bool> Connector::connect() {
    const bool is_resolved = co_await resolve();
    if (!is_resolved) co_return false;
    // A late answer is an answer: the rest gets a time of its own, or it would never be used.
    if (is_late_) begin_deadline();

    error_code error = asio::error::host_not_found;
    for (const auto& endpoint : endpoints_) {
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

net::Awaitable<bool> Connector::greet(Footing footing) {
    const Greeting greeting = make_greeting(config_.url, footing);
    auto [write_error, sent] =
        co_await asio::async_write(socket_, asio::buffer(greeting.commands), net::no_throw);
    if (write_error) co_return refuse("closed by the server");

    for (std::size_t answered = 0; answered < greeting.replies; ++answered) {
        const bool is_read = co_await read_reply();
        if (!is_read || !take_answer(greeting, answered)) co_return false;
        input_.consume(framer_.size());
    }
    // More than was asked for: it would be taken for the answer to somebody's command.
    if (!input_.empty()) co_return refuse("unexpected answer to the greeting");
    co_return true;
}

bool Connector::take_answer(const Greeting& greeting, std::size_t answered) {
    const auto reply = input_.unused().substr(0, framer_.size());
    if (answered == greeting.info_at) {
        run_id_ = run_id_in(reply);
        return true;
    }
    // A user may well not be allowed to ask.
    if (answered == greeting.id_at) {
        id_ = read_integer(reply).value_or(0);
        return true;
    }
    const auto refusal =
        answered == greeting.hello_at ? refusal_in_hello(reply) : refusal_in(reply);
    return !refusal || refuse(*refusal);
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
