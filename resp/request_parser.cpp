#include "resp/request_parser.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace nearcache::resp {

namespace {

using Words = decltype(Command::words);

// Room for this many words is kept from command to command; what a larger one took is given back.
constexpr std::size_t kept_capacity = 4096;

// The value of a decimal digit; 10 or more for any other character.
unsigned digit_value(char c) noexcept {
    return static_cast<unsigned>(static_cast<unsigned char>(c)) - unsigned{'0'};
}

// Reads "<length>\r\n" as every client library sends it: at most nine digits, all of them there.
// Returns what follows; null for anything else, which read_count() and read_word() then look at.
const char* read_regular_length(const char* at, const char* end, std::size_t& length) noexcept {
    if (end - at < 3) return nullptr;
    unsigned digit = digit_value(*at++);
    if (digit > 9) return nullptr;
    length = digit;
    if (length != 0) {
        const char* const last = end - at > 8 ? at + 8 : end;
        while (at < last && (digit = digit_value(*at)) <= 9) {
            length = length * 10 + digit;
            ++at;
        }
    }
    if (end - at < 2 || at[0] != '\r' || at[1] != '\n') return nullptr;
    return at + 2;
}

// An integer in the one form that Redis takes: no plus, no blanks, no leading zeros, no "-0".
std::optional<std::int64_t> strict_integer(std::string_view text) noexcept {
    const bool is_negative = !text.empty() && text.front() == '-';
    const std::string_view digits = text.substr(is_negative ? 1 : 0);
    if (digits.empty() || digits.size() > 19) return std::nullopt;
    if (digits.front() == '0' && text.size() > 1) return std::nullopt;
    std::uint64_t number = 0;  // nineteen digits always fit
    for (const char c : digits) {
        const unsigned digit = digit_value(c);
        if (digit > 9) return std::nullopt;
        number = number * 10 + digit;
    }
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (number > most + (is_negative ? 1 : 0)) return std::nullopt;
    return static_cast<std::int64_t>(is_negative ? std::uint64_t{0} - number : number);
}

// Locale-free, and never asked about a negative char.
bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Vertical tab and form feed are blanks between words, but do not end one: so it is in Redis.
bool ends_word(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::optional<unsigned> hex_value(char c) noexcept {
    if (digit_value(c) <= 9) return digit_value(c);
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

char escaped(char c) noexcept {
    switch (c) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'b':
            return '\b';
        case 'a':
            return '\a';
        default:
            return c;
    }
}

// Splits an inline command into words: what Redis's sdssplitargs() does. Quotes may open anywhere
// in a word, and close it. `out` has room for the whole line; unquoting makes nothing longer.
class LineSplitter {
  public:
    LineSplitter(std::string_view line, char* out) noexcept : line_(line), out_(out) {}

    // False when a quote is not closed, or closed before something that is not a blank.
    bool split(Words& words) {
        while (true) {
            while (!at_end() && is_blank(line_[at_])) ++at_;
            if (at_end()) return true;
            const char* const begin = out_;
            if (!read_word()) return false;
            words.emplace_back(begin, static_cast<std::size_t>(out_ - begin));
        }
    }

  private:
    bool at_end() const noexcept { return at_ == line_.size(); }
    bool at_escape() const noexcept { return line_[at_] == '\\' && line_.size() - at_ > 1; }

    bool read_word() {
        for (; !at_end() && !ends_word(line_[at_]); ++at_) {
            if (line_[at_] == '"') return read_double_quoted();
            if (line_[at_] == '\'') return read_single_quoted();
            *out_++ = line_[at_];
        }
        return true;
    }

    bool read_double_quoted() {
        for (++at_; !at_end(); ++at_) {
            if (line_[at_] == '"') return close_quote();
            if (at_escape()) {
                read_escape();
            } else {
                *out_++ = line_[at_];
            }
        }
        return false;
    }

    // Leaves at_ on the last character of the escape.
    void read_escape() {
        if (line_[at_ + 1] == 'x' && line_.size() - at_ > 3) {
            const auto high = hex_value(line_[at_ + 2]);
            const auto low = hex_value(line_[at_ + 3]);
            if (high && low) {
                *out_++ = static_cast<char>(*high * 16 + *low);
                at_ += 3;
                return;
            }
        }
        *out_++ = escaped(line_[++at_]);
    }

    bool read_single_quoted() {
        for (++at_; !at_end(); ++at_) {
            if (line_[at_] == '\'') return close_quote();
            if (at_escape() && line_[at_ + 1] == '\'') ++at_;
            *out_++ = line_[at_];
        }
        return false;
    }

    bool close_quote() {
        ++at_;
        return at_end() || is_blank(line_[at_]);
    }

    std::string_view line_;
    std::size_t at_ = 0;
    char* out_;
};

}  // namespace

RequestParser::Status RequestParser::parse(std::string_view bytes, Command& command) {
    command.words.clear();
    command.raw = {};
    if (command.words.capacity() > kept_capacity) command.words.shrink_to_fit();
    if (!error_.empty()) return Status::failed;
    if (bytes.empty()) return Status::need_more;
    assert(scanned_ <= bytes.size() && position_ <= bytes.size());

    command.is_inline = bytes.front() != '*';
    const Status status =
        command.is_inline ? parse_inline(bytes, command) : parse_array(bytes, command);
    if (status == Status::complete || status == Status::nothing) begin_anew();
    return status;
}

RequestParser::Status RequestParser::parse_inline(std::string_view bytes, Command& command) {
    const Status status = find_line_end(bytes, '\n', "Protocol error: too big inline request");
    if (status != Status::complete) return status;

    position_ = scanned_ + 1;
    if (position_ > limits_.max_request_bytes) return fail("Protocol error: too big request");
    std::string_view line = bytes.substr(0, scanned_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    inline_bytes_.resize(line.size());
    if (!LineSplitter(line, inline_bytes_.data()).split(command.words)) {
        command.words.clear();
        return fail("Protocol error: unbalanced quotes in request");
    }
    return command.words.empty() ? Status::nothing : Status::complete;
}

RequestParser::Status RequestParser::parse_array(std::string_view bytes, Command& command) {
    if (missing_words_ == 0) {
        const Status status = read_count(bytes);
        if (status != Status::complete) return status;
    }
    while (true) {
        read_regular_words(bytes, command);
        if (missing_words_ == 0) break;
        const Status status = read_word(bytes, command);
        if (status == Status::complete) continue;
        has_lost_words_ = true;
        command.words.clear();
        return status;
    }
    if (has_lost_words_) return read_again(bytes.substr(0, position_), command);
    if (is_regular_) command.raw = bytes.substr(0, position_);
    return Status::complete;
}

// Words that were read in earlier calls were not kept, as the buffer may have moved since: an
// unfinished command costs nothing but its bytes. Now that it is whole, they are read once more.
RequestParser::Status RequestParser::read_again(std::string_view bytes, Command& command) {
    command.words.clear();
    begin_anew();
    Status status = read_count(bytes);
    command.words.reserve(missing_words_);
    while (status == Status::complete && missing_words_ > 0) {
        read_regular_words(bytes, command);
        if (missing_words_ > 0) status = read_word(bytes, command);
    }
    assert(status == Status::complete && position_ == bytes.size());
    if (is_regular_) command.raw = bytes;
    return status;
}

RequestParser::Status RequestParser::read_count(std::string_view bytes) {
    std::size_t count = 0;
    const char* const end = bytes.data() + bytes.size();
    const char* const behind = read_regular_length(bytes.data() + 1, end, count);
    if (behind != nullptr && count - 1 < limits_.max_words) {
        position_ = static_cast<std::size_t>(behind - bytes.data());
        missing_words_ = count;
        return Status::complete;
    }
    const Status status = find_line_end(bytes, '\r', "Protocol error: too big mbulk count string");
    if (status != Status::complete) return status;

    const auto number = strict_integer(bytes.substr(1, scanned_ - 1));
    if (!number || (*number > 0 && static_cast<std::uint64_t>(*number) > limits_.max_words)) {
        return fail("Protocol error: invalid multibulk length");
    }
    leave_line(bytes);
    if (*number <= 0) return Status::nothing;
    missing_words_ = static_cast<std::size_t>(*number);
    return Status::complete;
}

// The path of a cache hit. Reads words for as long as nothing is out of the ordinary, and leaves
// whatever is to read_word(): what has not arrived, is over a limit, or is wrong.
void RequestParser::read_regular_words(std::string_view bytes, Command& command) {
    if (has_bulk_length_) return;
    const char* const begin = bytes.data();
    const char* const end = begin + std::min(bytes.size(), limits_.max_request_bytes);
    const char* at = begin + position_;
    std::size_t missing = missing_words_;
    for (; missing > 0; --missing) {
        if (at >= end || *at != '$') break;
        std::size_t size = 0;
        const char* const word = read_regular_length(at + 1, end, size);
        if (word == nullptr || size > limits_.max_bulk_bytes) break;
        if (static_cast<std::size_t>(end - word) < size + 2) break;
        if (word[size] != '\r' || word[size + 1] != '\n') break;
        command.words.emplace_back(word, size);
        at = word + size + 2;
    }
    position_ = static_cast<std::size_t>(at - begin);
    missing_words_ = missing;
}

RequestParser::Status RequestParser::read_word(std::string_view bytes, Command& command) {
    if (!has_bulk_length_) {
        const Status status = read_bulk_length(bytes);
        if (status != Status::complete) return status;
    }
    if (bytes.size() - position_ < bulk_bytes_ + 2) return Status::need_more;

    command.words.push_back(bytes.substr(position_, bulk_bytes_));
    scanned_ = position_ + bulk_bytes_;
    is_regular_ = is_regular_ && bytes[scanned_] == '\r';
    leave_line(bytes);
    has_bulk_length_ = false;
    --missing_words_;
    return Status::complete;
}

RequestParser::Status RequestParser::read_bulk_length(std::string_view bytes) {
    const Status status = find_line_end(bytes, '\r', "Protocol error: too big bulk count string");
    if (status != Status::complete) return status;

    if (bytes[position_] != '$') {
        return fail(std::string("Protocol error: expected '$', got '") + bytes[position_] + '\'');
    }
    const auto number = strict_integer(bytes.substr(position_ + 1, scanned_ - position_ - 1));
    if (!number || *number < 0 || static_cast<std::uint64_t>(*number) > limits_.max_bulk_bytes) {
        return fail("Protocol error: invalid bulk length");
    }
    leave_line(bytes);
    bulk_bytes_ = static_cast<std::size_t>(*number);
    has_bulk_length_ = true;
    const std::size_t most = limits_.max_request_bytes;
    if (position_ > most || most - position_ < 2 || bulk_bytes_ > most - position_ - 2) {
        return fail("Protocol error: too big request");
    }
    return Status::complete;
}

// Complete: the line at position_ ends at scanned_, whole with the byte behind a CR. As in Redis it
// is that byte's arrival that counts, not what it is; and a line with a byte of zero in it never
// ends, but by being too big.
RequestParser::Status RequestParser::find_line_end(std::string_view bytes, char end,
                                                   std::string_view too_big) {
    const std::size_t most = limits_.max_inline_bytes;
    const bool is_over = bytes.size() - position_ > most;
    const std::size_t window = is_over ? position_ + most + 1 : bytes.size();
    const std::size_t from = std::max(position_, scanned_);
    const auto unseen = bytes.substr(from, window - from);
    const std::size_t found = std::min(unseen.find(end), unseen.size());
    is_endless_ = is_endless_ || unseen.substr(0, found).find('\0') != std::string_view::npos;
    scanned_ = from + found;
    if (is_endless_ || found == unseen.size()) {
        return is_over ? fail(std::string(too_big)) : Status::need_more;
    }
    if (end == '\r' && bytes.size() - scanned_ < 2) return Status::need_more;
    return Status::complete;
}

// Steps behind the two bytes that end the line or the word at scanned_.
void RequestParser::leave_line(std::string_view bytes) {
    is_regular_ = is_regular_ && bytes[scanned_ + 1] == '\n';
    position_ = scanned_ + 2;
}

void RequestParser::begin_anew() noexcept {
    consumed_ = position_;
    position_ = 0;
    scanned_ = 0;
    missing_words_ = 0;
    has_bulk_length_ = false;
    has_lost_words_ = false;
    is_regular_ = true;
}

RequestParser::Status RequestParser::fail(std::string text) {
    error_ = std::move(text);
    return Status::failed;
}

}  // namespace nearcache::resp
