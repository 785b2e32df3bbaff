#include "app/config_values.hpp"

#include <algorithm>
#include <utility>

#include "app/config_scalars.hpp"
#include "app/config_text.hpp"
#include "base/duration.hpp"

namespace nearcache::app {

namespace {

using Complaint = std::optional<std::string>;

constexpr std::string_view mask = "***";
constexpr std::uint16_t default_redis_port = 6379;
constexpr std::uint32_t most_databases = 2'147'483'647;

std::string range(std::string_view least, std::string_view most) {
    return std::string(least).append(" to ").append(most);
}

std::string allowed(const ListenAddress&) {
    return "HOST:PORT, [IPV6]:PORT or :PORT for all addresses; port 0 to 65535";
}
std::string allowed(const Count& kind) {
    const auto numbers = range(std::to_string(kind.least), std::to_string(kind.most));
    return kind.zero_name.empty() ? numbers : std::string(kind.zero_name) + ", " + numbers;
}
std::string allowed(const ByteSize& kind) {
    return "1024, 64KiB, 256MiB, 1GiB, 1GB (" +
           range(format_size(kind.least), format_size(kind.most)) + ")";
}
std::string allowed(const TimeSpan& kind) {
    return "500ms, 5s, 2m, 1h (" + range(format_duration(kind.least), format_duration(kind.most)) +
           ")";
}
std::string allowed(const Choice& kind) {
    std::string list;
    for (const auto name : kind.names) list.append(list.empty() ? "" : ", ").append(name);
    return list;
}
std::string allowed(const FreeText&) { return "any text"; }
std::string allowed(const BackendUrl&) {
    return "embedded:, redis://[user:password@]host[:port][/database], unix:///path";
}

template <class Kind>
Complaint complain(std::string_view text, std::string_view what, const Kind& kind) {
    return in_quotes(text).append(" ").append(what).append("; allowed: ").append(allowed(kind));
}

// One overload a kind: reads the text into the draft.
Complaint set(const ListenAddress& kind, Part part, std::string_view text, Draft& draft) {
    auto& endpoint = kind.field.in(draft);
    if (part == Part::host) return read_host(text, endpoint.host);
    if (part == Part::port) return read_port(text, 0, endpoint.port);
    return read_address(text, 0, endpoint);
}

Complaint set(const Count& kind, Part, std::string_view text, Draft& draft) {
    auto& place = kind.field.in(draft);
    if (!kind.zero_name.empty() && text == kind.zero_name) {
        place = 0;
        return std::nullopt;
    }
    const auto number = parse_whole(text);
    if (!number) return complain(text, "is not a whole number", kind);
    if (*number < kind.least || *number > kind.most) {
        return complain(text, "is out of range", kind);
    }
    place = static_cast<std::size_t>(*number);
    return std::nullopt;
}

Complaint set(const ByteSize& kind, Part, std::string_view text, Draft& draft) {
    const auto bytes = parse_size(text);
    if (!bytes) return complain(text, "is not a size", kind);
    if (*bytes < kind.least || *bytes > kind.most) return complain(text, "is out of range", kind);
    kind.field.in(draft) = static_cast<std::size_t>(*bytes);
    return std::nullopt;
}

Complaint set(const TimeSpan& kind, Part, std::string_view text, Draft& draft) {
    const auto length = parse_duration(text);
    if (!length) return complain(text, "is not a duration", kind);
    if (*length < kind.least || *length > kind.most) return complain(text, "is out of range", kind);
    kind.field.in(draft) = *length;
    return std::nullopt;
}

Complaint set(const Choice& kind, Part, std::string_view text, Draft& draft) {
    const auto found = std::ranges::find(kind.names, text);
    if (found == kind.names.end()) return complain(text, "is not known", kind);
    kind.set(draft, static_cast<std::size_t>(found - kind.names.begin()));
    return std::nullopt;
}

Complaint set(const FreeText& kind, Part, std::string_view text, Draft& draft) {
    kind.field.in(draft) = text;
    return std::nullopt;
}

// Host, port and database speak of Redis: over anything else they begin a new URL.
Complaint set_url_part(Part part, std::string_view text, backend::Url& url) {
    auto changed = url;
    if (url.scheme != backend::Url::Scheme::redis) {
        changed = {};
        changed.scheme = backend::Url::Scheme::redis;
        changed.endpoint = {"127.0.0.1", default_redis_port};
    }
    Complaint wrong;
    if (part == Part::host) wrong = read_host(text, changed.endpoint.host);
    if (part == Part::port) wrong = read_port(text, 1, changed.endpoint.port);
    if (part == Part::address) wrong = read_address(text, 1, changed.endpoint);
    if (part == Part::database) {
        const auto number = parse_whole(text);
        if (!number || *number > most_databases) {
            return in_quotes(text) + " is not a database; allowed: 0 to " +
                   std::to_string(most_databases);
        }
        changed.database = static_cast<std::uint32_t>(*number);
    }
    if (wrong) return wrong;
    // There is no address to connect to in "all addresses": as elsewhere it means this machine.
    if (changed.endpoint.host.empty()) changed.endpoint.host = "127.0.0.1";
    url = std::move(changed);
    return std::nullopt;
}

Complaint set(const BackendUrl& kind, Part part, std::string_view text, Draft& draft) {
    auto& url = kind.field.in(draft);
    if (part != Part::whole) return set_url_part(part, text, url);
    std::string why;
    auto parsed = backend::parse_url(text, why);
    if (!parsed) return why;
    url = std::move(*parsed);
    return std::nullopt;
}

// One overload a kind: the value as text.
std::string show(const ListenAddress& kind, const Draft& draft) {
    return to_text(kind.field.of(draft));
}
std::string show(const Count& kind, const Draft& draft) {
    const auto number = kind.field.of(draft);
    return number == 0 && !kind.zero_name.empty() ? std::string(kind.zero_name)
                                                  : std::to_string(number);
}
std::string show(const ByteSize& kind, const Draft& draft) {
    return format_size(kind.field.of(draft));
}
std::string show(const TimeSpan& kind, const Draft& draft) {
    return format_duration(kind.field.of(draft));
}
std::string show(const Choice& kind, const Draft& draft) {
    return std::string(kind.names[kind.index(draft)]);
}
std::string show(const FreeText& kind, const Draft& draft) {
    const auto& text = kind.field.of(draft);
    return kind.is_secret && !text.empty() ? std::string(mask) : text;
}
std::string show(const BackendUrl& kind, const Draft& draft) {
    return kind.field.of(draft).without_secrets();
}

struct Placeholder {
    std::string_view operator()(const ListenAddress&) const { return "HOST:PORT"; }
    std::string_view operator()(const Count&) const { return "N"; }
    std::string_view operator()(const ByteSize&) const { return "SIZE"; }
    std::string_view operator()(const TimeSpan&) const { return "TIME"; }
    std::string_view operator()(const Choice&) const { return "NAME"; }
    std::string_view operator()(const FreeText& kind) const { return kind.placeholder; }
    std::string_view operator()(const BackendUrl&) const { return "URL"; }
};

}  // namespace

std::optional<std::string> set_value(const Option& option, Part part, std::string_view text,
                                     Draft& draft) {
    return std::visit([&](const auto& kind) { return set(kind, part, text, draft); }, option.kind);
}

std::string show_value(const Option& option, const Draft& draft) {
    return std::visit([&](const auto& kind) { return show(kind, draft); }, option.kind);
}

std::string allowed_values(const Option& option) {
    return std::visit([](const auto& kind) { return allowed(kind); }, option.kind);
}

std::string_view placeholder(const Option& option) {
    return std::visit(Placeholder{}, option.kind);
}

}  // namespace nearcache::app
