#include "backend/redis/link.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "backend/fail_soon.hpp"
#include "backend/redis/codec.hpp"
#include "backend/redis/lookup.hpp"
#include "base/log.hpp"

namespace nearcache::backend::redis {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// A value of 512 MB is on its way for a while, which says nothing of the server. Who comes behind
// it waits for it anyway.
std::chrono::milliseconds time_to_send(std::size_t bytes) noexcept {
    constexpr std::size_t bytes_a_millisecond = 16u * 1024;
    return std::chrono::milliseconds(bytes / bytes_a_millisecond);
}

}  // namespace

Link::Link(const Context& shared, const Purpose& purpose)
    : context_(shared.threads.lane(purpose.lane)),
      purpose_(purpose),
      config_(shared.config),
      clock_(shared.clock),
      acquaintance_(shared.acquaintance),
      connector_(context_, config_, [this] { on_late_attempt(); }),
      socket_(context_.get_executor()),
      pause_timer_(context_.get_executor()),
      deadline_timer_(context_.get_executor()),
      replies_(context_, shared.acquaintance),
      used_at_(clock_.now()),
      backoff_(config_.reconnect_min, config_.reconnect_max) {}

void Link::start() {
    asio::co_spawn(context_.get_executor(), keep_connected(), net::report_failure("redis link"));
}

void Link::stop() {
    state_ = State::stopped;
    loss_ = Errc::shutting_down;
    connector_.stop();
    pause_timer_.cancel();
    deadline_timer_.cancel();
    close_socket();
    fail_all(Errc::shutting_down);
}

template <class Completion>
void Link::refuse(Completion& completion) {
    const bool is_stopped = state_ == State::stopped;
    fail_soon(context_, completion, is_stopped ? Errc::shutting_down : Errc::backend_unreachable);
}

void Link::get(std::string_view key, GetCompletion& completion) {
    if (!may_queue()) return refuse(completion);
    append_lookup(outbox_.text(), key);
    expect(&completion, 2);
}

void Link::get_many(std::span<const std::string_view> keys, GetManyCompletion& completion) {
    if (!may_queue()) return refuse(completion);
    append_lookup_of_many(outbox_.text(), keys);
    expect(&completion, 1 + keys.size());
}

void Link::forward(const net::Slice& command, ForwardCompletion& completion) {
    if (!may_queue()) return refuse(completion);
    outbox_.append(command);
    expect(&completion, 1, time_to_send(command.bytes.size()));
}

// There and back again in one piece: nobody's command gets in between.
void Link::try_select(std::string_view database, ForwardCompletion& completion) {
    if (!may_queue()) return refuse(completion);
    const auto own = std::to_string(purpose_.footing.database);
    const std::array<std::string_view, 2> there{"SELECT", database}, back{"SELECT", own};
    outbox_.append({format_command(there)});
    outbox_.append({format_command(back)});
    expect(&completion, 2);
}

void Link::expect(Asker asker, std::size_t replies, std::chrono::milliseconds more_time) {
    // One look at the clock does for all that leave together.
    if (!is_flush_posted_) used_at_ = clock_.now();
    replies_.expected().push({.asker = asker,
                              .replies = static_cast<std::uint32_t>(replies),
                              .deadline = used_at_ + config_.operation_timeout + more_time});
    watch_deadlines();
    flush_soon();
}

// The flush waits behind the handlers that are queued already, so that one round of the lane leaves
// in one write.
void Link::flush_soon() {
    if (is_flush_posted_ || outbox_.is_writing() || state_ != State::up) return;
    is_flush_posted_ = true;
    asio::post(context_, [this] {
        is_flush_posted_ = false;
        flush();
    });
}

void Link::flush() {
    if (outbox_.is_writing() || outbox_.empty() || state_ != State::up) return;
    outbox_.write_some(socket_,
                       [this, connection = connection_](error_code error, std::size_t sent) {
                           outbox_.on_written(sent);
                           if (connection != connection_ || state_ != State::up)
                               return on_late_write();
                           on_written(error);
                       });
}

// What a failed write has left out must not be followed by anything: the connection ends, which
// shows as a failed read, and that is where the loss is handled.
void Link::on_written(error_code error) {
    if (!error) return flush();
    outbox_.forget_writing();
    close_socket();
}

// The connection that it was for is gone, and those who asked on it were told. Others may have
// asked since then, and wait for the next connection, or for this write.
void Link::on_late_write() {
    outbox_.forget_writing();
    flush();
}

// One timer for all who wait: commands queue in the order of their deadlines, so it is armed for
// the first whom somebody awaits, and armed again at most once a time-out.
void Link::watch_deadlines() {
    const auto& expected = replies_.expected();
    if (is_watching_ || expected.empty()) return;
    is_watching_ = true;
    const auto silence_ends = heard_at_ + config_.operation_timeout;
    // Those in front were told already: the connection may turn out to be dead before the next is
    // due.
    const auto due = expected.next_deadline();
    const bool is_overdue = !expected.front().is_awaited();
    deadline_timer_.expires_at(is_overdue ? std::min(due, silence_ends) : due);
    deadline_timer_.async_wait([this](error_code) {
        is_watching_ = false;
        on_deadline();
    });
}

void Link::on_deadline() {
    auto& expected = replies_.expected();
    if (expected.empty() || state_ == State::stopped) return;
    const auto now = clock_.now();
    const auto oldest = expected.front().deadline;
    if (oldest > now) return watch_deadlines();
    // Nothing was sent yet, nor may it be once nobody waits: the attempt to connect goes on
    // without.
    if (state_ == State::connecting) return fail_all(Errc::backend_unreachable);

    expected.tell_overdue(now);
    const bool is_silent = heard_at_ + config_.operation_timeout <= now;
    const bool is_answering = answered_at_ + config_.operation_timeout > now;
    const bool is_far_behind = oldest + config_.operation_timeout <= now;
    if (!is_silent && !(is_answering && is_far_behind)) return watch_deadlines();

    log::warn("backend", "no answer in time, dropping the connection",
              {{"lane", purpose_.lane}, {"waiting", expected.size()}});
    loss_ = Errc::backend_timeout;
    close_socket();
}

void Link::close_socket() {
    is_up_.store(false, std::memory_order_relaxed);
    error_code ignored;
    socket_.close(ignored);
}

void Link::fail_all(Errc why) {
    replies_.expected().fail_all(why);
    outbox_.clear();
}

net::Awaitable<> Link::keep_connected() {
    while (state_ != State::stopped) {
        const bool is_connected = co_await connect();
        if (is_connected) {
            co_await read_replies();
            if (state_ == State::stopped) break;
            log::warn("backend", "connection lost",
                      {{"lane", purpose_.lane}, {"why", describe(loss_)}});
            close_socket();
            fail_all(loss_);
            // A server that takes connections only to drop them is treated as one that is down.
            const bool was_healthy = clock_.now() - connected_at_ > config_.reconnect_max;
            state_ = was_healthy ? State::connecting : State::down;
            if (was_healthy) backoff_.reset();
            if (was_healthy) continue;
        }
        if (state_ == State::stopped) break;
        state_ = State::down;
        close_socket();
        fail_all(Errc::backend_unreachable);
        co_await pause();
    }
    has_ended_ = true;
}

net::Awaitable<> Link::pause() {
    pause_timer_.expires_after(backoff_.next());
    co_await pause_timer_.async_wait(net::no_throw);
}

net::Awaitable<bool> Link::connect() {
    const bool is_connected = co_await connector_.attempt(purpose_.footing);
    if (state_ == State::stopped) co_return false;
    if (!is_connected) report_refusal(connector_.why());
    if (!is_connected) co_return false;

    socket_ = connector_.take_socket();
    ++connection_;
    replies_.begin(run_fingerprint(connector_.run_id()));
    // Another link of the same backend tells nothing new of the server.
    if (purpose_.is_home) acquaintance_.count_connection();
    state_ = State::up;
    is_up_.store(true, std::memory_order_relaxed);
    is_strangeness_told_ = false;
    loss_ = Errc::backend_connection_lost;
    connected_at_ = heard_at_ = clock_.now();
    last_refusal_.clear();
    report_connection();
    flush();
    co_return true;
}

// A resolver that is asking the network may come back much later, and until then commands must not
// wait for it.
void Link::on_late_attempt() {
    state_ = State::down;
    fail_all(Errc::backend_unreachable);
}

// A home link once for each change of the backend's state; others come and go.
void Link::report_connection() {
    log::write(purpose_.is_home ? log::Level::info : log::Level::debug, "backend", "connected",
               {{"lane", purpose_.lane},
                {"url", config_.url.without_secrets()},
                {"database", std::uint64_t{purpose_.footing.database}},
                {"dialect", static_cast<int>(purpose_.footing.dialect)}});
}

// Once for each reason, not once for each attempt.
void Link::report_refusal(std::string_view why) {
    if (last_refusal_ == why || state_ == State::stopped) return;
    last_refusal_ = why;
    log::warn("backend", "cannot connect",
              {{"lane", purpose_.lane},
               {"url", config_.url.without_secrets()},
               {"database", std::uint64_t{purpose_.footing.database}},
               {"dialect", static_cast<int>(purpose_.footing.dialect)},
               {"why", why}});
}

void Link::report_strange_server() {
    if (std::exchange(is_strangeness_told_, true)) return;
    log::warn("backend", "data comes from another server than news of changes, and is not kept",
              {{"lane", purpose_.lane}, {"url", config_.url.without_secrets()}});
}

net::Awaitable<> Link::read_replies() {
    while (state_ == State::up) {
        const auto answered = replies_.answered();
        const bool is_sane = replies_.deal();
        if (replies_.answered() != answered) answered_at_ = heard_at_;
        if (replies_.is_server_strange()) report_strange_server();
        if (!is_sane) loss_ = Errc::backend_protocol_error;
        if (!is_sane) co_return;
        const error_code error = co_await read_some();
        if (error) co_return;
    }
}

net::Awaitable<error_code> Link::read_some() {
    auto& input = replies_.input();
    const auto room = input.prepare();
    auto [error, size] = co_await socket_.async_read_some(room, net::no_throw);
    if (!error) {
        input.commit(size);
        heard_at_ = clock_.now();
        if (size == room.size()) input.grow_after_full_read();
    }
    co_return error;
}

}  // namespace nearcache::backend::redis
