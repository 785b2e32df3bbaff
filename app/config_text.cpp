#include "app/config_text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <numeric>
#include <system_error>
#include <utility>
#include <vector>

namespace nearcache::app {

namespace {

constexpr std::size_t longest_shown = 60;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

void append_escaped(std::string& out, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += hex[byte >> 4];
    out += hex[byte & 15];
}

// Conservative: what is not plainly a word, a number or an address is quoted.
bool is_plain_scalar(std::string_view text) {
    const auto is_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto is_inner = [&](char c) {
        return is_word(c) || std::string_view("._-/:@%").find(c) != std::string_view::npos;
    };
    if (text.empty() || text.back() == ':' || !(is_word(text.front()) || text.front() == '/')) {
        return false;
    }
    constexpr std::array<std::string_view, 4> with_a_meaning{"null", "Null", "NULL", "~"};
    return std::ranges::all_of(text, is_inner) &&
           std::ranges::find(with_a_meaning, text) == with_a_meaning.end();
}

}  // namespace

std::string on_one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        if (is_control(c)) {
            append_escaped(line, c);
        } else {
            line += c;
        }
    }
    return line;
}

std::string in_quotes(std::string_view text) {
    // What stands before an '@' is most likely the password of a URL given in the wrong place.
    const auto at = text.rfind('@');
    const auto shown = at == text.npos ? std::string(text) : "***" + std::string(text.substr(at));
    const bool is_cut = shown.size() > longest_shown;
    return "'" + on_one_line(shown.substr(0, longest_shown)) + (is_cut ? "..." : "") + "'";
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string in_lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::string as_yaml_scalar(std::string_view text) {
    if (is_plain_scalar(text)) return std::string(text);
    std::string scalar = "\"";
    for (const char c : text) {
        if (is_control(c)) {
            append_escaped(scalar, c);
            continue;
        }
        if (c == '"' || c == '\\') scalar += '\\';
        scalar += c;
    }
    return scalar + '"';
}

std::size_t edits_between(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < other.size(); ++j) {
            const auto replaced = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates) {
    std::string_view best;
    // With more than a third of the letters wrong it is another word; two may have changed places.
    auto fewest = (text.size() <= 3 ? 1 : std::max<std::size_t>(2, text.size() / 3)) + 1;
    for (const auto candidate : candidates) {
        const auto edits = edits_between(text, candidate);
        if (edits >= fewest) continue;
        fewest = edits;
        best = candidate;
    }
    return best;
}

std::string read_file(const std::string& name, std::size_t most_bytes) {
    const auto fail = [] { throw std::system_error(errno, std::generic_category()); };
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(name.c_str(), "rb"),
                                                               &std::fclose);
    if (!file) fail();

    std::string content(most_bytes + 1, '\0');
    content.resize(std::fread(content.data(), 1, content.size(), file.get()));
    if (std::ferror(file.get()) != 0) fail();
    if (content.size() > most_bytes) {
        throw std::system_error(std::make_error_code(std::errc::file_too_large));
    }
    return content;
}

}  // namespace nearcache::app
