#include "http/origin/lifetime.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

#include <boost/beast/core/string.hpp>

#include "http/cache_control.hpp"
#include "http/field_text.hpp"

namespace nearcache::http::origin {

namespace {

using boost::beast::iequals;
using std::chrono::seconds;

// RFC 9111, 4.2.1: what cannot be read counts as over.
void shorten(std::optional<seconds>& bound, std::string_view argument) noexcept {
    const auto said = parse_delta_seconds(argument).value_or(seconds(0));
    bound = bound ? std::min(*bound, said) : said;
}

}  // namespace

void Lifetime::note_cache_control(std::string_view field) {
    for_each_element(field, [this](std::string_view text) { note_directive(text); });
}

void Lifetime::note_directive(std::string_view text) {
    const auto [name, argument, has_argument] = split_directive(text);
    // With names of fields as argument they forbid less; that is not told apart.
    if (iequals(name, "no-store") || iequals(name, "private") || iequals(name, "no-cache")) {
        is_forbidden_ = true;
    } else if (iequals(name, "max-age")) {
        shorten(max_age_, argument);
    } else if (iequals(name, "s-maxage")) {
        shorten(shared_max_age_, argument);
    }
}

// RFC 9111, 4.1: no other request is like this one. All of ours are alike in every other field.
void Lifetime::note_vary(std::string_view field) {
    for_each_element(field, [this](std::string_view name) { is_forbidden_ |= name == "*"; });
}

void Lifetime::note_age(std::string_view field) noexcept {
    // RFC 9111, 5.1: of several the first counts, and what is malformed is passed over. The oldest
    // is the safe choice.
    age_ = std::max(age_, parse_delta_seconds(trimmed(field)).value_or(seconds(0)));
}

void Lifetime::note_date(std::string_view field) noexcept { date_ = parse_http_date(field); }

void Lifetime::note_expires(std::string_view field) noexcept {
    const auto when = parse_http_date(field);
    const bool is_sooner = !has_expires_ || !when || (expires_ && *when < *expires_);
    if (is_sooner) expires_ = when;
    has_expires_ = true;
}

std::optional<seconds> Lifetime::left(WallTime now) const noexcept {
    std::optional<seconds> life = shared_max_age_ ? shared_max_age_ : max_age_;
    if (!life && has_expires_) {
        life = expires_ ? *expires_ - date_.value_or(now) : seconds(0);
    }
    if (!life) return std::nullopt;
    return std::max(seconds(0), *life - age_);
}

std::optional<Lifetime::WallTime> parse_http_date(std::string_view text) noexcept {
    text = trimmed(text);
    std::array<char, 64> copy{};
    if (text.size() >= copy.size()) return std::nullopt;
    std::memcpy(copy.data(), text.data(), text.size());
    // Names are English in the "C" locale, which is never changed here.
    for (const char* const form :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
        std::tm parts{};
        const char* const end = strptime(copy.data(), form, &parts);
        if (end == nullptr || *end != '\0') continue;
        return std::chrono::sys_seconds(seconds(timegm(&parts)));
    }
    return std::nullopt;
}

}  // namespace nearcache::http::origin
