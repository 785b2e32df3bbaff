#include "http/cache_control.hpp"

#include <algorithm>
#include <chrono>

#include <boost/beast/core/string.hpp>

#include "http/field_text.hpp"

namespace nearcache::http {

namespace {

using boost::beast::iequals;
using std::chrono::milliseconds;
using std::chrono::seconds;

// RFC 9111, 1.2.2: what is larger may be taken for this.
constexpr std::uint64_t most_seconds = 2'147'483'648;

// RFC 9111, 5.2: an argument may come as a token or as a quoted string.
std::string_view unquoted(std::string_view text) noexcept {
    const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

// False when its number is none.
bool read_directive(const CacheDirective& said, cache::Directives& directives) {
    const auto name = said.name;
    bool is_sound = true;
    const auto seconds_or = [&said, &is_sound](milliseconds strictest) -> milliseconds {
        const auto number = parse_delta_seconds(said.argument);
        is_sound = number.has_value();
        return number ? *number : strictest;
    };
    if (iequals(name, "no-cache")) {
        directives.no_cache = true;
    } else if (iequals(name, "no-store")) {
        directives.no_store = true;
    } else if (iequals(name, "only-if-cached")) {
        directives.only_if_cached = true;
    } else if (iequals(name, "max-age")) {
        const auto age = seconds_or(milliseconds(0));
        directives.max_age = std::min(directives.max_age.value_or(age), age);
    } else if (iequals(name, "min-fresh")) {
        const auto left = seconds_or(seconds(most_seconds));
        directives.min_fresh = std::max(directives.min_fresh.value_or(left), left);
    } else if (iequals(name, "max-stale")) {
        const auto over = said.has_argument ? seconds_or(milliseconds(0)) : milliseconds::max();
        directives.max_stale = std::min(directives.max_stale.value_or(over), over);
    }
    return is_sound;
}

}  // namespace

CacheDirective split_directive(std::string_view text) noexcept {
    const auto equals = text.find('=');
    if (equals == text.npos) return {trimmed(text), {}, false};
    return {trimmed(text.substr(0, equals)), unquoted(trimmed(text.substr(equals + 1))), true};
}

std::optional<seconds> parse_delta_seconds(std::string_view text) noexcept {
    const auto number = parse_digits(text);
    if (!number) return std::nullopt;
    return seconds(std::min(*number, most_seconds));
}

bool read_cache_control(std::string_view field, cache::Directives& directives) {
    bool is_sound = true;
    for_each_element(field, [&directives, &is_sound](std::string_view text) {
        is_sound = read_directive(split_directive(text), directives) && is_sound;
    });
    return is_sound;
}

bool is_pragma_no_cache(std::string_view field) noexcept {
    bool is_there = false;
    for_each_element(field,
                     [&is_there](std::string_view text) { is_there |= iequals(text, "no-cache"); });
    return is_there;
}

}  // namespace nearcache::http
