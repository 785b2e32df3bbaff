#include "app/config_prefixes.hpp"

#include <utility>

#include "app/config_text.hpp"
#include "base/percent.hpp"

namespace nearcache::app {

namespace {

bool is_separator(char c) { return c == ',' || c == ';' || is_blank(c); }

// Neither quotes nor backslashes are plain, so that what is shown can stand in double quotes.
bool is_plain(char c) {
    return c > ' ' && c < '\x7f' && !is_separator(c) && c != '%' && c != '"' && c != '\\';
}

// Why `one` may not stand beside `other`: Redis refuses to track both.
std::optional<std::string> find_overlap(const std::string& one, const std::string& other) {
    if (one == other) return in_quotes(show_prefix(one)) + " is given twice";
    const bool is_longer = one.starts_with(other);
    if (!is_longer && !other.starts_with(one)) return std::nullopt;
    return in_quotes(show_prefix(is_longer ? one : other)) + " begins with " +
           in_quotes(show_prefix(is_longer ? other : one)) +
           "; allowed: prefixes of which none begins with another";
}

}  // namespace

std::vector<std::string_view> pieces_of(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (auto end = text.find(separator); end != text.npos; end = text.find(separator)) {
        pieces.push_back(trimmed(text.substr(0, end)));
        text.remove_prefix(end + 1);
    }
    pieces.push_back(trimmed(text));
    return pieces;
}

std::optional<std::string> read_prefix(std::string_view text, std::string& prefix) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            bytes += text[i];
            continue;
        }
        const auto byte = percent_escape(text, i);
        if (!byte) {
            return in_quotes(text) +
                   " has a '%' without two hex digits; allowed: %25 for a '%', %2C for a comma";
        }
        bytes += *byte;
        i += 2;
    }
    prefix = std::move(bytes);
    return std::nullopt;
}

std::string show_prefix(std::string_view prefix) {
    std::string shown;
    for (const char c : prefix) {
        if (is_plain(c)) {
            shown += c;
        } else {
            append_percent_escape(shown, c);
        }
    }
    return shown;
}

std::string without_separators(std::string_view text) {
    std::string same;
    for (const char c : text) {
        if (is_separator(c)) {
            append_percent_escape(same, c);
        } else {
            same += c;
        }
    }
    return same;
}

std::optional<std::string> add_prefixes(std::string_view text, std::vector<std::string>& prefixes) {
    if (trimmed(text).empty()) return std::nullopt;
    auto all = prefixes;
    for (const auto piece : pieces_of(text, ',')) {
        std::string prefix;
        if (auto wrong = read_prefix(piece, prefix)) return wrong;
        if (prefix.empty()) return "an empty prefix; for all keys name none";
        for (const auto& other : all) {
            if (auto wrong = find_overlap(prefix, other)) return wrong;
        }
        all.push_back(std::move(prefix));
    }
    prefixes = std::move(all);
    return std::nullopt;
}

}  // namespace nearcache::app
