#include "backend/redis/private_link.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "backend/redis/private_links.hpp"
#include "base/log.hpp"

namespace nearcache::backend::redis {

namespace asio = boost::asio;
using boost::system::error_code;

LentLink::~LentLink() {
    if (link_ != nullptr) link_->let_go();
}

void LentLink::send(const net::Slice& command) {
    if (link_ != nullptr) link_->send(command);
}

void LentLink::expect_value(bool within_time) {
    if (link_ != nullptr) link_->expect_value(within_time);
}

void LentLink::hold(bool is_held) {
    if (link_ != nullptr) link_->hold(is_held);
}

void LentLink::end() {
    if (link_ != nullptr) link_->end();
}

std::int64_t LentLink::id() const noexcept { return link_ != nullptr ? link_->id_ : 0; }

PrivateLink::PrivateLink(const Context& shared, net::LaneId lane, PrivateLinks& owner)
    : context_(shared.threads.lane(lane)),
      config_(shared.config),
      clock_(shared.clock),
      owner_(owner),
      connector_(context_, config_, [this] { lose(Errc::backend_unreachable); }),
      socket_(context_.get_executor()),
      deadline_timer_(context_.get_executor()) {}

PrivateLink::~PrivateLink() { detach(); }

void PrivateLink::start(const Footing& footing) {
    footing_ = footing;
    ++under_way_;
    asio::co_spawn(context_.get_executor(), connect(), net::report_failure("private redis link"));
}

net::Awaitable<> PrivateLink::connect() {
    const bool is_connected = co_await connector_.attempt(footing_);
    if (state_ == State::closed) co_return leave();
    if (is_connected) {
        state_ = State::up;
        socket_ = connector_.take_socket();
        id_ = connector_.id();
        flush();
        go_on();
    } else {
        log::debug("backend", "cannot connect for a client alone", {{"why", connector_.why()}});
        lose(Errc::backend_unreachable);
    }
    leave();
}

// A handler is over. Nothing may be touched after this.
void PrivateLink::leave() {
    if (--under_way_ == 0 && state_ == State::closed) owner_.remove(*this);
}

std::unique_ptr<LentLink> PrivateLink::lend(Listener& listener, net::Limiter::Permit permit) {
    auto lent = std::make_unique<LentLink>(*this);
    lent_ = lent.get();
    listener_ = &listener;
    permit_.emplace(std::move(permit));
    return lent;
}

bool PrivateLink::rest(const Footing& footing) {
    detach();
    const bool is_reusable =
        state_ == State::up && !is_ending_ && outbox_.empty() && input_.empty();
    if (!is_reusable) close();
    if (!is_reusable) return false;
    footing_.database = footing.database;
    footing_.dialect = footing.dialect;
    due_ = TimePoint::max();
    rests_since_ = clock_.now();
    hold(false);
    return true;
}

bool PrivateLink::is_clean() {
    if (state_ != State::up || !input_.empty()) return false;
    // Its end, too, may be here and not be noticed yet.
    char next = 0;
    error_code error;
    socket_.non_blocking(true, error);
    socket_.receive(asio::buffer(&next, 1), Socket::message_peek, error);
    return error == asio::error::would_block;
}

void PrivateLink::detach() noexcept {
    if (lent_ != nullptr) lent_->link_ = nullptr;
    lent_ = nullptr;
    listener_ = nullptr;
    permit_.reset();
}

// Who sends and leaves at once has sent: as much as the socket takes still goes.
void PrivateLink::let_go() {
    detach();
    if (state_ == State::up) outbox_.write_at_once(socket_);
    close();
}

void PrivateLink::close() {
    if (state_ == State::closed) return;
    state_ = State::closed;
    detach();
    connector_.stop();
    deadline_timer_.cancel();
    error_code ignored;
    socket_.close(ignored);
    // So that there is one more handler, in which it may go.
    asio::post(context_, counted([] {}));
}

void PrivateLink::lose(Errc why) {
    auto* const listener = listener_;
    close();
    if (listener != nullptr) listener->on_lost(why);
}

void PrivateLink::send(const net::Slice& command) {
    if (state_ == State::closed) return;
    outbox_.append(command);
    flush_soon();
}

// Behind the handlers that are queued already, so that one round of the lane leaves in one write.
void PrivateLink::flush_soon() {
    if (is_flush_posted_ || outbox_.is_writing() || state_ != State::up) return;
    is_flush_posted_ = true;
    asio::post(context_, counted([this] {
                   is_flush_posted_ = false;
                   flush();
               }));
}

void PrivateLink::flush() {
    if (outbox_.is_writing() || state_ != State::up) return;
    if (outbox_.empty()) {
        error_code ignored;
        if (is_ending_) socket_.shutdown(Socket::shutdown_send, ignored);
        return;
    }
    outbox_.write_some(socket_, counted([this](error_code error, std::size_t sent) {
                           outbox_.on_written(sent);
                           // Nobody may be reading who would notice.
                           if (error) lose(Errc::backend_connection_lost);
                           flush();
                       }));
}

void PrivateLink::hold(bool is_held) {
    if (is_held == is_held_) return;
    is_held_ = is_held;
    if (is_held) return;
    // Nothing could come meanwhile.
    if (due_ != TimePoint::max()) expect_value(true);
    asio::post(context_, counted([this] { go_on(); }));
}

// Redis frees a client that has closed its side, a blocked one too, behind all that it has said.
void PrivateLink::end() {
    if (state_ == State::closed || is_ending_) return;
    is_ending_ = true;
    expect_value(true);
    flush_soon();
}

// Hands over what is here, and waits for more.
void PrivateLink::go_on() {
    take_values();
    if (state_ != State::up || is_held_ || is_reading_) return;
    is_reading_ = true;
    socket_.async_read_some(input_.prepare(), counted([this](error_code error, std::size_t size) {
                                on_read(error, size);
                            }));
}

void PrivateLink::on_read(error_code error, std::size_t size) {
    is_reading_ = false;
    if (error) return lose(Errc::backend_connection_lost);
    const bool is_full = size == input_.room();
    input_.commit(size);
    // What is long takes its time: it is late when nothing comes. And what came may have been a
    // push: only the borrower knows when nothing is due any more.
    if (due_ != TimePoint::max()) due_ = clock_.now() + config_.operation_timeout;
    take_values();
    if (is_full) input_.grow_after_full_read();
    go_on();
}

void PrivateLink::take_values() {
    while (state_ == State::up && !is_held_ && !input_.empty()) {
        // Nobody has asked for anything.
        if (listener_ == nullptr) return close();
        const auto bytes = input_.unused();
        const auto status = framer_.next(bytes);
        if (status == ReplyFramer::Status::need_more) return;
        if (status == ReplyFramer::Status::failed) return lose(Errc::backend_protocol_error);
        const auto size = framer_.size();
        // It may be given back in the call, and then nothing must be left. The bytes stay until the
        // next read.
        input_.consume(size);
        listener_->on_value({bytes.substr(0, size), &input_.block()});
    }
}

void PrivateLink::expect_value(bool within_time) {
    due_ = within_time ? clock_.now() + config_.operation_timeout : TimePoint::max();
    watch_deadline();
}

// Armed again at most once a time-out, however many values come in between.
void PrivateLink::watch_deadline() {
    if (is_watching_ || is_held_ || due_ == TimePoint::max()) return;
    is_watching_ = true;
    deadline_timer_.expires_at(due_);
    deadline_timer_.async_wait(counted([this](error_code) {
        is_watching_ = false;
        on_deadline();
    }));
}

void PrivateLink::on_deadline() {
    if (state_ == State::closed || is_held_ || due_ == TimePoint::max()) return;
    if (due_ > clock_.now()) return watch_deadline();
    lose(Errc::backend_timeout);
}

}  // namespace nearcache::backend::redis
