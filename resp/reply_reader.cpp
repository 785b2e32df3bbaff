#include "resp/reply_reader.hpp"

#include <charconv>

namespace nearcache::resp {

namespace {

// "+\r\n": no value is shorter.
constexpr std::size_t shortest_value = 3;

// What stands between the type and CR LF at the front of `bytes`; `bytes` goes on behind it.
std::optional<std::string_view> take_line(std::string_view& bytes) noexcept {
    const auto end = bytes.find("\r\n", 1);
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = bytes.substr(1, end - 1);
    bytes.remove_prefix(end + 2);
    return line;
}

std::optional<std::int64_t> take_number(std::string_view& bytes) noexcept {
    const auto line = take_line(bytes);
    if (!line) return std::nullopt;
    std::int64_t number = 0;
    const char* const line_end = line->data() + line->size();
    const auto [end, error] = std::from_chars(line->data(), line_end, number);
    if (error != std::errc{} || end != line_end) return std::nullopt;
    return number;
}

std::optional<std::string_view> take_bulk(std::string_view& bytes) noexcept {
    const auto size = take_number(bytes);
    if (!size || *size < 0 || bytes.size() < 2) return std::nullopt;
    const auto length = static_cast<std::uint64_t>(*size);
    if (length > bytes.size() - 2 || bytes.substr(length, 2) != "\r\n") return std::nullopt;
    const auto text = bytes.substr(0, length);
    bytes.remove_prefix(length + 2);
    return text;
}

std::optional<std::size_t> take_array_head(std::string_view& bytes) noexcept {
    const auto count = take_number(bytes);
    if (!count || *count < 0) return std::nullopt;
    if (static_cast<std::uint64_t>(*count) > bytes.size() / shortest_value) return std::nullopt;
    return static_cast<std::size_t>(*count);
}

}  // namespace

std::optional<std::size_t> ReplyReader::read_array() noexcept {
    if (!rest_.starts_with('*')) return std::nullopt;
    auto rest = rest_;
    const auto count = take_array_head(rest);
    if (count) rest_ = rest;
    return count;
}

std::optional<std::string_view> ReplyReader::read_text() noexcept {
    auto rest = rest_;
    const bool is_bulk = rest.starts_with('$');
    if (!is_bulk && !rest.starts_with('+')) return std::nullopt;
    const auto text = is_bulk ? take_bulk(rest) : take_line(rest);
    if (text) rest_ = rest;
    return text;
}

std::optional<std::int64_t> ReplyReader::read_integer() noexcept {
    if (!rest_.starts_with(':')) return std::nullopt;
    auto rest = rest_;
    const auto number = take_number(rest);
    if (number) rest_ = rest;
    return number;
}

bool ReplyReader::read_null() noexcept {
    constexpr std::string_view null_bulk = "$-1\r\n", null_array = "*-1\r\n";
    static_assert(null_bulk.size() == null_array.size());
    if (!rest_.starts_with(null_bulk) && !rest_.starts_with(null_array)) return false;
    rest_.remove_prefix(null_bulk.size());
    return true;
}

bool ReplyReader::skip() noexcept {
    const auto start = rest_;
    for (std::uint64_t missing = 1; missing > 0; --missing) {
        if (skip_head(missing)) continue;
        rest_ = start;
        return false;
    }
    return true;
}

// Steps over a value, or over the head of an array: what is in it is then missing.
bool ReplyReader::skip_head(std::uint64_t& missing) noexcept {
    if (rest_.empty()) return false;
    if (read_null()) return true;
    switch (rest_.front()) {
        case '*':
            if (const auto count = take_array_head(rest_)) {
                missing += *count;
                return true;
            }
            return false;
        case '$':
            return take_bulk(rest_).has_value();
        case ':':
            return take_number(rest_).has_value();
        case '+':
        case '-':
            return take_line(rest_).has_value();
        default:
            return false;
    }
}

}  // namespace nearcache::resp
