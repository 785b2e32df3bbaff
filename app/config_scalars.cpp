#include "app/config_scalars.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "app/config_text.hpp"
#include "base/duration.hpp"

namespace nearcache::app {

namespace {

// Powers of 1024 with an "i", of 1000 without, as everybody but redis.conf's "kb" has them.
constexpr std::array<std::pair<std::string_view, std::uint64_t>, 14> size_units{{
    {"tib", std::uint64_t{1} << 40},
    {"gib", 1u << 30},
    {"mib", 1u << 20},
    {"kib", 1u << 10},
    {"tb", 1'000'000'000'000},
    {"gb", 1'000'000'000},
    {"mb", 1'000'000},
    {"kb", 1'000},
    {"t", 1'000'000'000'000},
    {"g", 1'000'000'000},
    {"m", 1'000'000},
    {"k", 1'000},
    {"b", 1},
    {"", 1},
}};

std::string complain(std::string_view text, std::string_view what, std::string_view allowed) {
    return in_quotes(text).append(" ").append(what).append("; allowed: ").append(allowed);
}

}  // namespace

std::optional<std::uint64_t> parse_whole(std::string_view text) {
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_whole(text.substr(0, digits));
    const auto unit = std::ranges::find(size_units, in_lower_case(text.substr(digits)),
                                        &std::pair<std::string_view, std::uint64_t>::first);
    if (!number || unit == size_units.end()) return std::nullopt;
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(*number, unit->second, &bytes)) return std::nullopt;
    return bytes;
}

std::string format_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 4> names{"TiB", "GiB", "MiB", "KiB"};
    for (std::size_t i = 0; bytes != 0 && i < names.size(); ++i) {
        const auto unit = size_units[i].second;
        if (bytes % unit == 0) return std::to_string(bytes / unit).append(names[i]);
    }
    return std::to_string(bytes);
}

std::string allowed_durations(std::chrono::milliseconds least, std::chrono::milliseconds most) {
    return "500ms, 5s, 2m, 1h (" + format_duration(least) + " to " + format_duration(most) + ")";
}

std::string allowed_sizes(std::uint64_t least, std::uint64_t most) {
    return "1024, 64KiB, 256MiB, 1GiB, 1GB (" + format_size(least) + " to " + format_size(most) +
           ")";
}

std::optional<std::string> read_duration(std::string_view text, std::chrono::milliseconds least,
                                         std::chrono::milliseconds most,
                                         std::chrono::milliseconds& length) {
    const auto read = parse_duration(text);
    if (!read) return complain(text, "is not a duration", allowed_durations(least, most));
    if (*read < least || *read > most) {
        return complain(text, "is out of range", allowed_durations(least, most));
    }
    length = *read;
    return std::nullopt;
}

std::optional<std::string> read_size(std::string_view text, std::uint64_t least, std::uint64_t most,
                                     std::size_t& bytes) {
    const auto read = parse_size(text);
    if (!read) return complain(text, "is not a size", allowed_sizes(least, most));
    if (*read < least || *read > most) {
        return complain(text, "is out of range", allowed_sizes(least, most));
    }
    bytes = static_cast<std::size_t>(*read);
    return std::nullopt;
}

std::optional<std::string> read_percent(std::string_view text, unsigned& percent) {
    const auto number = parse_whole(text.substr(0, text.size() - (text.ends_with('%') ? 1 : 0)));
    if (!number) return complain(text, "is not a percentage", allowed_percents);
    if (*number > 100) return complain(text, "is out of range", allowed_percents);
    percent = static_cast<unsigned>(*number);
    return std::nullopt;
}

std::optional<std::string> read_switch(std::string_view text, bool& is_on) {
    if (text != "on" && text != "true" && text != "off" && text != "false") {
        return complain(text, "is neither on nor off", allowed_switches);
    }
    is_on = text == "on" || text == "true";
    return std::nullopt;
}

std::optional<std::string> read_port(std::string_view text, std::uint16_t least,
                                     std::uint16_t& port) {
    const auto number = parse_whole(text);
    if (!number || *number < least || *number > 65'535) {
        return in_quotes(text) + " is not a port; allowed: " + std::to_string(least) + " to 65535";
    }
    port = static_cast<std::uint16_t>(*number);
    return std::nullopt;
}

// A name, an IPv4 or an IPv6 address, the last with or without brackets.
std::optional<std::string> read_host(std::string_view text, std::string& host) {
    auto bare = text;
    const bool has_brackets = bare.starts_with('[') && bare.ends_with(']');
    if (has_brackets) bare = bare.substr(1, bare.size() - 2);
    const bool is_v6 = bare.find(':') != bare.npos;
    const auto belongs = [&](char c) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return is_letter || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
               (is_v6 && (c == ':' || c == '%'));
    };
    // "localhost:8080" where only a host may stand has one colon, an IPv6 address two or more.
    const bool is_sound = std::ranges::all_of(bare, belongs) &&
                          (!is_v6 || std::ranges::count(bare, ':') > 1) && (!has_brackets || is_v6);
    if (!is_sound) {
        return in_quotes(text) +
               " is not a host; allowed: a name, an IPv4 or IPv6 address, or nothing";
    }
    host = bare;
    return std::nullopt;
}

std::optional<std::string> read_address(std::string_view text, std::uint16_t least_port,
                                        Endpoint& endpoint) {
    const auto colon = text.rfind(':');
    const auto host = text.substr(0, std::min(colon, text.size()));
    const bool is_bare_v6 = host.find(':') != host.npos && !host.starts_with('[');
    if (colon == text.npos || is_bare_v6) {
        return in_quotes(text) + " is not an address; allowed: HOST:PORT, [IPV6]:PORT";
    }
    Endpoint read;
    if (auto wrong = read_host(host, read.host)) return wrong;
    if (auto wrong = read_port(text.substr(colon + 1), least_port, read.port)) return wrong;
    endpoint = std::move(read);
    return std::nullopt;
}

std::string to_text(const Endpoint& endpoint) {
    const bool is_v6 = endpoint.host.find(':') != std::string::npos;
    const auto host = is_v6 ? "[" + endpoint.host + "]" : endpoint.host;
    return host + ":" + std::to_string(endpoint.port);
}

}  // namespace nearcache::app
