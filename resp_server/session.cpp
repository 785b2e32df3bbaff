#include "resp_server/session.hpp"

#include <string>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "resp_server/commands/dispatch.hpp"
#include "resp_server/replies.hpp"

namespace nearcache::resp_server {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// How long a client that was told goodbye may go on sending.
constexpr std::chrono::seconds parting_time{1};

}  // namespace

Session::Session(const Place& place, net::Socket socket, net::Limiter::Permit permit)
    : context_(place.context),
      connections_(place.connections),
      socket_(std::move(socket)),
      permit_(std::move(permit)),
      client_(place.context, place.lane, [this] { on_reply_ready(); }),
      parser_(place.context.config.request) {}

void Session::start() {
    client_.set_now(context_.clock.now());
    Counters::add(context_.counters[client_.lane()].connections, 1);
    go_on();
}

void Session::read() {
    is_reading_ = true;
    socket_.async_read_some(input_.prepare(),
                            [this](error_code error, std::size_t size) { on_read(error, size); });
}

void Session::on_read(error_code error, std::size_t size) {
    is_reading_ = false;
    if (error) {
        has_ended_ = true;
        // A client that closed only its sending side still gets its answers.
        if (error != asio::error::eof && !is_draining_) close();
        if (is_parting_) close();
        return go_on();
    }
    const bool is_full = size == input_.room();
    input_.commit(size);
    if (is_parting_) {
        input_.consume(input_.unused().size());
        return go_on();
    }
    needs_more_ = false;
    serve();
    if (is_full) input_.grow_after_full_read();
    go_on();
}

// One round: everything that is here and may be executed now.
void Session::serve() {
    client_.set_now(context_.clock.now());
    is_waiting_for_earlier_ = false;
    std::uint64_t executed = 0;
    while (may_execute() && execute_next()) ++executed;
    Counters::add(context_.counters[client_.lane()].commands, executed);
}

bool Session::may_execute() {
    const auto& config = context_.config;
    return !is_closed_ && !client_.is_leaving() && !input_.empty() && !is_waiting_for_earlier_ &&
           client_.replies().pending() < config.max_pipeline &&
           client_.replies().bytes() < config.output_limit_bytes;
}

// False when no more can be executed in this round.
bool Session::execute_next() {
    using Status = resp::RequestParser::Status;
    switch (parser_.parse(input_.unused(), command_)) {
        case Status::complete:
            break;
        case Status::nothing:
            input_.consume(parser_.consumed());
            request_since_.reset();
            return true;
        case Status::need_more:
            if (!request_since_) request_since_ = client_.now();
            needs_more_ = true;
            return false;
        case Status::failed:
            fail_protocol();
            return false;
    }
    if (execute(client_, command_) == Execution::later) {
        is_waiting_for_earlier_ = true;
        return false;
    }
    input_.consume(parser_.consumed());
    request_since_.reset();
    return true;
}

void Session::fail_protocol() {
    Counters::add(context_.counters[client_.lane()].protocol_errors, 1);
    std::string text = "ERR ";
    text.append(parser_.error());
    append_error(client_.out(), text);
    log::debug("resp", "protocol error", {{"client", client_.id()}, {"why", parser_.error()}});
    client_.leave();
}

// Decides what this connection waits for next: a write, a read, a pending reply, or its end.
void Session::go_on() {
    if (!is_closed_ && !is_writing_ && !client_.replies().output().empty()) write();
    if (!is_closed_ && is_finished()) part();
    if (may_read()) read();
    update_deadline();
    const bool is_waited_for = is_reading_ || is_writing_ || is_round_posted_;
    if (is_closed_ && !is_waited_for && client_.replies().pending() == 0) {
        connections_.remove(*this);
    }
}

// Not while a write is under way, nor while commands that are here must wait.
bool Session::may_read() const noexcept {
    if (is_closed_ || is_reading_ || is_writing_) return false;
    if (is_parting_) return true;
    return !has_ended_ && !client_.is_leaving() && !has_commands();
}

// All is said on both sides.
bool Session::is_finished() noexcept {
    const bool takes_more = !client_.is_leaving() && (!has_ended_ || has_commands());
    return !takes_more && !is_writing_ && !is_parting_ && client_.replies().idle();
}

// Closing with unread bytes makes the kernel send a reset, which may overtake the last reply: so a
// client that still sends is listened to for a moment.
void Session::part() {
    if (has_ended_ && !has_last_words_) return close();
    client_.set_now(context_.clock.now());
    is_parting_ = true;
    input_.consume(input_.unused().size());
    error_code ignored;
    socket_.shutdown(net::Socket::shutdown_send, ignored);
}

void Session::write() {
    is_writing_ = true;
    if (writing_.empty()) {
        std::swap(writing_, client_.replies().output());
        written_ = 0;
    }
    write_since_ = client_.now();
    has_last_words_ = is_draining_;
    writing_.buffers_from(written_, buffers_);
    socket_.async_write_some(buffers_,
                             [this](error_code error, std::size_t size) { on_write(error, size); });
}

void Session::on_write(error_code error, std::size_t size) {
    is_writing_ = false;
    if (error) {
        close();
        return go_on();
    }
    client_.set_now(context_.clock.now());
    written_ += size;
    if (written_ < writing_.size()) {
        write();
        return update_deadline();
    }
    writing_.clear();
    // What was held back for lack of room may go now.
    if (has_commands()) serve();
    go_on();
}

// Replies that become ready in one round of the backend leave in one write: the round is finished
// behind the handlers that are queued already.
void Session::on_reply_ready() {
    if (is_round_posted_) return;
    is_round_posted_ = true;
    asio::post(socket_.get_executor(), [this] {
        is_round_posted_ = false;
        client_.set_now(context_.clock.now());
        if (has_commands()) serve();
        go_on();
    });
}

void Session::update_deadline() {
    const auto& config = context_.config;
    const auto now = client_.now();
    if (is_parting_) return set_deadline(now + parting_time);
    if (is_writing_) return set_deadline(write_since_ + config.write_timeout);
    if (request_since_) return set_deadline(*request_since_ + config.request_timeout);
    const bool is_idle = client_.replies().pending() == 0 && config.idle_timeout.count() > 0;
    set_deadline(is_idle ? now + config.idle_timeout : never);
}

void Session::on_deadline() { cut(); }

void Session::drain() {
    // Commands that arrived already are answered; the client finds the end after its last reply.
    is_draining_ = true;
    has_ended_ = true;
    has_last_words_ = is_writing_;
    // Cancelling would end a write as well; and what is here already will end the read by itself.
    error_code ignored;
    const bool is_idle = is_reading_ && !is_writing_ && !is_parting_;
    if (is_idle && socket_.available(ignored) == 0) socket_.cancel(ignored);
}

void Session::cut() { close(); }

void Session::close() {
    if (is_closed_) return;
    is_closed_ = true;
    has_ended_ = true;
    error_code ignored;
    socket_.shutdown(net::Socket::shutdown_both, ignored);
    socket_.close(ignored);
}

}  // namespace nearcache::resp_server
