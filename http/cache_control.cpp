#include "http/cache_control.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <boost/beast/core/string.hpp>

namespace nearcache::http {

namespace {

using boost::beast::iequals;
using std::chrono::milliseconds;
using std::chrono::seconds;

// RFC 9111, 1.2.2: what is larger may be taken for this.
constexpr std::int64_t most_seconds = 2'147'483'648;

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t";
    const auto begin = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

// RFC 9111, 5.2: an argument may come as a token or as a quoted string.
std::string_view unquoted(std::string_view text) noexcept {
    const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

milliseconds read_seconds(std::string_view text, milliseconds strictest) noexcept {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.empty() || !std::ranges::all_of(text, is_digit)) return strictest;
    std::int64_t number = 0;
    const auto error = std::from_chars(text.data(), text.data() + text.size(), number).ec;
    if (error != std::errc{}) number = most_seconds;
    return seconds(std::min(number, most_seconds));
}

void read_directive(std::string_view text, cache::Directives& directives) {
    const auto equals = text.find('=');
    const auto name = trimmed(text.substr(0, equals));
    const bool has_argument = equals != text.npos;
    const auto argument =
        has_argument ? unquoted(trimmed(text.substr(equals + 1))) : text.substr(0, 0);
    if (iequals(name, "no-cache")) {
        directives.no_cache = true;
    } else if (iequals(name, "no-store")) {
        directives.no_store = true;
    } else if (iequals(name, "only-if-cached")) {
        directives.only_if_cached = true;
    } else if (iequals(name, "max-age")) {
        const auto age = read_seconds(argument, milliseconds(0));
        directives.max_age = std::min(directives.max_age.value_or(age), age);
    } else if (iequals(name, "min-fresh")) {
        const auto left = read_seconds(argument, seconds(most_seconds));
        directives.min_fresh = std::max(directives.min_fresh.value_or(left), left);
    } else if (iequals(name, "max-stale")) {
        const auto over =
            has_argument ? read_seconds(argument, milliseconds(0)) : milliseconds::max();
        directives.max_stale = std::min(directives.max_stale.value_or(over), over);
    }
}

// The end of a directive: the next comma outside of quotes.
std::size_t end_of_directive(std::string_view field) noexcept {
    bool is_quoted = false;
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] == '"') is_quoted = !is_quoted;
        if (field[i] == '\\' && is_quoted)
            ++i;
        else if (field[i] == ',' && !is_quoted)
            return i;
    }
    return field.size();
}

}  // namespace

void read_cache_control(std::string_view field, cache::Directives& directives) {
    while (!field.empty()) {
        const auto end = end_of_directive(field);
        read_directive(trimmed(field.substr(0, end)), directives);
        field.remove_prefix(std::min(end + 1, field.size()));
    }
}

bool is_pragma_no_cache(std::string_view field) noexcept {
    while (!field.empty()) {
        const auto end = end_of_directive(field);
        if (iequals(trimmed(field.substr(0, end)), "no-cache")) return true;
        field.remove_prefix(std::min(end + 1, field.size()));
    }
    return false;
}

}  // namespace nearcache::http
