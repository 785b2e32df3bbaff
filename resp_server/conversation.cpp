#include "resp_server/conversation.hpp"

#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "resp_server/commands/dispatch.hpp"
#include "resp_server/own_connection.hpp"
#include "resp_server/replies.hpp"

namespace nearcache::resp_server {

Conversation::Conversation(const Place& place, std::function<void()> on_answered)
    : place_(place),
      on_answered_(std::move(on_answered)),
      client_(
          place.context, place.lane, [this] { on_reply_ready(); }, this),
      parser_(place.context.config.request) {}

bool Conversation::say(std::string commands) {
    commands_ = std::move(commands);
    position_ = 0;
    execute_round();
    owes_call_ = !is_over();
    return !owes_call_;
}

void Conversation::execute_round() {
    client_.set_now(place_.context.clock.now());
    is_waiting_for_earlier_ = false;
    std::uint64_t executed = 0;
    while (may_execute() && execute_next()) ++executed;
    if (may_not_wait_) end_what_is_endless(Errc::shutting_down);
    collect();
    Counters::add(place_.context.counters[place_.lane].commands, executed);
}

bool Conversation::may_execute() {
    const auto& replies = client_.replies();
    return position_ < commands_.size() && !client_.is_leaving() && !client_.is_held_back() &&
           !is_waiting_for_earlier_ && replies.pending() < place_.context.config.max_pipeline &&
           replies_.size() + replies.bytes() < place_.most_reply_bytes;
}

// False when no more can be executed in this round.
bool Conversation::execute_next() {
    using Status = resp::RequestParser::Status;
    const auto rest = std::string_view(commands_).substr(position_);
    if (parser_.parse(rest, command_) != Status::complete) {
        // Longer than what a client may send.
        append_error(client_.out(), "ERR " + std::string(parser_.error()));
        client_.leave();
        return false;
    }
    if (execute(client_, command_) == Execution::later) {
        is_waiting_for_earlier_ = true;
        return false;
    }
    if (client_.replying() != Client::Replying::on) client_.command_done();
    position_ += parser_.consumed();
    return true;
}

// Nothing more is to come, and nothing more may be asked.
bool Conversation::is_over() const noexcept {
    if (is_round_posted_ || client_.replies().pending() != 0) return false;
    return position_ == commands_.size() || client_.is_leaving() ||
           replies_.size() >= place_.most_reply_bytes;
}

std::string Conversation::take_replies() {
    std::string bytes;
    bytes.reserve(replies_.size());
    std::vector<boost::asio::const_buffer> buffers;
    for (replies_.buffers_from(0, buffers); !buffers.empty();
         replies_.buffers_from(bytes.size(), buffers)) {
        for (const auto& buffer : buffers) {
            bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
        }
    }
    replies_.clear();
    return bytes;
}

void Conversation::end_waiting() {
    may_not_wait_ = true;
    end_what_is_endless(Errc::shutting_down);
}

void Conversation::end_what_is_endless(std::optional<Errc> why) {
    if (client_.own() == nullptr || !client_.own()->is_endless()) return;
    client_.own()->end(why);
}

// CLIENT KILL: nothing behind what is being executed is heard any more.
void Conversation::hang_up() {
    client_.leave();
    end_what_is_endless(std::nullopt);
    client_.replies().wake();
}

// To the client's own connection this is who takes what came.
void Conversation::collect() {
    if (client_.replies().output().empty()) return;
    replies_.append(std::move(client_.replies().output()));
    if (client_.own() != nullptr) client_.own()->on_taken();
}

// Replies that become ready in one round of the backend are collected in one: behind the handlers
// that are queued already.
void Conversation::on_reply_ready() {
    if (is_round_posted_) return;
    is_round_posted_ = true;
    boost::asio::post(place_.context.threads.lane(place_.lane), [this] {
        is_round_posted_ = false;
        execute_round();
        if (is_over() && std::exchange(owes_call_, false)) on_answered_();
    });
}

}  // namespace nearcache::resp_server
