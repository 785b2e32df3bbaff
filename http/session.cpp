#include "http/session.hpp"

#include <string_view>
#include <utility>

#include "base/log.hpp"

namespace nearcache::http {

namespace beast_http = boost::beast::http;

namespace {

std::size_t leading_line_ends(std::string_view bytes) noexcept {
    std::size_t size = 0;
    while (bytes.substr(size).starts_with("\r\n")) size += 2;
    return size;
}

// It comes to the wrong port now and then, and its client's complaint tells nobody why.
bool looks_like_tls(std::string_view bytes) noexcept { return bytes.starts_with("\x16\x03"); }

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
    if (input().empty() || (!parser_ && input().unused() == "\r")) {
        need_more();
        return false;
    }
    if (!parse()) return false;
    answer();
    return true;
}

void Session::begin_request() {
    const auto& config = context_.config;
    parser_.emplace(request_, RequestLimits{.target_bytes = config.max_target_bytes,
                                            .head_bytes = config.max_header_bytes,
                                            .body_bytes = config.max_body_bytes});
    enter(Phase::head);
}

// True when a whole request was read.
bool Session::parse() {
    if (!parser_) begin_request();
    const auto bytes = input().unused();
    input().consume(parser_->read(bytes));
    if (parser_->flaw() != Flaw::none) {
        refuse(bytes);
        return false;
    }
    if (parser_->is_done()) return true;
    if (parser_->has_head() && phase_ == Phase::head && !begin_body()) return false;
    need_more();
    return false;
}

// The head is here, the body is not. False when the head is enough to say no: what the body would
// have been is not waited for (RFC 9110, 10.1.1).
bool Session::begin_body() {
    enter(Phase::body);
    if (routes_.turns_away(request_, {last_manner(), now(), &output_})) {
        is_leaving_ = true;
        return false;
    }
    const bool has_begun = !input().empty() || !request_.body.empty();
    if (request_.expects_continue && !request_.is_http_1_0 && !has_begun) {
        output_.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
    return true;
}

void Session::enter(Phase phase) {
    phase_ = phase;
    phase_since_ = now();
}

void Session::refuse(std::string_view bytes) {
    switch (parser_->flaw()) {
        case Flaw::target_too_long:
            return refuse_with({Status::uri_too_long, "the request target is too long"});
        case Flaw::head_too_large:
            return refuse_with({Status::header_fields_too_large, "the request head is too large"});
        case Flaw::body_too_large:
            return refuse_with({Status::content_too_large, "the value is too large"});
        case Flaw::other_version:
            return refuse_with({Status::version_not_supported, "HTTP/1.0 and HTTP/1.1 only"});
        case Flaw::malformed:
        case Flaw::none:
            break;
    }
    log::debug("http", "bad request", {{"why", parser_->why().message()}});
    refuse_with({Status::bad_request, looks_like_tls(bytes) ? "this port speaks HTTP without TLS"
                                                            : "malformed request"});
}

// How to answer a request that was not read to its end: nobody knows where the next begins.
Manner Session::last_manner() const noexcept {
    Manner manner;
    manner.keeps_alive = false;
    manner.without_body = request_.method == beast_http::verb::head;
    return manner;
}

void Session::refuse_with(const Complaint& complaint) {
    auto manner = last_manner();
    routes_.suit(request_, manner);
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
