#include "backend/embedded/words.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace nearcache::backend::embedded {
namespace {

// The longest float Redis reads or writes (MAX_LONG_DOUBLE_CHARS).
constexpr std::size_t longest_float = 5 * 1024;

// strtold() and strtoul() skip spaces in front; Redis does not want any.
bool starts_with_space(const std::string& text) {
    return std::isspace(static_cast<unsigned char>(text.front())) != 0;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty()) return std::nullopt;
    if (digits.front() == '0' && text != "0") return std::nullopt;

    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<long double> parse_float(std::string_view text) {
    if (text.empty() || text.size() >= longest_float) return std::nullopt;
    const std::string terminated(text);
    if (starts_with_space(terminated)) return std::nullopt;

    char* end = nullptr;
    errno = 0;
    const long double number = std::strtold(terminated.c_str(), &end);
    const bool is_out_of_range =
        errno == ERANGE && (std::isinf(number) || std::fpclassify(number) == FP_ZERO);
    if (end != terminated.c_str() + terminated.size() || is_out_of_range || std::isnan(number)) {
        return std::nullopt;
    }
    return number;
}

std::string format_float(long double number) {
    assert(std::isfinite(number));
    std::array<char, longest_float> digits;
    const int length = std::snprintf(digits.data(), digits.size(), "%.17Lf", number);
    assert(length > 0 && static_cast<std::size_t>(length) < digits.size());

    std::string text(digits.data(), static_cast<std::size_t>(length));
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text == "-0" ? "0" : text;
}

std::optional<std::uint64_t> parse_cursor(std::string_view text) {
    const std::string terminated(text);
    if (terminated.empty()) return 0;
    if (starts_with_space(terminated)) return std::nullopt;

    char* end = nullptr;
    errno = 0;
    const auto cursor = std::strtoull(terminated.c_str(), &end, 10);
    if (*end != '\0' || errno == ERANGE) return std::nullopt;
    return cursor;
}

char lower(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool same_word(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace nearcache::backend::embedded
