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

// A count or a length, which has but one form: no leading zeros, no "-0".
std::optional<std::uint64_t> take_size(std::string_view& bytes) noexcept {
    const bool is_regular =
        bytes.size() > 2 && bytes[1] != '-' && (bytes[1] != '0' || bytes[2] == '\r');
    const auto number = is_regular ? take_number(bytes) : std::nullopt;
    if (!number) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

std::optional<std::string_view> take_bulk(std::string_view& bytes) noexcept {
    const auto length = take_size(bytes);
    if (!length || bytes.size() < 2) return std::nullopt;
    if (*length > bytes.size() - 2 || bytes.substr(*length, 2) != "\r\n") return std::nullopt;
    const auto text = bytes.substr(0, *length);
    bytes.remove_prefix(*length + 2);
    return text;
}

// So many elements of `parts` values each.
std::optional<std::size_t> take_count(std::string_view& bytes, std::size_t parts) noexcept {
    const auto count = take_size(bytes);
    if (!count || *count > bytes.size() / shortest_value / parts) return std::nullopt;
    return static_cast<std::size_t>(*count);
}

bool is_one_of(std::string_view types, std::string_view bytes) noexcept {
    return !bytes.empty() && types.find(bytes.front()) != std::string_view::npos;
}

constexpr std::string_view lists = "*~>", lines = "+,(";
constexpr std::string_view null_bulk = "$-1\r\n", null_array = "*-1\r\n", null_resp3 = "_\r\n";
constexpr std::string_view yes = "#t\r\n", no = "#f\r\n";

// The size of what is empty in one way or the other; 0: it is no null.
std::size_t null_size(std::string_view bytes) noexcept {
    for (const auto null : {null_bulk, null_array, null_resp3}) {
        if (bytes.starts_with(null)) return null.size();
    }
    return 0;
}

// "txt:" says what it is.
std::optional<std::string_view> take_verbatim(std::string_view& bytes) noexcept {
    constexpr std::size_t colon = 3;
    auto text = take_bulk(bytes);
    if (!text || text->size() <= colon || (*text)[colon] != ':') return std::nullopt;
    return text->substr(colon + 1);
}

}  // namespace

// Steps over attributes, which stand before the value they belong to.
bool ReplyReader::pass_attributes() noexcept {
    while (rest_.starts_with('|')) {
        const auto pairs = take_count(rest_, 2);
        if (!pairs || !skip_values(2 * std::uint64_t{*pairs})) return false;
    }
    return true;
}

// Runs `take` on what follows attributes; nothing is stepped over unless it finds something.
template <class Take>
auto ReplyReader::read_by(Take&& take) noexcept {
    const auto start = rest_;
    auto found = pass_attributes() ? take(rest_) : decltype(take(rest_)){};
    if (!found) rest_ = start;
    return found;
}

std::optional<std::size_t> ReplyReader::read_array() noexcept {
    return read_by([](std::string_view& rest) -> std::optional<std::size_t> {
        if (is_one_of(lists, rest)) return take_count(rest, 1);
        if (!rest.starts_with('%')) return std::nullopt;
        const auto pairs = take_count(rest, 2);
        if (!pairs) return std::nullopt;
        return 2 * *pairs;
    });
}

std::optional<std::size_t> ReplyReader::read_map() noexcept {
    return read_by([](std::string_view& rest) -> std::optional<std::size_t> {
        if (rest.starts_with('%')) return take_count(rest, 2);
        if (!rest.starts_with('*')) return std::nullopt;
        const auto count = take_count(rest, 1);
        if (!count || *count % 2 != 0) return std::nullopt;
        return *count / 2;
    });
}

std::optional<std::string_view> ReplyReader::read_text() noexcept {
    return read_by([](std::string_view& rest) -> std::optional<std::string_view> {
        if (rest.starts_with('$')) return take_bulk(rest);
        if (rest.starts_with('=')) return take_verbatim(rest);
        if (is_one_of(lines, rest)) return take_line(rest);
        return std::nullopt;
    });
}

std::optional<std::int64_t> ReplyReader::read_integer() noexcept {
    return read_by([](std::string_view& rest) -> std::optional<std::int64_t> {
        if (rest.starts_with(':')) return take_number(rest);
        const bool is_yes = rest.starts_with(yes);
        if (!is_yes && !rest.starts_with(no)) return std::nullopt;
        rest.remove_prefix(yes.size());
        return is_yes ? 1 : 0;
    });
}

bool ReplyReader::read_null() noexcept {
    return read_by([](std::string_view& rest) {
        const auto size = null_size(rest);
        rest.remove_prefix(size);
        return size != 0;
    });
}

bool ReplyReader::skip() noexcept {
    const auto start = rest_;
    if (skip_values(1)) return true;
    rest_ = start;
    return false;
}

std::optional<std::string_view> ReplyReader::read_any() noexcept {
    const auto start = rest_;
    if (!skip()) return std::nullopt;
    return start.substr(0, start.size() - rest_.size());
}

bool ReplyReader::skip_values(std::uint64_t missing) noexcept {
    for (; missing > 0; --missing) {
        if (!skip_head(missing)) return false;
    }
    return true;
}

// Steps over a value, or over the head of an aggregate: what is in it is then missing.
bool ReplyReader::skip_head(std::uint64_t& missing) noexcept {
    if (const auto size = null_size(rest_)) {
        rest_.remove_prefix(size);
        return true;
    }
    if (rest_.starts_with('%') || rest_.starts_with('|')) {
        const bool is_value = rest_.front() == '%';
        const auto pairs = take_count(rest_, 2);
        if (pairs) missing += 2 * std::uint64_t{*pairs} + (is_value ? 0 : 1);
        return pairs.has_value();
    }
    if (is_one_of(lists, rest_)) {
        const auto count = take_count(rest_, 1);
        missing += count.value_or(0);
        return count.has_value();
    }
    if (is_one_of("$=!", rest_)) return take_bulk(rest_).has_value();
    return is_one_of("+-:,(#_", rest_) && take_line(rest_).has_value();
}

}  // namespace nearcache::resp
