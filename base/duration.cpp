#include "base/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace nearcache {

namespace {

using std::chrono::milliseconds;

constexpr std::array<std::pair<std::string_view, long long>, 6> units{{{"y", 31'536'000'000},
                                                                       {"d", 86'400'000},
                                                                       {"h", 3'600'000},
                                                                       {"m", 60'000},
                                                                       {"s", 1'000},
                                                                       {"ms", 1}}};
constexpr double longest_ms = 10.0 * 31'536'000'000;

std::optional<long long> unit_length(std::string_view name) {
    if (name.empty()) return 1'000;
    for (const auto& [unit, length] : units) {
        if (unit == name) return length;
    }
    return std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits, or digits on both sides of one dot. from_chars() alone would also take "inf" and ".5".
bool is_decimal(std::string_view text) {
    const auto dot = std::min(text.find('.'), text.size());
    const auto whole = text.substr(0, dot);
    const auto fraction = dot == text.size() ? std::string_view("0") : text.substr(dot + 1);
    return !whole.empty() && !fraction.empty() && std::ranges::all_of(whole, is_digit) &&
           std::ranges::all_of(fraction, is_digit);
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) noexcept {
    const auto number_length = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number_text = text.substr(0, number_length);
    const auto unit = unit_length(text.substr(number_length));
    if (!unit || !is_decimal(number_text)) return std::nullopt;

    double number = 0;
    const auto* const end = number_text.data() + number_text.size();
    const auto [stop, error] = std::from_chars(number_text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;

    const double length = number * static_cast<double>(*unit);
    if (length > longest_ms) return std::nullopt;
    if (length > 0 && length < 1) return milliseconds(1);
    return milliseconds(std::llround(length));
}

std::string format_duration(milliseconds length) {
    if (length.count() == 0) return "0s";
    for (const auto& [unit, ms] : units) {
        if (length.count() % ms == 0) return std::to_string(length.count() / ms).append(unit);
    }
    return std::to_string(length.count()) + "ms";
}

}  // namespace nearcache
