#include "app/config_web.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "app/config_scalars.hpp"
#include "app/config_text.hpp"
#include "http/origin/allow_list.hpp"

namespace nearcache::app {

namespace {

using Complaint = std::optional<std::string>;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";
constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
constexpr std::string_view blanks = " \t";

bool contains(std::string_view characters, char c) { return characters.find(c) != characters.npos; }

// RFC 3986, 3.1.
bool is_scheme(std::string_view text) {
    return !text.empty() && contains(letters, text.front()) &&
           std::ranges::all_of(text, [](char c) {
               return contains(letters, c) || contains(digits, c) || contains("+-.", c);
           });
}

bool goes_without_saying(std::string_view scheme, std::uint16_t port) {
    return (scheme == "http" && port == 80) || (scheme == "https" && port == 443);
}

// Where the port begins, with its colon; the end where there is none.
std::size_t port_in(std::string_view authority) {
    const auto colon = authority.rfind(':');
    const auto bracket = authority.rfind(']');
    const bool is_in_address = bracket != authority.npos && colon < bracket;
    return is_in_address ? authority.size() : std::min(colon, authority.size());
}

Complaint complain_of_origin(std::string_view text) {
    return in_quotes(text) +
           " is not the origin of a page; allowed: https://HOST[:PORT] or the like without a path, "
           "*";
}

// Takes a token (RFC 9110, 5.6.2) from the front of the text; false when there is none.
bool take_token(std::string_view& text) {
    const auto is_part = [](char c) {
        return contains(letters, c) || contains(digits, c) || contains(token_marks, c);
    };
    const auto end =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_part) - text.begin());
    text.remove_prefix(end);
    return end > 0;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

void take_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
}

// RFC 9110, 5.6.4, in ASCII.
bool take_quoted(std::string_view& text) {
    if (!take(text, '"')) return false;
    while (!text.empty() && !text.starts_with('"')) {
        if (text.front() == '\\') text.remove_prefix(1);
        const bool is_sound = !text.empty() && (text.front() == '\t' ||
                                                (text.front() >= ' ' && text.front() < '\x7f'));
        if (!is_sound) return false;
        text.remove_prefix(1);
    }
    return take(text, '"');
}

bool take_parameter(std::string_view& text) {
    take_blanks(text);
    if (!take(text, ';')) return false;
    take_blanks(text);
    if (!take_token(text) || !take(text, '=')) return false;
    return take_token(text) || take_quoted(text);
}

}  // namespace

Complaint read_web_origin(std::string_view text, std::string& origin) {
    if (text == "*") {
        origin = text;
        return std::nullopt;
    }
    const auto end = text.find("://");
    if (end == text.npos || !is_scheme(text.substr(0, end))) return complain_of_origin(text);
    const auto scheme = in_lower_case(text.substr(0, end));
    const auto authority = text.substr(end + 3);
    const auto port_start = port_in(authority);

    Endpoint place;
    const auto host = authority.substr(0, port_start);
    const bool is_bare_v6 = host.find(':') != host.npos && !host.starts_with('[');
    if (is_bare_v6 || read_host(host, place.host) || place.host.empty()) {
        return complain_of_origin(text);
    }
    auto read = scheme + "://" + in_lower_case(host);
    if (port_start < authority.size()) {
        if (read_port(authority.substr(port_start + 1), 1, place.port))
            return complain_of_origin(text);
        if (!goes_without_saying(scheme, place.port)) read += ":" + std::to_string(place.port);
    }
    origin = std::move(read);
    return std::nullopt;
}

Complaint read_fetch_rule(std::string_view text, std::string& rule) {
    auto wrong = http::origin::complain_about_rule(text);
    if (!wrong) rule = text;
    return wrong;
}

Complaint complain_unless_media_type(std::string_view text) {
    auto rest = text;
    bool is_sound = take_token(rest) && take(rest, '/') && take_token(rest);
    while (is_sound && !rest.empty()) is_sound = take_parameter(rest);
    if (is_sound) return std::nullopt;
    return in_quotes(text) +
           " is not a media type; allowed: image/png, text/html; charset=utf-8 and the like";
}

}  // namespace nearcache::app
