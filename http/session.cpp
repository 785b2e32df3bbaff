#include "http/session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>

#include "base/log.hpp"

namespace nearcache::http {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;

namespace {

// How long a client that was told goodbye may go on sending.
constexpr std::chrono::seconds parting_time{1};

// Whether the request line ends like one of HTTP, if of another version: what does not is no
// request.
bool names_a_version(std::string_view head) noexcept {
    const auto line = head.substr(0, head.find('\r'));
    const auto space = line.rfind(' ');
    return space != line.npos && line.substr(space + 1).starts_with("HTTP/");
}

// Beast would wait for a CR LF that never comes.
bool has_bare_line_feed(std::string_view head) noexcept {
    for (auto at = head.find('\n'); at != head.npos; at = head.find('\n', at + 1)) {
        if (at == 0 || head[at - 1] != '\r') return true;
    }
    return false;
}

std::size_t leading_line_ends(std::string_view bytes) noexcept {
    return std::min(bytes.find_first_not_of("\r\n"), bytes.size());
}

}  // namespace

Session::Session(const Place& place, net::Socket socket, net::Limiter::Permit permit)
    : context_(place.context),
      connections_(place.connections),
      socket_(std::move(socket)),
      permit_(std::move(permit)),
      routes_(place.context, place.lane, [this] {
          now_ = context_.clock.now();
          if (needs_more_ || is_leaving_) return go_on();
          serve();
          go_on();
      }) {}

void Session::start() {
    now_ = context_.clock.now();
    enter(Phase::idle);
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
    now_ = context_.clock.now();
    needs_more_ = false;
    serve();
    if (is_full) input_.grow_after_full_read();
    go_on();
}

// One round: every request that is here and may be answered now.
void Session::serve() {
    while (serve_next()) {
    }
}

// False when no more can be answered in this round.
bool Session::serve_next() {
    const bool may_answer = !is_closed_ && !is_leaving_ && !routes_.is_waiting() &&
                            output_.size() < context_.config.output_limit_bytes;
    if (!may_answer) return false;
    // RFC 9112, 2.2: an empty line before a request is passed over.
    if (!parser_) input_.consume(leading_line_ends(input_.unused()));
    if (input_.empty()) {
        needs_more_ = true;
        return false;
    }
    if (!parse()) return false;
    answer();
    return true;
}

void Session::begin_request() {
    parser_.emplace(request_, context_.config.max_target_bytes);
    parser_->eager(true);
    parser_->header_limit(static_cast<std::uint32_t>(context_.config.max_header_bytes));
    parser_->body_limit(context_.config.max_body_bytes);
    enter(Phase::head);
}

// True when a whole request was read.
bool Session::parse() {
    if (!parser_) begin_request();
    const auto unused = input_.unused();
    error_code error;
    const auto used = parser_->put(asio::const_buffer(unused.data(), unused.size()), error);
    if (error && error != beast_http::error::need_more) {
        refuse(error);
        return false;
    }
    input_.consume(used);
    head_bytes_ += used;
    if (parser_->is_done()) return true;
    // Beast counts only what it is given at once.
    if (!parser_->is_header_done() &&
        head_bytes_ + input_.unused().size() > context_.config.max_header_bytes) {
        refuse(beast_http::error::header_limit);
        return false;
    }
    if (!parser_->is_header_done() && has_bare_line_feed(input_.unused())) {
        refuse(beast_http::error::bad_line_ending);
        return false;
    }
    // What is left of a body is the line of a chunk or the trailer, which Beast would let grow.
    if (parser_->is_header_done() && input_.unused().size() > context_.config.max_header_bytes) {
        refuse(beast_http::error::header_limit);
        return false;
    }

    if (parser_->is_header_done() && phase_ == Phase::head) {
        enter(Phase::body);
        if (request_.expects_continue && !request_.is_http_1_0)
            output_.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
    // With bytes used the parser may have stopped at the end of a part, not of the input.
    if (used != 0 && !error && !input_.empty()) return parse();
    needs_more_ = true;
    return false;
}

void Session::enter(Phase phase) {
    if (phase == Phase::idle) head_bytes_ = 0;
    phase_ = phase;
    phase_since_ = now_;
}

void Session::refuse(error_code error) {
    using Error = beast_http::error;
    const bool has_request_line =
        input_.unused().find('\n') != std::string_view::npos || !request_.target.empty();
    if (parser_->target_is_too_long() || (error == Error::header_limit && !has_request_line)) {
        return refuse_with({Status::uri_too_long, "the request target is too long"});
    }
    if (error == Error::header_limit) {
        return refuse_with({Status::header_fields_too_large, "the request head is too large"});
    }
    if (error == Error::body_limit) {
        return refuse_with({Status::content_too_large, "the value is too large"});
    }
    if (error == Error::bad_version && names_a_version(input_.unused())) {
        return refuse_with({Status::version_not_supported, "HTTP/1.0 and HTTP/1.1 only"});
    }
    log::debug("http", "bad request", {{"why", error.message()}});
    refuse_with({Status::bad_request, "malformed request"});
}

// After an error nobody knows where the next request begins.
void Session::refuse_with(const Complaint& complaint) {
    Manner manner;
    manner.keeps_alive = false;
    append_error(output_, manner, complaint);
    is_leaving_ = true;
}

void Session::answer() {
    Manner manner;
    manner.keeps_alive = request_.keeps_alive && !is_draining_;
    manner.says_keep_alive = request_.is_http_1_0;
    manner.without_body = request_.method == beast_http::verb::head;
    is_leaving_ = !manner.keeps_alive;
    routes_.answer(request_, {manner, now_, &output_});
    parser_.reset();
    request_.clear();
    enter(Phase::idle);
}

// Decides what this connection waits for next: a write, a read, an answer, or its end.
void Session::go_on() {
    if (!is_closed_ && !is_writing_ && !output_.empty()) write();
    if (!is_closed_ && is_finished()) part();
    if (may_read()) read();
    update_deadline();
    if (is_closed_ && !is_reading_ && !is_writing_ && !routes_.is_waiting()) {
        connections_.remove(*this);
    }
}

// Not while a write or an answer is under way, nor while requests that are here must wait.
bool Session::may_read() const noexcept {
    if (is_closed_ || is_reading_ || is_writing_) return false;
    if (is_parting_) return true;
    return !has_ended_ && !is_leaving_ && needs_more_ && !routes_.is_waiting();
}

// All is said on both sides.
bool Session::is_finished() const noexcept {
    const bool takes_more = !is_leaving_ && (!has_ended_ || !needs_more_);
    return !takes_more && !is_writing_ && !is_parting_ && output_.empty() && !routes_.is_waiting();
}

// Closing with unread bytes makes the kernel send a reset, which may overtake the last answer: so a
// client that still sends is listened to for a moment.
void Session::part() {
    if (has_ended_ && !has_last_words_) return close();
    now_ = context_.clock.now();
    is_parting_ = true;
    input_.consume(input_.unused().size());
    error_code ignored;
    socket_.shutdown(net::Socket::shutdown_send, ignored);
}

void Session::write() {
    is_writing_ = true;
    if (writing_.empty()) {
        std::swap(writing_, output_);
        written_ = 0;
    }
    write_since_ = now_;
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
    now_ = context_.clock.now();
    written_ += size;
    if (written_ < writing_.size()) {
        write();
        return update_deadline();
    }
    writing_.clear();
    // Idle is who has his answers and does not ask on: it begins when they are gone.
    if (phase_ == Phase::idle) enter(Phase::idle);
    if (!needs_more_) serve();
    go_on();
}

void Session::update_deadline() {
    const auto& config = context_.config;
    if (is_parting_) return set_deadline(now_ + parting_time);
    if (is_writing_) return set_deadline(write_since_ + config.write_timeout);
    if (routes_.is_waiting()) return set_deadline(never);
    switch (phase_) {
        case Phase::idle:
            return set_deadline(phase_since_ + config.idle_timeout);
        case Phase::head:
            return set_deadline(phase_since_ + config.header_timeout);
        case Phase::body:
            return set_deadline(phase_since_ + config.body_timeout);
    }
}

void Session::on_deadline() {
    const bool is_late_request = !is_writing_ && !is_parting_ && phase_ != Phase::idle;
    if (!is_late_request) return cut();
    now_ = context_.clock.now();
    refuse_with({Status::request_timeout, "the request did not arrive in time"});
    write();
    update_deadline();
}

void Session::drain() {
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

}  // namespace nearcache::http
