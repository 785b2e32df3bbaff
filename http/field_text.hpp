#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace nearcache::http {

// Without the blanks around it (OWS of RFC 9110, 5.6.3).
inline std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t";
    const auto begin = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
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
