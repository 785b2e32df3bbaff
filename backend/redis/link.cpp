#include "backend/redis/link.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "backend/redis/codec.hpp"
#include "backend/redis/greeting.hpp"
#include "base/log.hpp"

namespace nearcache::backend::redis {

namespace asio = boost::asio;
using boost::system::error_code;

Link::Link(const Context& shared, net::LaneId lane)
    : context_(shared.threads.lane(lane)),
      lane_(lane),
      config_(shared.config),
      clock_(shared.clock),
      acquaintance_(shared.acquaintance),
      connector_(context_, config_, [this] { on_late_attempt(); }),
      socket_(context_.get_executor()),
      pause_timer_(context_.get_executor()),
      deadline_timer_(context_.get_executor()),
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

// Told later: this may run inside a call of the one who waits.
template <class Completion>
void Link::fail_soon(Completion& completion, Errc why) {
    asio::post(context_, [&completion, why] { completion.on_failure(why); });
}

void Link::get(std::string_view key, GetCompletion& completion) {
    if (!may_queue()) return fail_soon(completion, refusal());
    append_lookup(queued_, key);
    expect({.is_lookup = true, .lookup = &completion, .forwarded = nullptr, .deadline = {}});
}

void Link::forward(std::string_view command, ForwardCompletion& completion) {
    if (!may_queue()) return fail_soon(completion, refusal());
    queued_.append(command);
    expect({.is_lookup = false, .lookup = nullptr, .forwarded = &completion, .deadline = {}});
}

void Link::expect(const Expected& expected) {
    expected_.push_back(expected);
    expected_.back().deadline = clock_.now() + config_.operation_timeout;
    watch_deadlines();
    flush_soon();
}

// The flush waits behind the handlers that are queued already, so that one round of the lane leaves
// in one write.
void Link::flush_soon() {
    if (is_flush_posted_ || is_writing_ || state_ != State::up) return;
    is_flush_posted_ = true;
    asio::post(context_, [this] {
        is_flush_posted_ = false;
        flush();
    });
}

void Link::flush() {
    if (is_writing_ || state_ != State::up || queued_.empty()) return;
    is_writing_ = true;
    writing_.swap(queued_);
    const auto all = [this](const error_code& error, std::size_t sent) {
        return error ? 0 : writing_.size() - sent;
    };
    asio::async_write(socket_, asio::buffer(writing_), all, [this](error_code error, std::size_t) {
        constexpr std::size_t kept = 256u * 1024;
        is_writing_ = false;
        writing_.clear();
        if (writing_.capacity() > kept) writing_.shrink_to_fit();
        // A failed write shows as a failed read too, and that is where the loss is handled.
        if (!error) flush();
    });
}

// One timer for all who wait: commands queue in the order of their deadlines, so it is armed for
// the first whom somebody awaits, and armed again at most once a time-out.
void Link::watch_deadlines() {
    if (is_watching_ || expected_.empty()) return;
    is_watching_ = true;
    const auto awaited = std::ranges::find_if(expected_, &Expected::is_awaited);
    const auto silence_ends = heard_at_ + config_.operation_timeout;
    // Those in front were told already: the connection may turn out to be dead before the next is
    // due.
    const bool is_overdue = awaited != expected_.begin();
    const auto due = awaited == expected_.end() ? TimePoint::max() : awaited->deadline;
    deadline_timer_.expires_at(is_overdue ? std::min(due, silence_ends) : due);
    deadline_timer_.async_wait([this](error_code) {
        is_watching_ = false;
        on_deadline();
    });
}

void Link::on_deadline() {
    if (expected_.empty() || state_ == State::stopped) return;
    const auto now = clock_.now();
    if (expected_.front().deadline > now) return watch_deadlines();
    // Nothing was sent yet, nor may it be once nobody waits: the attempt to connect goes on
    // without.
    if (state_ == State::connecting) return fail_all(Errc::backend_unreachable);

    for (auto& expected : expected_) {
        if (expected.deadline > now) break;
        tell_failed(expected, Errc::backend_timeout);
    }
    const bool is_silent = heard_at_ + config_.operation_timeout <= now;
    const bool is_answering = answered_at_ + config_.operation_timeout > now;
    const bool is_far_behind = expected_.front().deadline + config_.operation_timeout <= now;
    if (!is_silent && !(is_answering && is_far_behind)) return watch_deadlines();

    log::warn("backend", "no answer in time, dropping the connection",
              {{"lane", lane_}, {"waiting", expected_.size()}});
    loss_ = Errc::backend_timeout;
    close_socket();
}

void Link::tell_failed(Expected& expected, Errc why) {
    if (auto* const who = std::exchange(expected.lookup, nullptr)) {
        fail_soon(*who, why);
    }
    if (auto* const who = std::exchange(expected.forwarded, nullptr)) {
        fail_soon(*who, why);
    }
}

void Link::close_socket() {
    is_up_.store(false, std::memory_order_relaxed);
    error_code ignored;
    socket_.close(ignored);
}

void Link::fail_all(Errc why) {
    for (auto& expected : expected_) tell_failed(expected, why);
    expected_.clear();
    queued_.clear();
}

net::Awaitable<> Link::keep_connected() {
    while (state_ != State::stopped) {
        const bool is_connected = co_await connect();
        if (is_connected) {
            co_await read_replies();
            if (state_ == State::stopped) break;
            log::warn("backend", "connection lost", {{"lane", lane_}, {"why", describe(loss_)}});
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
}

net::Awaitable<> Link::pause() {
    pause_timer_.expires_after(backoff_.next());
    co_await pause_timer_.async_wait(net::no_throw);
}

net::Awaitable<bool> Link::connect() {
    input_ = net::Input{};
    framer_ = ReplyFramer{};
    value_size_ = 0;

    const bool is_connected = co_await connector_.attempt();
    if (state_ == State::stopped) co_return false;
    if (!is_connected) report_refusal(connector_.why());
    if (!is_connected) co_return false;

    socket_ = connector_.take_socket();
    server_ = run_fingerprint(connector_.run_id());
    is_server_strange_ = false;
    acquaintance_.count_connection();
    state_ = State::up;
    is_up_.store(true, std::memory_order_relaxed);
    loss_ = Errc::backend_connection_lost;
    connected_at_ = heard_at_ = clock_.now();
    last_refusal_.clear();
    log::info("backend", "connected", {{"lane", lane_}, {"url", config_.url.without_secrets()}});
    flush();
    co_return true;
}

// A resolver that is asking the network may come back much later, and until then commands must not
// wait for it.
void Link::on_late_attempt() {
    state_ = State::down;
    fail_all(Errc::backend_unreachable);
}

// Once for each reason, not once for each attempt.
void Link::report_refusal(std::string_view why) {
    if (last_refusal_ == why || state_ == State::stopped) return;
    last_refusal_ = why;
    log::warn("backend", "cannot connect",
              {{"lane", lane_}, {"url", config_.url.without_secrets()}, {"why", why}});
}

void Link::report_strange_server() {
    if (std::exchange(is_server_strange_, true)) return;
    log::warn("backend", "data comes from another server than news of changes, and is not kept",
              {{"lane", lane_}, {"url", config_.url.without_secrets()}});
}

net::Awaitable<error_code> Link::read_some() {
    const auto room = input_.prepare();
    auto [error, size] = co_await socket_.async_read_some(room, net::no_throw);
    if (!error) {
        input_.commit(size);
        heard_at_ = clock_.now();
        if (size == room.size()) input_.grow_after_full_read();
    }
    co_return error;
}

net::Awaitable<> Link::read_replies() {
    while (state_ == State::up && take_replies()) {
        const error_code error = co_await read_some();
        if (error) co_return;
    }
}

bool Link::take_replies() {
    while (!input_.empty()) {
        // A reply that nobody asked for: what follows could be taken for an answer to somebody.
        if (expected_.empty()) {
            loss_ = Errc::backend_protocol_error;
            return false;
        }
        const auto bytes = input_.unused();
        const auto status = framer_.next(bytes.substr(value_size_));
        if (status == ReplyFramer::Status::need_more) return true;
        if (status == ReplyFramer::Status::failed) {
            loss_ = Errc::backend_protocol_error;
            return false;
        }

        const auto expected = expected_.front();
        if (expected.is_lookup && value_size_ == 0) {
            value_size_ = framer_.size();
            continue;
        }
        const auto size = value_size_ + framer_.size();
        if (!expected.is_lookup) {
            expected_.pop_front();
            if (expected.forwarded != nullptr) expected.forwarded->on_reply(bytes.substr(0, size));
        } else if (!take_lookup(bytes.substr(0, size), expected.lookup)) {
            loss_ = Errc::backend_protocol_error;
            return false;
        }
        value_size_ = 0;
        answered_at_ = heard_at_;
        input_.consume(size);
    }
    return true;
}

bool Link::take_lookup(std::string_view bytes, GetCompletion* completion) {
    const auto value = read_lookup_value(bytes.substr(0, value_size_));
    const auto left = bytes.substr(value_size_);
    const auto life = read_integer(left);
    const bool life_is_unknown = !life && left.front() == '-';
    if (value.kind == LookupValue::Kind::malformed || (!life && !life_is_unknown)) return false;

    GetReply reply;
    reply.bytes = value.bytes;
    switch (value.kind) {
        case LookupValue::Kind::value:
            reply.kind = GetReply::Kind::value;
            break;
        case LookupValue::Kind::error:
            reply.kind = GetReply::Kind::error;
            break;
        default:
            reply.kind = GetReply::Kind::absent;
            break;
    }
    // -1: it does not expire. -2, or a refusal to tell: it may be gone already, so it is not kept.
    if (life != -1)
        reply.remaining = std::chrono::milliseconds(std::max<std::int64_t>(0, life.value_or(0)));
    reply.is_tracked = acquaintance_.is_told_of(server_);
    if (!reply.is_tracked) report_strange_server();
    expected_.pop_front();
    if (completion != nullptr) completion->on_reply(reply);
    return true;
}

}  // namespace nearcache::backend::redis
