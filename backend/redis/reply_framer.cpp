#include "backend/redis/reply_framer.hpp"

#include <algorithm>
#include <cstring>

#include "backend/redis/length_line.hpp"

namespace nearcache::backend::redis {

namespace {

// Keeps the sum of what is missing far from overflowing.
constexpr std::uint64_t max_missing = 999'999'999'999;

}  // namespace

ReplyFramer::Status ReplyFramer::next(std::string_view bytes) {
    if (is_finished_) {
        position_ = 0;
        scanned_ = 0;
        missing_ = 1;
        is_finished_ = false;
    }
    while (missing_ > 0) {
        const Status status = step(bytes);
        if (status != Status::complete) return status;
    }
    is_finished_ = true;
    return Status::complete;
}

// Steps over one value, or over the head of an aggregate.
ReplyFramer::Status ReplyFramer::step(std::string_view bytes) {
    if (position_ >= bytes.size()) return Status::need_more;
    switch (bytes[position_]) {
        case '$':
        case '=':
        case '!':
            return step_over_bulk(bytes);
        case '*':
        case '%':
        case '~':
        case '>':
        case '|':
            return step_into_aggregate(bytes);
        case '+':
        case '-':
        case ':':
        case '_':
        case ',':
        case '#':
        case '(':
            return step_over_line(bytes);
        default:
            return Status::failed;
    }
}

// A text ends at the first CR LF, as in hiredis: either one alone belongs to the text.
ReplyFramer::Status ReplyFramer::step_over_line(std::string_view bytes) {
    std::size_t from = std::max(position_ + 1, scanned_);
    while (from < bytes.size()) {
        const void* const found = std::memchr(bytes.data() + from, '\r', bytes.size() - from);
        if (found == nullptr) {
            from = bytes.size();
            break;
        }
        from = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
        if (from + 1 == bytes.size()) break;
        if (bytes[from + 1] == '\n') {
            leave(from + 2);
            return Status::complete;
        }
        ++from;
    }
    scanned_ = from;
    return Status::need_more;
}

// The length line is read again when more of the bulk has arrived: it is short.
ReplyFramer::Status ReplyFramer::step_over_bulk(std::string_view bytes) {
    const char type = bytes[position_];
    const LengthLine line = read_length_line(bytes.substr(position_));
    if (line.is_nil && type != '$') return Status::failed;
    if (line.status != Status::complete) return line.status;
    if (line.is_nil) {
        leave(position_ + line.size);
        return Status::complete;
    }
    const std::size_t end = position_ + line.size + line.number;
    if (bytes.size() < end + 2) return Status::need_more;
    if (bytes[end] != '\r' || bytes[end + 1] != '\n') return Status::failed;
    leave(end + 2);
    return Status::complete;
}

// The head counts as one value, except for attributes: they come before the value they belong to.
ReplyFramer::Status ReplyFramer::step_into_aggregate(std::string_view bytes) {
    const char type = bytes[position_];
    const LengthLine line = read_length_line(bytes.substr(position_));
    if (line.is_nil && type != '*') return Status::failed;
    if (line.status != Status::complete) return line.status;

    const bool is_paired = type == '%' || type == '|';
    const std::uint64_t added = line.is_nil ? 0 : line.number * (is_paired ? 2 : 1);
    if (added > max_missing - missing_) return Status::failed;
    missing_ += added;
    position_ += line.size;
    if (type != '|') --missing_;
    return Status::complete;
}

void ReplyFramer::leave(std::size_t end) noexcept {
    position_ = end;
    --missing_;
}

}  // namespace nearcache::backend::redis
