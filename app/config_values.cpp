#include "app/config_values.hpp"

#include <algorithm>
#include <utility>

#include "app/config_prefixes.hpp"
#include "app/config_rules.hpp"
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
std::string allowed(const ByteSize& kind) { return allowed_sizes(kind.least, kind.most); }
std::string allowed(const TimeSpan& kind) { return allowed_durations(kind.least, kind.most); }
std::string allowed(const Percent&) { return std::string(allowed_percents); }
std::string allowed(const Switch&) { return std::string(allowed_switches); }
std::string joined(std::span<const std::string_view> names) {
    std::string list;
    for (const auto name : names) list.append(list.empty() ? "" : ", ").append(name);
    return list;
}
std::string allowed(const Choice& kind) { return joined(kind.names); }
std::string allowed(const FreeText&) { return "any text"; }
std::string allowed(const BackendUrl&) {
    return "embedded:, redis://[user:password@]host[:port][/database], unix:///path";
}
std::string allowed(const PrefixList&) { return "a list of prefixes"; }
std::string allowed(const TextList& kind) { return "a list of " + std::string(kind.elements); }
std::string allowed(const KeyPrefix&) { return "the beginning of keys"; }
std::string allowed(const RuleList&) { return "a list of maps of " + joined(rule_members()); }

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
    if (!kind.zero_name.empty() && text == kind.zero_name) {
        kind.field.set(draft, 0);
        return std::nullopt;
    }
    const auto number = parse_whole(text);
    if (!number) return complain(text, "is not a whole number", kind);
    if (*number < kind.least || *number > kind.most) {
        return complain(text, "is out of range", kind);
    }
    kind.field.set(draft, *number);
    return std::nullopt;
}

Complaint set(const ByteSize& kind, Part, std::string_view text, Draft& draft) {
    return read_size(text, kind.least, kind.most, kind.field.in(draft));
}

Complaint set(const TimeSpan& kind, Part, std::string_view text, Draft& draft) {
    return read_duration(text, kind.least, kind.most, kind.field.in(draft));
}

Complaint set(const Percent& kind, Part, std::string_view text, Draft& draft) {
    return read_percent(text, kind.field.in(draft));
}

Complaint set(const Switch& kind, Part, std::string_view text, Draft& draft) {
    return read_switch(text, kind.field.in(draft));
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

Complaint set(const PrefixList& kind, Part, std::string_view text, Draft& draft) {
    return add_prefixes(text, kind.field.in(draft));
}

Complaint set(const KeyPrefix& kind, Part, std::string_view text, Draft& draft) {
    return read_prefix(text, kind.field.in(draft));
}

Complaint add_text(const TextList& kind, std::string_view text, std::vector<std::string>& texts) {
    std::string element;
    if (auto wrong = kind.read(text, element)) return wrong;
    if (std::ranges::find(texts, element) != texts.end()) {
        return in_quotes(element) + " is given twice";
    }
    texts.push_back(std::move(element));
    return std::nullopt;
}

Complaint set(const TextList& kind, Part part, std::string_view text, Draft& draft) {
    auto& texts = kind.field.in(draft);
    if (part == Part::element) return add_text(kind, text, texts);
    if (trimmed(text).empty()) return std::nullopt;
    auto all = texts;
    for (const auto piece : pieces_of(text, ',')) {
        if (auto wrong = add_text(kind, piece, all)) return wrong;
    }
    texts = std::move(all);
    return std::nullopt;
}

Complaint set(const RuleList& kind, Part part, std::string_view text, Draft& draft) {
    auto& rules = kind.field.in(draft);
    return part == Part::more ? extend_rule(text, rules.back()) : add_rules(text, rules);
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
std::string show(const Percent& kind, const Draft& draft) {
    return std::to_string(kind.field.of(draft)) + "%";
}
std::string show(const Switch& kind, const Draft& draft) {
    return kind.field.of(draft) ? "on" : "off";
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
std::string show(const PrefixList& kind, const Draft& draft) {
    std::string list;
    for (const auto& prefix : kind.field.of(draft)) {
        list.append(list.empty() ? "" : ",").append(show_prefix(prefix));
    }
    return list;
}
std::string show(const KeyPrefix& kind, const Draft& draft) {
    return show_prefix(kind.field.of(draft));
}
std::string show(const TextList& kind, const Draft& draft) {
    std::string list;
    for (const auto& text : kind.field.of(draft)) list.append(list.empty() ? "" : ",").append(text);
    return list;
}
std::string show(const RuleList& kind, const Draft& draft) {
    return show_rules(kind.field.of(draft));
}

struct Placeholder {
    std::string_view operator()(const ListenAddress&) const { return "HOST:PORT"; }
    std::string_view operator()(const Count&) const { return "N"; }
    std::string_view operator()(const ByteSize&) const { return "SIZE"; }
    std::string_view operator()(const TimeSpan&) const { return "TIME"; }
    std::string_view operator()(const Percent&) const { return "PERCENT"; }
    std::string_view operator()(const Switch&) const { return "SWITCH"; }
    std::string_view operator()(const Choice&) const { return "NAME"; }
    std::string_view operator()(const FreeText& kind) const { return kind.placeholder; }
    std::string_view operator()(const KeyPrefix&) const { return "PREFIX"; }
    std::string_view operator()(const BackendUrl&) const { return "URL"; }
    std::string_view operator()(const PrefixList&) const { return "PREFIX"; }
    std::string_view operator()(const RuleList&) const { return "RULE"; }
    std::string_view operator()(const TextList& kind) const { return kind.placeholder; }
};

}  // namespace

std::optional<std::string> set_value(const Option& option, Part part, std::string_view text,
                                     Draft& draft) {
    return std::visit([&](const auto& kind) { return set(kind, part, text, draft); }, option.kind);
}

std::string show_value(const Option& option, const Draft& draft) {
    return std::visit([&](const auto& kind) { return show(kind, draft); }, option.kind);
}

std::vector<std::string> list_elements(const Option& option, const Draft& draft) {
    std::vector<std::string> elements;
    if (const auto* list = std::get_if<PrefixList>(&option.kind)) {
        for (const auto& prefix : list->field.of(draft)) {
            elements.push_back(as_yaml_scalar(show_prefix(prefix)));
        }
    }
    if (const auto* list = std::get_if<RuleList>(&option.kind)) {
        for (const auto& rule : list->field.of(draft)) elements.push_back(as_yaml_map(rule));
    }
    if (const auto* list = std::get_if<TextList>(&option.kind)) {
        for (const auto& text : list->field.of(draft)) elements.push_back(as_yaml_scalar(text));
    }
    return elements;
}

void clear_list(const Option& option, Draft& draft) {
    if (const auto* list = std::get_if<PrefixList>(&option.kind)) list->field.in(draft).clear();
    if (const auto* list = std::get_if<RuleList>(&option.kind)) list->field.in(draft).clear();
    if (const auto* list = std::get_if<TextList>(&option.kind)) list->field.in(draft).clear();
}

std::string allowed_values(const Option& option) {
    return std::visit([](const auto& kind) { return allowed(kind); }, option.kind);
}

std::string_view placeholder(const Option& option) {
    return std::visit(Placeholder{}, option.kind);
}

}  // namespace nearcache::app
