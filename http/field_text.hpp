#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

namespace nearcache::http {

// Without the blanks around it (OWS of RFC 9110, 5.6.3).
inline std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t";
    const auto begin = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

// A number without a sign. Empty unless it is digits alone; the largest there is stands for
// whatever is larger.
inline std::optional<std::uint64_t> parse_digits(std::string_view text) noexcept {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
    std::uint64_t number = 0;
    const auto error = std::from_chars(text.data(), text.data() + text.size(), number).ec;
    return error == std::errc{} ? number : std::numeric_limits<std::uint64_t>::max();
}

// Where the first element of a list ends (RFC 9110, 5.6.1): commas in quoted strings end none.
inline std::size_t end_of_element(std::string_view list) noexcept {
    bool is_quoted = false;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i] == '"') is_quoted = !is_quoted;
        if (list[i] == '\\' && is_quoted) {
            ++i;
        } else if (list[i] == ',' && !is_quoted) {
            return i;
        }
    }
    return list.size();
}

// Calls visit(std::string_view) with each element of a list; empty ones are passed over.
template <class Visit>
void for_each_element(std::string_view list, Visit&& visit) {
    while (!list.empty()) {
        const auto end = end_of_element(list);
        const auto element = trimmed(list.substr(0, end));
        if (!element.empty()) visit(element);
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

}  // namespace nearcache::http
