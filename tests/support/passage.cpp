#include "tests/support/passage.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

#include "tests/support/resp_wire.hpp"

namespace nearcache::tests {

namespace {

// Beyond it no more is read: whoever sends too much has to wait.
constexpr std::size_t most_waiting = 4u * 1024 * 1024;

// What a connection is for shows within its first few commands.
constexpr std::size_t telling_commands = 20;

// Sends as much as the kernel takes; false when the connection is gone.
bool send_some(const Socket& socket, std::string& bytes) {
    if (bytes.empty()) return true;
    const auto sent =
        ::send(socket.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    bytes.erase(0, static_cast<std::size_t>(sent));
    return true;
}

short events(bool reads, bool writes) {
    return static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
}

bool begins_with(std::string_view command, std::string_view words) {
    auto text = text_of(command);
    std::ranges::transform(text, text.begin(), [](unsigned char byte) {
        return static_cast<char>(std::toupper(byte));
    });
    return text.starts_with(words);
}

}  // namespace

Passage::Interest Passage::in_nearcache(const PassageRules& rules) const {
    const auto held = stalled(rules);
    return {nearcache_.descriptor(), events(!held.to_redis && to_redis_.size() < most_waiting,
                                            !held.to_nearcache && !to_nearcache_.empty())};
}

Passage::Interest Passage::in_redis(const PassageRules& rules) const {
    const auto held = stalled(rules);
    return {redis_.descriptor(), events(!held.to_nearcache && to_nearcache_.size() < most_waiting,
                                        !held.to_redis && !to_redis_.empty())};
}

bool Passage::move(const Ready& ready, const PassageRules& rules) {
    constexpr short readable = POLLIN | POLLHUP | POLLERR;
    bool lives = true;
    if ((ready.nearcache & readable) != 0) lives = take_commands(rules);
    if ((ready.redis & readable) != 0) lives = take_replies(rules) && lives;
    const auto held = stalled(rules);
    if (!held.to_redis) lives = send_some(redis_, to_redis_) && lives;
    if (!held.to_nearcache) lives = send_some(nearcache_, to_nearcache_) && lives;
    return lives;
}

bool Passage::take_commands(const PassageRules& rules) {
    const auto received = nearcache_.receive();
    if (received.empty()) return false;
    commands_ += received;
    std::string_view left = commands_;
    while (const auto length = reply_length(left)) {
        pass_on(left.substr(0, *length), rules);
        left.remove_prefix(*length);
    }
    commands_.erase(0, commands_.size() - left.size());
    return true;
}

void Passage::pass_on(std::string_view command, const PassageRules& rules) {
    if (++commands_passed_ <= telling_commands) {
        const bool is_tracking = begins_with(command, "[CLIENT, TRACKING, ");
        const bool tells = is_tracking || begins_with(command, "[CLIENT, ID]") ||
                           begins_with(command, "[SUBSCRIBE");
        is_control_ = is_control_ || tells;
        if (is_tracking && rules.answers_tracking) {
            to_nearcache_ += ok;
            return;
        }
    }
    if (!is_control_ && !rules.data_answer.empty()) {
        to_nearcache_ += rules.data_answer;
        return;
    }
    to_redis_ += command;
}

bool Passage::take_replies(const PassageRules& rules) {
    const auto received = redis_.receive();
    if (received.empty()) return false;
    if (!rules.swallows_messages || !is_control_) {
        to_nearcache_ += received;
        return true;
    }
    replies_ += received;
    std::string_view left = replies_;
    while (const auto length = reply_length(left)) {
        const auto reply = left.substr(0, *length);
        const bool is_message = reply.starts_with("*3\r\n$7\r\nmessage\r\n");
        if (!is_message) to_nearcache_ += reply;
        left.remove_prefix(*length);
    }
    replies_.erase(0, replies_.size() - left.size());
    return true;
}

}  // namespace nearcache::tests
