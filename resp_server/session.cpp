#include "resp_server/session.hpp"

#include <string>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "resp_server/commands/dispatch.hpp"
#include "resp_server/own_connection.hpp"
#include "resp_server/replies.hpp"

namespace nearcache::resp_server {

namespace {

// As in CLIENT LIST; Redis says so of a socket that is gone.
std::string text_of(const boost::asio::ip::tcp::endpoint& endpoint) {
    if (endpoint.port() == 0) return "?:0";
    const auto address = endpoint.address();
    const auto text = address.to_string();
    return (address.is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(endpoint.port());
}

}  // namespace

Session::Session(const Place& place, net::Socket socket, net::Limiter::Permit permit)
    : StreamSession({place.connections, place.context.clock, place.context.config.write_timeout},
                    std::move(socket), std::move(permit)),
      context_(place.context),
      client_(
          place.context, place.lane, [this] { on_reply_ready(); }, this),
      parser_(place.context.config.request) {
    Counters::add(context_.counters[client_.lane()].connections, 1);
}

// One round: everything that is here and may be executed now.
void Session::serve() {
    client_.set_now(now());
    is_waiting_for_earlier_ = false;
    std::uint64_t executed = 0;
    while (may_execute() && execute_next()) ++executed;
    if (has_client_ended_ || is_draining()) end_what_is_endless();
    Counters::add(context_.counters[client_.lane()].commands, executed);
}

bool Session::may_execute() {
    const auto& config = context_.config;
    return is_open() && !client_.is_leaving() && !client_.is_held_back() && !input().empty() &&
           !is_waiting_for_earlier_ && client_.replies().pending() < config.max_pipeline &&
           client_.replies().bytes() < config.output_limit_bytes;
}

// False when no more can be executed in this round.
bool Session::execute_next() {
    using Status = resp::RequestParser::Status;
    switch (parser_.parse(input().unused(), command_)) {
        case Status::complete:
            break;
        case Status::nothing:
            input().consume(parser_.consumed());
            request_since_.reset();
            return true;
        case Status::need_more:
            if (!request_since_) request_since_ = client_.now();
            need_more();
            return false;
        case Status::failed:
            fail_protocol();
            return false;
    }
    client_.set_request_block(&input().block());
    if (execute(client_, command_) == Execution::later) {
        is_waiting_for_earlier_ = true;
        return false;
    }
    if (client_.replying() != Client::Replying::on) client_.command_done();
    input().consume(parser_.consumed());
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

void Session::on_client_end() {
    has_client_ended_ = true;
    end_what_is_endless();
}

void Session::on_drain() { end_what_is_endless(); }

// As Redis ends with its clients: what can be answered at once is, and nobody is told that the
// waiting is over. What was asked before, and what came behind it, is answered too.
void Session::end_what_is_endless() {
    if (client_.own() == nullptr || !client_.own()->is_endless()) return;
    client_.own()->end(has_client_ended_ ? std::nullopt : std::optional(Errc::shutting_down));
}

void Session::on_written() {
    if (client_.own() != nullptr) client_.own()->on_taken();
    client_.replies().tell_room();
}

std::string Session::peer() const {
    boost::system::error_code gone;
    return text_of(socket().remote_endpoint(gone));
}

std::string Session::local() const {
    boost::system::error_code gone;
    return text_of(socket().local_endpoint(gone));
}

int Session::descriptor() const { return const_cast<net::Socket&>(socket()).native_handle(); }

void Session::hang_up() {
    cut();
    client_.replies().wake();
}

bool Session::is_waiting() const noexcept {
    return is_round_posted_ || client_.replies().pending() != 0;
}

// Replies that become ready in one round of the backend leave in one write: the round is finished
// behind the handlers that are queued already.
void Session::on_reply_ready() {
    if (is_round_posted_) return;
    is_round_posted_ = true;
    boost::asio::post(executor(), [this] {
        is_round_posted_ = false;
        resume();
    });
}

TimePoint Session::open_deadline() const noexcept {
    const auto& config = context_.config;
    if (request_since_) return *request_since_ + config.request_timeout;
    const bool is_listener = client_.own() != nullptr && client_.own()->is_endless();
    const bool is_idle = !is_waiting() && !is_listener && config.idle_timeout.count() > 0;
    return is_idle ? now() + config.idle_timeout : never;
}

}  // namespace nearcache::resp_server
