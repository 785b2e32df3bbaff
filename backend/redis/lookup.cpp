#include "backend/redis/lookup.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

#include "backend/redis/codec.hpp"
#include "backend/redis/length_line.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::backend::redis {
namespace {

constexpr std::int64_t never_expires = -1;
constexpr std::int64_t no_such_key = -2;

// What a reply to PTTL says; a server may refuse to tell.
struct Life {
    bool is_well_formed = false;
    std::optional<std::int64_t> left;
};

Life read_life(std::string_view reply) {
    const auto left = read_integer(reply);
    return {left.has_value() || reply.starts_with('-'), left};
}

void set_life(GetReply& reply, const Life& life) {
    reply.is_life_known = life.left.has_value();
    if (life.left == never_expires) return;
    // It may be gone already, or that may be all that can be said: so it is not kept.
    reply.remaining = std::chrono::milliseconds(std::max<std::int64_t>(0, life.left.value_or(0)));
}

GetReply::Kind kind_of(LookupValue::Kind kind) noexcept {
    switch (kind) {
        case LookupValue::Kind::value:
            return GetReply::Kind::value;
        case LookupValue::Kind::error:
            return GetReply::Kind::error;
        case LookupValue::Kind::absent:
        case LookupValue::Kind::malformed:
            break;
    }
    return GetReply::Kind::absent;
}

// Takes the first line, with its end, off the front.
std::string_view take_line(std::string_view& bytes) noexcept {
    const auto end = bytes.find("\r\n");
    const auto line = bytes.substr(0, end == std::string_view::npos ? end : end + 2);
    bytes.remove_prefix(line.size());
    return line;
}

// Takes one element of an array of strings off the front, null or not; malformed when it is none.
LookupValue take_element(std::string_view& bytes) noexcept {
    std::size_t size = 3;  // of "_\r\n"
    if (bytes.starts_with('$')) {
        const auto length = read_length_line(bytes);
        if (length.status != ReplyFramer::Status::complete) return {};
        size = length.size + (length.is_nil ? 0 : length.number + 2);
    }
    const auto element = read_lookup_value(bytes.substr(0, size));
    if (element.kind == LookupValue::Kind::error) return {};
    bytes.remove_prefix(std::min(size, bytes.size()));
    return element;
}

// Digits up to the line's end. So few that nothing overflows; more, a leading zero or anything else
// is no such number, and neither is one that is not here as a whole.
struct Number {
    std::int64_t value = 0;
    std::size_t size = 0;  // with the line's end; 0: no such number
};
Number read_plain_number(std::string_view bytes) noexcept {
    constexpr std::size_t most_digits = 15;
    const auto last = std::min(bytes.size(), most_digits + 1);
    Number number;
    std::size_t at = 0;
    for (; at < last && bytes[at] >= '0' && bytes[at] <= '9'; ++at) {
        number.value = number.value * 10 + (bytes[at] - '0');
    }
    const bool is_padded = at > 1 && bytes[0] == '0';
    if (at == 0 || at > most_digits || is_padded || !bytes.substr(at).starts_with("\r\n"))
        return {};
    number.size = at + 2;
    return number;
}

// A value or null at the front of the bytes: its size, or 0 when it is anything else, or not here
// as a whole.
std::size_t read_usual_value(std::string_view bytes, GetReply& reply) noexcept {
    constexpr std::string_view null = "$-1\r\n";
    if (bytes.starts_with(null)) return null.size();
    if (!bytes.starts_with('$')) return 0;
    const auto length = read_plain_number(bytes.substr(1));
    if (length.size == 0) return 0;
    const auto begin = 1 + length.size;
    const auto end = begin + static_cast<std::size_t>(length.value);
    if (bytes.size() < end + 2 || !bytes.substr(end).starts_with("\r\n")) return 0;
    reply.kind = GetReply::Kind::value;
    reply.bytes = bytes.substr(begin, end - begin);
    return end + 2;
}

bool is_array_of(std::size_t elements, std::string_view head) noexcept {
    const auto length = read_length_line(head);
    return head.starts_with('*') && length.status == ReplyFramer::Status::complete &&
           !length.is_nil && length.number == elements;
}

}  // namespace

// Nearly all keys are short: then it is put together aside, and appended as one.
void append_lookup(std::string& out, std::string_view key) {
    constexpr std::string_view get = "*2\r\n$3\r\nGET\r\n", pttl = "\r\n*2\r\n$4\r\nPTTL\r\n";
    std::array<char, 24> line{'$'};
    char* end = std::to_chars(line.data() + 1, line.data() + 22, key.size()).ptr;
    *end++ = '\r';
    *end++ = '\n';
    const std::string_view length(line.data(), static_cast<std::size_t>(end - line.data()));
    const std::array<std::string_view, 7> parts{get, length, key, pttl, length, key, "\r\n"};

    std::array<char, 256> aside;
    if (key.size() > 80) {
        for (const auto part : parts) out.append(part);
        return;
    }
    char* to = aside.data();
    for (const auto part : parts) to = std::ranges::copy(part, to).out;
    out.append(aside.data(), static_cast<std::size_t>(to - aside.data()));
}

std::optional<GetReply> read_lookup(std::string_view value, std::string_view life) {
    const auto found = read_lookup_value(value);
    const auto left = read_life(life);
    if (found.kind == LookupValue::Kind::malformed || !left.is_well_formed) return std::nullopt;
    GetReply reply;
    reply.kind = kind_of(found.kind);
    reply.bytes = found.bytes;
    set_life(reply, left);
    return reply;
}

std::optional<UsualLookup> read_usual_lookup(std::string_view bytes) noexcept {
    UsualLookup found{};
    found.size = read_usual_value(bytes, found.reply);
    if (found.size == 0) return std::nullopt;
    const auto life = bytes.substr(found.size);
    if (!life.starts_with(':')) return std::nullopt;
    const std::size_t digits_at = life.substr(1).starts_with('-') ? 2 : 1;
    const auto number = read_plain_number(life.substr(digits_at));
    if (number.size == 0) return std::nullopt;
    set_life(found.reply, {true, digits_at == 2 ? -number.value : number.value});
    found.size += digits_at + number.size;
    return found;
}

void append_lookup_of_many(std::string& out, std::span<const std::string_view> keys) {
    resp::append_array(out, keys.size() + 1);
    resp::append_text(out, "$4\r\nMGET\r\n");
    for (const auto key : keys) resp::append_bulk(out, key);
    for (const auto key : keys) {
        resp::append_text(out, "*2\r\n$4\r\nPTTL\r\n");
        resp::append_bulk(out, key);
    }
}

bool read_lookup_of_many(std::string_view values, std::string_view lives,
                         std::span<GetReply> replies) {
    const auto refusal = read_lookup_value(values);
    const bool is_refused = refusal.kind == LookupValue::Kind::error;
    if (!is_refused && !is_array_of(replies.size(), take_line(values))) return false;
    for (auto& reply : replies) {
        const auto found = is_refused ? refusal : take_element(values);
        const auto life = read_life(take_line(lives));
        if (found.kind == LookupValue::Kind::malformed || !life.is_well_formed) return false;
        reply = GetReply{};
        reply.kind = kind_of(found.kind);
        reply.bytes = found.bytes;
        set_life(reply, life);
        // MGET says nil of a key of another type as well, and such a key has a life.
        const bool is_doubtful = reply.kind == GetReply::Kind::absent && life.left != no_such_key;
        if (is_doubtful) reply.kind = GetReply::Kind::unsure;
    }
    return lives.empty() && (is_refused || values.empty());
}

}  // namespace nearcache::backend::redis
