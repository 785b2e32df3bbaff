#include "resp_server/own_connection.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "resp_server/client.hpp"

namespace nearcache::resp_server {

namespace {

// "+1700000000.123456 [0 127.0.0.1:6379] ...": no reply begins like this but by the will of whoever
// wrote the script that gave it.
bool is_monitor_line(std::string_view value) noexcept {
    if (!value.starts_with('+')) return false;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto dot = value.find('.');
    if (dot == std::string_view::npos || dot == 1) return false;
    constexpr std::size_t microseconds = 6;
    return std::ranges::all_of(value.substr(1, dot - 1), is_digit) &&
           value.size() > dot + microseconds &&
           std::ranges::all_of(value.substr(dot + 1, microseconds), is_digit) &&
           value.substr(dot + 1 + microseconds).starts_with(" [");
}

}  // namespace

OwnReply::OwnReply(Client& client, Request request)
    : PendingReply(std::move(request.permit), request.bytes),
      client_(client),
      written_(std::move(request.written)),
      holds_back_(request.holds_back || request.blocks),
      blocks_(request.blocks) {}

OwnReply::~OwnReply() = default;

OwnConnection& OwnReply::connection() noexcept { return *client_.own(); }

bool OwnReply::take(const net::Slice& value) {
    append_slice(reply(), value);
    return true;
}

void OwnReply::fail(Errc why) { append_failure(reply(), why); }

void OwnReply::finish() {
    client_.cache().drop(written_);
    client_.write_answered(written_);
    if (holds_back_) client_.let_go_on();
    ready();
}

std::unique_ptr<OwnConnection> OwnConnection::lend(Client& client) {
    std::unique_ptr<OwnConnection> own(new OwnConnection(client));
    return own->connection_ ? std::move(own) : nullptr;
}

OwnConnection::OwnConnection(Client& client)
    : client_(client),
      route_(client.route()),
      connection_(client.cache().lend(client.route(), *this)) {}

OwnConnection::~OwnConnection() = default;

void OwnConnection::fail_all(std::optional<Errc> why) {
    for (auto* const reply : std::exchange(expected_, {})) {
        if (reply == nullptr) continue;
        if (why) reply->fail(*why);
        reply->finish();
    }
}

void OwnConnection::end(std::optional<Errc> why) {
    if (end_) return;
    end_ = End{why};
    // What is held back would have to be taken to find the end behind it.
    if (is_held_) return on_lost(Errc::backend_connection_lost);
    connection_->end();
}

void OwnConnection::send(const net::Slice& command, std::unique_ptr<OwnReply> reply) {
    auto& waiting = *reply;
    client_.replies().add(std::move(reply));
    client_.cache().drop(waiting.written_);
    client_.write_sent(waiting.written_);
    if (waiting.holds_back_) client_.hold_back();
    expected_.push_back(&waiting);
    connection_->send(command);
    if (expected_.size() == 1) expect_next();
}

void OwnConnection::send_unheard(std::string_view command) {
    expected_.push_back(nullptr);
    connection_->send({command});
    if (expected_.size() == 1) expect_next();
}

bool OwnConnection::hears_everything() const noexcept {
    return transaction.is_open() ||
           (client_.dialect() == resp::Dialect::resp2 && subscriptions.any());
}

bool OwnConnection::reads_cache() const noexcept {
    return !is_watching && !is_tracking && !is_monitoring && !is_marked && !transaction.is_open();
}

bool OwnConnection::is_blocked() const noexcept {
    return !expected_.empty() && expected_.front() != nullptr && expected_.front()->blocks_;
}

// What blocks comes last: nothing behind it is executed.
bool OwnConnection::is_endless() const noexcept {
    const bool will_block =
        !expected_.empty() && expected_.back() != nullptr && expected_.back()->blocks_;
    return will_block || is_monitoring || subscriptions.any();
}

void OwnConnection::on_taken() {
    hold_if_slow();
    give_back_if_idle();
}

void OwnConnection::hold_if_slow() {
    // Only what is being sent, or will be, counts: what is held must not wait for what it holds up.
    const bool is_slow =
        client_.replies().output().size() > client_.context().config.output_limit_bytes;
    if (is_slow == is_held_) return;
    is_held_ = is_slow;
    connection_->hold(is_slow);
}

void OwnConnection::on_value(const net::Slice& value) {
    if (is_push(value.bytes)) {
        pass_push(value);
    } else if (expected_.empty()) {
        log::error("resp", "the backend said what nobody asked for", {{"client", client_.id()}});
        return on_lost(Errc::backend_protocol_error);
    } else {
        answer(value);
    }
    // What was due came, or something else, and it is still due.
    expect_next();
    hold_if_slow();
    give_back_if_idle();
}

// A confirmation of a subscription is the answer to a command, though in RESP3 it comes as a push.
bool OwnConnection::is_push(std::string_view value) const noexcept {
    if (value.starts_with('>')) {
        const auto* const next = expected_.empty() ? nullptr : expected_.front();
        return next == nullptr || !next->is_confirmed() || !Subscriptions::read(value);
    }
    if (is_monitoring && is_monitor_line(value)) return true;
    // In RESP3 a message is a push, and an array that looks like one is a reply.
    return route_.dialect == resp::Dialect::resp2 && subscriptions.any() &&
           value.starts_with('*') && Subscriptions::is_message(value);
}

void OwnConnection::pass_push(const net::Slice& value) {
    // Redis has only the lines of MONITOR count as replies.
    const bool is_muted = client_.replying() == Client::Replying::off;
    if (is_muted && value.bytes.starts_with('+')) return;
    // A server that ends a subscription by itself says so.
    if (const auto ended = Subscriptions::read(value.bytes)) subscriptions.apply(*ended);
    const auto next = std::ranges::find_if(expected_, [](const auto* reply) { return reply; });
    client_.replies().put_in(value, next == expected_.end() ? nullptr : *next);
}

void OwnConnection::answer(const net::Slice& value) {
    auto* const reply = expected_.front();
    if (reply != nullptr && !reply->take(value)) return;
    expected_.pop_front();
    if (reply != nullptr) reply->finish();
}

void OwnConnection::expect_next() {
    const auto* const next = expected_.empty() ? nullptr : expected_.front();
    const bool may_take_for_ever = next != nullptr ? next->blocks_ : expected_.empty();
    // An end that was asked for is due as well.
    connection_->expect_value(end_ || !may_take_for_ever);
}

bool OwnConnection::has_state() const noexcept {
    return transaction.is_open() || is_watching || is_monitoring || is_tracking || is_exempt ||
           is_touchless || is_target || has_tracked || is_marked || subscriptions.any();
}

// Nothing may be touched afterwards.
void OwnConnection::give_back_if_idle() {
    if (!expected_.empty() || has_state() || is_held_) return;
    client_.cache().take_back(std::move(connection_), route_);
    client_.drop_own();
}

// What was to stay on the connection is lost with it, and only the end of its own connection tells
// a client so.
void OwnConnection::on_lost(Errc why) {
    const auto end = end_.value_or(End{why});
    const bool is_over = has_state() || !end.why;
    log::debug("resp", "a client's own connection is lost",
               {{"client", client_.id()}, {"why", describe(why)}});
    auto& client = client_;
    client.drop_own(end.why);
    if (is_over) client.end();
}

}  // namespace nearcache::resp_server
