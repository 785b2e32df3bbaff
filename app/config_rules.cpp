#include "app/config_rules.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <ranges>
#include <utility>

#include "app/config_prefixes.hpp"
#include "app/config_scalars.hpp"
#include "app/config_table.hpp"
#include "app/config_text.hpp"
#include "app/config_web.hpp"
#include "base/duration.hpp"

namespace nearcache::app {

namespace {

using cache::Rule;
using Complaint = std::optional<std::string>;
using std::chrono::milliseconds;

// One thing that can be said of a rule.
struct Member {
    std::string_view name;
    Complaint (*read)(std::string_view text, Rule& rule);
    // Empty: as it is without a word.
    std::string (*show)(const Rule& rule);
    // Its name alone means "true".
    bool is_switch = false;
    // In YAML it stands in quotes: between braces more characters have a meaning of their own.
    bool is_text = false;
};

template <auto place>
Complaint read_life(std::string_view text, Rule& rule) {
    milliseconds length{0};
    auto wrong = read_duration(text, milliseconds(0), longest_life, length);
    if (!wrong) rule.*place = length;
    return wrong;
}

template <auto place>
constexpr Member stale_time(std::string_view name) {
    return {name, read_life<place>, [](const Rule& rule) {
                return rule.*place == milliseconds(0) ? std::string()
                                                      : format_duration(rule.*place);
            }};
}

template <auto place>
constexpr Member life(std::string_view name) {
    return {name, read_life<place>, [](const Rule& rule) {
                return rule.*place ? format_duration(*(rule.*place)) : std::string();
            }};
}

template <auto place>
constexpr Member fact(std::string_view name) {
    return {name, [](std::string_view text, Rule& rule) { return read_switch(text, rule.*place); },
            [](const Rule& rule) { return std::string(rule.*place ? "true" : ""); }, true};
}

Complaint read_jitter(std::string_view text, Rule& rule) {
    unsigned percent = 0;
    auto wrong = read_percent(text, percent);
    if (!wrong) rule.ttl_jitter_percent = percent;
    return wrong;
}

std::string show_jitter(const Rule& rule) {
    return rule.ttl_jitter_percent ? std::to_string(*rule.ttl_jitter_percent) + "%" : std::string();
}

Complaint read_max_value(std::string_view text, Rule& rule) {
    std::size_t bytes = 0;
    auto wrong = read_size(text, 0, largest_value, bytes);
    if (!wrong) rule.max_value_bytes = bytes;
    return wrong;
}

std::string show_max_value(const Rule& rule) {
    return rule.max_value_bytes ? format_size(*rule.max_value_bytes) : std::string();
}

// Written as a prefix is: ';' and ',' part rules and their members.
Complaint read_content_type(std::string_view text, Rule& rule) {
    std::string type;
    if (auto wrong = read_prefix(text, type)) return wrong;
    auto wrong = complain_unless_media_type(type);
    if (!wrong) rule.content_type = std::move(type);
    return wrong;
}

std::string show_content_type(const Rule& rule) { return show_prefix(rule.content_type); }

constexpr auto members = std::to_array<Member>({
    {"prefix", [](std::string_view text, Rule& rule) { return read_prefix(text, rule.prefix); },
     [](const Rule& rule) { return show_prefix(rule.prefix); }},
    life<&Rule::ttl>("ttl"),
    life<&Rule::negative_ttl>("negative_ttl"),
    {"ttl_jitter", read_jitter, show_jitter},
    {"max_value", read_max_value, show_max_value},
    fact<&Rule::never_cache>("never_cache"),
    stale_time<&Rule::stale_while_revalidate>("stale_while_revalidate"),
    stale_time<&Rule::stale_if_error>("stale_if_error"),
    fact<&Rule::stale_after_invalidation>("stale_after_invalidation"),
    {"content_type", read_content_type, show_content_type, false, true},
});

// The names that were said.
using Said = std::vector<std::string_view>;

// "ttl=5s", or the name of a switch.
Complaint read_member(std::string_view piece, Rule& rule, Said& said) {
    const auto equals = piece.find('=');
    const auto name = trimmed(piece.substr(0, equals));
    if (auto wrong = complain_unless_member(name)) return wrong;
    const auto& member = *std::ranges::find(members, name, &Member::name);
    if (std::ranges::find(said, name) != said.end()) return std::string(name) + " is given twice";
    said.push_back(member.name);

    if (equals == piece.npos && !member.is_switch) {
        return std::string(name) + ": a value is missing; allowed: " + std::string(name) + "=...";
    }
    const auto value = equals == piece.npos ? "true" : trimmed(piece.substr(equals + 1));
    auto wrong = member.read(value, rule);
    return wrong ? std::string(name) + ": " + *wrong : std::move(wrong);
}

Complaint read_rule(std::string_view text, Rule& rule) {
    Said said;
    for (const auto piece : pieces_of(text, ',')) {
        if (auto wrong = read_member(piece, rule, said)) return wrong;
    }
    if (std::ranges::find(said, "prefix") != said.end()) return std::nullopt;
    return in_quotes(text) + " has no prefix; allowed: prefix=TEXT and more after it";
}

Complaint add_rule(std::string_view text, std::vector<Rule>& rules) {
    Rule rule;
    if (auto wrong = read_rule(text, rule)) return wrong;
    if (std::ranges::find(rules, rule.prefix, &Rule::prefix) != rules.end()) {
        return "prefix " + in_quotes(show_prefix(rule.prefix)) + " has a rule already";
    }
    if (rules.size() >= cache::most_rules - 1) {
        return "too many rules; allowed: " + std::to_string(cache::most_rules - 1);
    }
    rules.push_back(std::move(rule));
    return std::nullopt;
}

}  // namespace

std::vector<std::string_view> rule_members() {
    std::vector<std::string_view> names;
    for (const auto& member : members) names.push_back(member.name);
    return names;
}

std::optional<std::string> complain_unless_member(std::string_view name) {
    const auto names = rule_members();
    if (std::ranges::find(names, name) != names.end()) return std::nullopt;
    const auto said = "unknown member " + in_quotes(name);
    const auto close = nearest(name, names);
    if (!close.empty()) return said + "; did you mean '" + std::string(close) + "'?";
    std::string list;
    for (const auto known : names) list.append(list.empty() ? "" : ", ").append(known);
    return said + "; allowed: " + list;
}

std::optional<std::string> add_rules(std::string_view text, std::vector<Rule>& rules) {
    auto all = rules;
    for (const auto piece : pieces_of(text, ';')) {
        // A semicolon behind the last rule does no harm.
        if (piece.empty()) continue;
        if (auto wrong = add_rule(piece, all)) return wrong;
    }
    rules = std::move(all);
    return std::nullopt;
}

std::optional<std::string> extend_rule(std::string_view text, Rule& rule) {
    auto extended = rule;
    Said said;
    if (auto wrong = read_member(text, extended, said)) return wrong;
    rule = std::move(extended);
    return std::nullopt;
}

std::string show_rules(const std::vector<Rule>& rules) {
    std::string text;
    for (const auto& rule : rules) {
        if (!text.empty()) text += ';';
        text.append("prefix=").append(show_prefix(rule.prefix));
        for (const auto& member : members | std::views::drop(1)) {
            const auto value = member.show(rule);
            if (!value.empty()) text.append(",").append(member.name).append("=").append(value);
        }
    }
    return text;
}

std::string as_yaml_map(const Rule& rule) {
    std::string map = "{prefix: \"" + show_prefix(rule.prefix) + "\"";
    for (const auto& member : members | std::views::drop(1)) {
        const auto value = member.show(rule);
        if (value.empty()) continue;
        map.append(", ").append(member.name).append(": ");
        map.append(member.is_text ? "\"" + value + "\"" : value);
    }
    return map + "}";
}

}  // namespace nearcache::app
