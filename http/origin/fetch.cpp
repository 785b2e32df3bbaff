#include "http/origin/fetch.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "base/log.hpp"
#include "http/origin/address_guard.hpp"

namespace nearcache::http::origin {

namespace asio = boost::asio;
using boost::system::error_code;

Fetch& Fetch::start(net::IoContext& context, const Terms& terms, Url url, Listener& listener) {
    auto fetch = std::make_unique<Fetch>(context, terms, std::move(url), listener);
    auto& started = *fetch;
    asio::co_spawn(context, started.run(),
                   [fetch = std::move(fetch)](const std::exception_ptr& failure) {
                       net::report_failure("fetch from an origin")(failure);
                       // Nobody may wait for ever.
                       if (failure) fetch->fail("the origin could not be asked");
                   });
    return started;
}

Fetch::Fetch(net::IoContext& context, const Terms& terms, Url url, Listener& listener)
    : terms_(terms),
      url_(std::move(url)),
      listener_(&listener),
      socket_(context.get_executor()),
      resolver_(context.get_executor()),
      deadline_timer_(context.get_executor()),
      attempt_timer_(context.get_executor()),
      begun_at_(Clock::now()),
      reader_({terms.config.max_header_bytes, terms.most_body_bytes}) {}

void Fetch::stop() { end({.kind = Fetched::Kind::stopped}); }

net::Awaitable<> Fetch::run() {
    const auto executor = socket_.get_executor();
    co_await asio::post(executor, net::no_throw);
    if (!is_told()) co_await go();
    // A timer that has run out already calls back all the same: it must find the fetch.
    deadline_timer_.cancel();
    attempt_timer_.cancel();
    co_await asio::post(executor, net::no_throw);
}

net::Awaitable<> Fetch::go() {
    const auto& config = terms_.config;
    const auto last = begun_at_ + config.timeout;
    set_deadline(std::min(begun_at_ + config.connect_timeout, last),
                 "the origin could not be reached in time");
    const bool is_connected = co_await connect();
    if (!is_connected || is_told()) co_return;
    set_deadline(last, "the origin did not answer in time");
    const bool is_asked = co_await ask();
    if (!is_asked || is_told()) co_return;
    const bool is_read = co_await read_answer();
    if (!is_read) co_return;
    Fetched fetched{.kind = Fetched::Kind::answer, .answer = std::move(reader_.answer())};
    end(std::move(fetched));
}

net::Awaitable<bool> Fetch::connect() {
    const bool is_resolved = co_await resolve();
    if (!is_resolved) co_return false;
    const bool is_connected = co_await connect_to_one();
    if (!is_connected) co_return false;
    if (!url_.is_https) co_return true;
    co_return co_await start_tls();
}

// Into endpoints_, those that may be connected to. An address needs no resolver.
net::Awaitable<bool> Fetch::resolve() {
    const bool takes_all = terms_.config.allows_private;
    const auto take = [this, takes_all](const Tcp::endpoint& endpoint) {
        if (takes_all || is_public(endpoint.address())) endpoints_.push_back(endpoint);
    };
    error_code no_address;
    const auto address = asio::ip::make_address(url_.host, no_address);
    if (!no_address) {
        take({address, url_.port});
        co_return !endpoints_.empty() || block("not a public address");
    }
    const auto port = std::to_string(url_.port);
    auto [error, found] = co_await resolver_.async_resolve(url_.host, port, net::no_throw);
    if (is_told()) co_return false;
    if (error) co_return block("cannot resolve: " + error.message());
    for (const auto& entry : found) take(entry.endpoint());
    co_return !endpoints_.empty() || block("no public address");
}

net::Awaitable<bool> Fetch::connect_to_one() {
    error_code error;
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
        error_code ignored;
        socket_.close(ignored);
        limit_attempt(endpoints_.size() - i);
        std::tie(error) = co_await socket_.async_connect(endpoints_[i], net::no_throw);
        attempt_timer_.cancel();
        if (is_told()) co_return false;
        if (error) continue;
        socket_.set_option(Tcp::no_delay(true), ignored);
        co_return true;
    }
    co_return fail("the origin could not be reached", error.message());
}

// One address that swallows everything must not take the time of the others.
void Fetch::limit_attempt(std::size_t addresses_left) {
    if (addresses_left == 1) return;
    const auto left = deadline_ - Clock::now();
    attempt_timer_.expires_after(left / static_cast<Clock::rep>(addresses_left));
    attempt_timer_.async_wait([this](error_code error) {
        error_code ignored;
        if (!error) socket_.close(ignored);
    });
}

net::Awaitable<bool> Fetch::start_tls() {
    tls_.emplace(socket_, *terms_.trust, url_.host);
    const auto error = co_await tls_->shake_hands();
    if (!error) co_return true;
    const auto refusal = tls_->why_refused();
    if (!refusal.empty()) co_return fail("the origin's certificate was refused", refusal);
    co_return fail("no TLS connection to the origin could be made", error.message());
}

// Nothing of the client's: what it may know, the origin need not, and the answer is for everybody.
std::string Fetch::request() const {
    return "GET " + url_.target() + " HTTP/1.1\r\nHost: " + url_.authority() +
           "\r\nUser-Agent: nearcache\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
           "Connection: close\r\n\r\n";
}

net::Awaitable<bool> Fetch::ask() {
    const auto text = request();
    error_code error;
    if (tls_) {
        error = co_await tls_->write(text);
    } else {
        const auto buffer = asio::buffer(text);
        std::tie(error, std::ignore) = co_await asio::async_write(socket_, buffer, net::no_throw);
    }
    if (error) co_return fail("the origin closed the connection", error.message());
    co_return true;
}

net::Awaitable<std::tuple<error_code, std::size_t>> Fetch::read_some() {
    const auto room = input_.prepare();
    if (tls_) co_return co_await tls_->read_some(room);
    co_return co_await socket_.async_read_some(room, net::no_throw);
}

net::Awaitable<bool> Fetch::read_answer() {
    for (;;) {
        const auto [error, size] = co_await read_some();
        if (is_told()) co_return false;
        input_.commit(size);
        std::size_t used = 0;
        auto state = AnswerReader::State::needs_more;
        if (!input_.empty()) state = reader_.read(input_.unused(), used);
        input_.consume(used);
        if (state == AnswerReader::State::needs_more && error == asio::error::eof) {
            state = reader_.end();
        }
        if (state == AnswerReader::State::complete) co_return true;
        if (state == AnswerReader::State::failed) co_return fail(reader_.complaint());
        if (error) co_return fail("the origin closed the connection", error.message());
    }
}

void Fetch::set_deadline(Clock::time_point when, const char* complaint) {
    deadline_ = when;
    deadline_timer_.expires_at(when);
    deadline_timer_.async_wait([this, complaint](error_code error) {
        if (error || is_told()) return;
        end({.kind = Fetched::Kind::timed_out, .complaint = complaint});
    });
}

// The same to the client whether a name leads nowhere or to where it must not: nobody shall find
// out by it which names there are.
bool Fetch::block(std::string detail) { return end({.kind = Fetched::Kind::blocked}, detail); }

bool Fetch::fail(std::string complaint, std::string detail) {
    return end({.kind = Fetched::Kind::failed, .complaint = std::move(complaint)}, detail);
}

// Whatever is still pending ends by itself, and the fetch with it.
bool Fetch::end(Fetched fetched, std::string_view detail) {
    auto* const listener = std::exchange(listener_, nullptr);
    if (listener == nullptr) return false;
    resolver_.cancel();
    deadline_timer_.cancel();
    attempt_timer_.cancel();
    error_code ignored;
    socket_.close(ignored);
    note(fetched, detail);
    listener->on_fetched(std::move(fetched));
    return false;
}

void Fetch::note(const Fetched& fetched, std::string_view detail) const {
    const auto taken =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun_at_);
    const auto url = url_.without_query();
    if (fetched.kind == Fetched::Kind::answer) {
        return log::info("http", "fetched",
                         {{"url", url},
                          {"status", fetched.answer.status},
                          {"bytes", fetched.answer.body.size()},
                          {"us", taken.count()}});
    }
    const std::string_view why =
        fetched.kind == Fetched::Kind::blocked ? "blocked" : std::string_view(fetched.complaint);
    log::info("http", "not fetched",
              {{"url", url}, {"why", why}, {"detail", detail}, {"us", taken.count()}});
}

}  // namespace nearcache::http::origin
