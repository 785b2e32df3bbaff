#include "resp_server/session.hpp"

#include <string>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "resp_server/commands/dispatch.hpp"
#include "resp_server/replies.hpp"

namespace nearcache::resp_server {

Session::Session(const Place& place, net::Socket socket, net::Limiter::Permit permit)
    : StreamSession({place.connections, place.context.clock, place.context.config.write_timeout},
                    std::move(socket), std::move(permit)),
      context_(place.context),
      client_(place.context, place.lane, [this] { on_reply_ready(); }),
      parser_(place.context.config.request) {
    Counters::add(context_.counters[client_.lane()].connections, 1);
}

// One round: everything that is here and may be executed now.
void Session::serve() {
    client_.set_now(now());
    is_waiting_for_earlier_ = false;
    std::uint64_t executed = 0;
    while (may_execute() && execute_next()) ++executed;
    Counters::add(context_.counters[client_.lane()].commands, executed);
}

bool Session::may_execute() {
    const auto& config = context_.config;
    return is_open() && !client_.is_leaving() && !input().empty() && !is_waiting_for_earlier_ &&
           client_.replies().pending() < config.max_pipeline &&
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
    if (execute(client_, command_) == Execution::later) {
        is_waiting_for_earlier_ = true;
        return false;
    }
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
    const bool is_idle = !is_waiting() && config.idle_timeout.count() > 0;
    return is_idle ? now() + config.idle_timeout : never;
}

}  // namespace nearcache::resp_server
