#include "backend/redis/push_reader.hpp"

#include <algorithm>

#include "backend/redis/length_line.hpp"

namespace nearcache::backend::redis {

namespace {

constexpr std::string_view message_head = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n";
static_assert(message_head.ends_with("$20\r\n__redis__:invalidate\r\n") &&
              invalidation_channel.size() == 20);

using Kind = PushReader::Kind;
using Status = ReplyFramer::Status;

PushReader::Item unread(Status status) noexcept {
    return {status == Status::need_more ? Kind::need_more : Kind::malformed, 0, {}};
}

// A bulk string at the front of `bytes`, as an item of that kind.
PushReader::Item read_bulk(Kind kind, std::string_view bytes, const LengthLine& line) noexcept {
    if (line.number > PushReader::longest_key) return {Kind::malformed, 0, {}};
    const std::size_t end = line.size + static_cast<std::size_t>(line.number);
    if (bytes.size() < end + 2) return {Kind::need_more, 0, {}};
    if (bytes.substr(end, 2) != "\r\n") return {Kind::malformed, 0, {}};
    return {kind, end + 2, bytes.substr(line.size, end - line.size)};
}

}  // namespace

PushReader::Item PushReader::next(std::string_view bytes) {
    if (keys_left_ > 0) return next_key(bytes);
    const auto head = bytes.substr(0, message_head.size());
    if (is_framing_ || !message_head.starts_with(head)) return next_reply(bytes);
    // Whatever else it may turn out to be, its first bytes are those of a message.
    if (head.size() < message_head.size()) return {Kind::need_more, 0, {}};
    auto item = next_message(bytes.substr(message_head.size()));
    if (item.size > 0) item.size += message_head.size();
    return item;
}

PushReader::Item PushReader::next_key(std::string_view bytes) {
    if (bytes.empty()) return {Kind::need_more, 0, {}};
    if (bytes.front() != '$') return {Kind::malformed, 0, {}};
    const auto line = read_length_line(bytes);
    if (line.status != Status::complete) return unread(line.status);
    if (line.is_nil) return {Kind::malformed, 0, {}};
    const auto item = read_bulk(Kind::key, bytes, line);
    if (item.kind == Kind::key) --keys_left_;
    return item;
}

// What follows the channel's name. A nil is a null bulk string or a null array, depending on who
// wrote the server.
PushReader::Item PushReader::next_message(std::string_view bytes) noexcept {
    if (bytes.empty()) return {Kind::need_more, 0, {}};
    if (bytes.front() != '*' && bytes.front() != '$') return {Kind::malformed, 0, {}};
    const auto line = read_length_line(bytes);
    if (line.status != Status::complete) return unread(line.status);
    if (line.is_nil) return {Kind::everything, line.size, {}};
    if (bytes.front() == '$') return read_bulk(Kind::forged, bytes, line);
    keys_left_ = line.number;
    return {Kind::keys, line.size, {}};
}

PushReader::Item PushReader::next_reply(std::string_view bytes) {
    const auto status = framer_.next(bytes);
    is_framing_ = status == Status::need_more;
    if (is_framing_ && bytes.size() > longest_reply) return {Kind::malformed, 0, {}};
    if (status != Status::complete) return unread(status);
    return {Kind::reply, framer_.size(), bytes.substr(0, framer_.size())};
}

}  // namespace nearcache::backend::redis
