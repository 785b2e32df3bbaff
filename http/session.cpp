#include "http/session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include "base/log.hpp"

namespace nearcache::http {

namespace beast_http = boost::beast::http;
using boost::system::error_code;

namespace {

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
    : StreamSession({place.connections, place.context.clock, place.context.config.write_timeout},
                    std::move(socket), std::move(permit)),
      context_(place.context),
      routes_(place.context, place.lane, [this] { resume(); }),
      phase_since_(now()) {}

// One round: every request that is here and may be answered now.
void Session::serve() {
    while (serve_next()) {
    }
}

// False when no more can be answered in this round.
bool Session::serve_next() {
    const bool may_answer = is_open() && !is_leaving_ && !routes_.is_waiting() &&
                            output_.size() < context_.config.output_limit_bytes;
    if (!may_answer) return false;
    // RFC 9112, 2.2: an empty line before a request is passed over.
    if (!parser_) input().consume(leading_line_ends(input().unused()));
    if (input().empty()) {
        need_more();
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
    const auto unused = input().unused();
    error_code error;
    const auto used = parser_->put(boost::asio::const_buffer(unused.data(), unused.size()), error);
    if (error && error != beast_http::error::need_more) {
        refuse(error);
        return false;
    }
    input().consume(used);
    head_bytes_ += used;
    if (parser_->is_done()) return true;
    // Beast counts only what it is given at once.
    if (!parser_->is_header_done() &&
        head_bytes_ + input().unused().size() > context_.config.max_header_bytes) {
        refuse(beast_http::error::header_limit);
        return false;
    }
    if (!parser_->is_header_done() && has_bare_line_feed(input().unused())) {
        refuse(beast_http::error::bad_line_ending);
        return false;
    }
    // What is left of a body is the line of a chunk or the trailer, which Beast would let grow.
    if (parser_->is_header_done() && input().unused().size() > context_.config.max_header_bytes) {
        refuse(beast_http::error::header_limit);
        return false;
    }

    if (parser_->is_header_done() && phase_ == Phase::head) {
        enter(Phase::body);
        if (request_.expects_continue && !request_.is_http_1_0)
            output_.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
    // With bytes used the parser may have stopped at the end of a part, not of the input.
    if (used != 0 && !error && !input().empty()) return parse();
    need_more();
    return false;
}

void Session::enter(Phase phase) {
    if (phase == Phase::idle) head_bytes_ = 0;
    phase_ = phase;
    phase_since_ = now();
}

void Session::refuse(error_code error) {
    using Error = beast_http::error;
    const bool has_request_line =
        input().unused().find('\n') != std::string_view::npos || !request_.target.empty();
    if (parser_->target_is_too_long() || (error == Error::header_limit && !has_request_line)) {
        return refuse_with({Status::uri_too_long, "the request target is too long"});
    }
    if (error == Error::header_limit) {
        return refuse_with({Status::header_fields_too_large, "the request head is too large"});
    }
    if (error == Error::body_limit) {
        return refuse_with({Status::content_too_large, "the value is too large"});
    }
    if (error == Error::bad_version && names_a_version(input().unused())) {
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
    manner.keeps_alive = request_.keeps_alive && !is_draining();
    manner.says_keep_alive = request_.is_http_1_0;
    manner.without_body = request_.method == beast_http::verb::head;
    is_leaving_ = !manner.keeps_alive;
    routes_.answer(request_, {manner, now(), &output_});
    parser_.reset();
    request_.clear();
    enter(Phase::idle);
}

// Idle is who has his answers and does not ask on: it begins when they are gone.
void Session::on_written() {
    if (phase_ == Phase::idle) enter(Phase::idle);
}

TimePoint Session::open_deadline() const noexcept {
    const auto& config = context_.config;
    if (routes_.is_waiting()) return never;
    switch (phase_) {
        case Phase::idle:
            return phase_since_ + config.idle_timeout;
        case Phase::head:
            return phase_since_ + config.header_timeout;
        case Phase::body:
            return phase_since_ + config.body_timeout;
    }
    return never;
}

void Session::on_deadline() {
    if (!is_listening() || phase_ == Phase::idle) return cut();
    refresh_now();
    refuse_with({Status::request_timeout, "the request did not arrive in time"});
    go_on();
}

}  // namespace nearcache::http
