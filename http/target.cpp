#include "http/target.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/percent.hpp"

namespace nearcache::http {

namespace {

// Which bytes a host may have: as a name, and as an address between brackets.
using Bytes = std::array<bool, 256>;

constexpr Bytes letters_digits_and(std::string_view others) {
    Bytes bytes{};
    for (unsigned char c = '0'; c <= '9'; ++c) bytes[c] = true;
    for (unsigned char c = 'a'; c <= 'z'; ++c) bytes[c] = bytes[c - 0x20u] = true;
    for (const char c : others) bytes[static_cast<unsigned char>(c)] = true;
    return bytes;
}
constexpr Bytes in_a_name = letters_digits_and("-._~%!$&'()*+;=");
constexpr Bytes in_an_address = letters_digits_and(":.%-_~");

// The first that is not among them.
std::size_t end_of(std::string_view text, const Bytes& bytes) noexcept {
    std::size_t at = 0;
    while (at < text.size() && bytes[static_cast<unsigned char>(text[at])]) ++at;
    return at;
}

// Nothing, or ":" and digits.
bool is_port(std::string_view text) noexcept {
    if (text.empty()) return true;
    return text.front() == ':' &&
           std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

// "http://host:port/path" -> "/path"
std::string_view without_authority(std::string_view target) noexcept {
    const auto authority = target.find("://");
    if (authority == std::string_view::npos || target.find_first_of("/?") < authority) return {};
    const auto path = target.find_first_of("/?#", authority + 3);
    const bool has_path = path != std::string_view::npos && target[path] != '#';
    return has_path ? target.substr(path) : std::string_view("/");
}

}  // namespace

std::optional<std::string_view> authority_of(std::string_view target) noexcept {
    for (const std::string_view scheme : {"http://", "https://"}) {
        const auto begin = target.substr(0, scheme.size());
        const bool is_same = std::ranges::equal(
            begin, scheme, [](char a, char b) { return a == b || (a | 0x20) == b; });
        if (!is_same) continue;
        const auto rest = target.substr(scheme.size());
        return rest.substr(0, rest.find_first_of("/?#"));
    }
    return std::nullopt;
}

bool is_authority(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        const auto end = 1 + end_of(text.substr(1), in_an_address);
        return end > 1 && text.substr(end).starts_with(']') && is_port(text.substr(end + 1));
    }
    const auto end = end_of(text, in_a_name);
    return (end != 0 || text.empty()) && is_port(text.substr(end));
}

std::optional<Target> split_target(std::string_view target) noexcept {
    if (target == "*") return Target{};
    if (!target.starts_with('/')) target = without_authority(target);
    if (target.empty()) return std::nullopt;
    // A fragment is the client's own business and should not have been sent.
    target = target.substr(0, target.find('#'));
    const auto mark = target.find('?');
    if (mark == std::string_view::npos) return Target{target, {}, false};
    return Target{target.substr(0, mark), target.substr(mark + 1), true};
}

bool percent_decode(std::string_view text, Plus plus, std::string& out) {
    const bool is_plain =
        text.find('%') == text.npos && (plus == Plus::is_plus || text.find('+') == text.npos);
    if (is_plain) [[likely]] {
        out = text;
        return true;
    }
    out.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' && plus == Plus::is_space ? ' ' : text[i];
            continue;
        }
        const auto byte = percent_escape(text, i);
        if (!byte) return false;
        out += *byte;
        i += 2;
    }
    return true;
}

std::optional<std::string_view> query_parameter(std::string_view query,
                                                std::string_view name) noexcept {
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        const auto equals = pair.find('=');
        if (pair.substr(0, equals) == name) {
            return equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        }
        if (end == std::string_view::npos) break;
        query.remove_prefix(end + 1);
    }
    return std::nullopt;
}

}  // namespace nearcache::http
