#include "tests/support/reply_comparison.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include "tests/support/reply_frames.hpp"

namespace nearcache::tests {

namespace {

// The first that fits holds.
struct Rule {
    std::string_view name;  // of a command, or of one and its subcommand
    Comparison comparison;
};

constexpr Rule rules[] = {
    {"SMEMBERS", Comparison::unordered},
    {"SINTER", Comparison::unordered},
    {"SUNION", Comparison::unordered},
    {"SDIFF", Comparison::unordered},
    {"SPOP", Comparison::unordered},
    {"SRANDMEMBER", Comparison::unordered},
    {"HKEYS", Comparison::unordered},
    {"HVALS", Comparison::unordered},
    {"HRANDFIELD", Comparison::unordered},
    {"KEYS", Comparison::unordered},
    {"PUBSUB CHANNELS", Comparison::unordered},
    {"PUBSUB SHARDCHANNELS", Comparison::unordered},
    {"HGETALL", Comparison::pairs},
    {"CONFIG GET", Comparison::pairs},
    {"COMMAND GETKEYS", Comparison::exact},
    {"COMMAND GETKEYSANDFLAGS", Comparison::exact},
    {"COMMAND", Comparison::deep},
    {"FUNCTION LIST", Comparison::deep},
    {"ACL CAT", Comparison::deep},
    {"SCAN", Comparison::scan},
    {"SSCAN", Comparison::scan},
    {"HSCAN", Comparison::scan},
    {"ZSCAN", Comparison::scan},
    {"TTL", Comparison::near_in_s},
    {"EXPIRETIME", Comparison::near_in_s},
    {"PTTL", Comparison::near_in_ms},
    {"PEXPIRETIME", Comparison::near_in_ms},
    {"HELLO", Comparison::identity},
    {"XINFO STREAM", Comparison::ages},
    {"XINFO CONSUMERS", Comparison::ages},
    {"XPENDING", Comparison::pending},
    {"DUMP", Comparison::length},
    {"FUNCTION DUMP", Comparison::length},
    {"OBJECT IDLETIME", Comparison::shape},
    {"MEMORY USAGE", Comparison::shape},
    {"MEMORY DOCTOR", Comparison::shape},
    {"LATENCY DOCTOR", Comparison::shape},
    {"SLOWLOG LEN", Comparison::shape},
    {"CLIENT ID", Comparison::shape},
    {"CLIENT INFO", Comparison::shape},
    {"CLIENT LIST", Comparison::shape},
    {"INFO", Comparison::shape},
    {"TIME", Comparison::shape},
    {"LASTSAVE", Comparison::shape},
};

std::string upper(std::string_view text) {
    std::string raised(text);
    for (char& letter : raised) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return raised;
}

// Sorted when it is by what cannot be told apart, or not at all.
bool sorts_by_chance(const Words& command) {
    Words raised;
    for (const auto& word : command) raised.push_back(upper(word));
    return (raised.front() == "SORT" || raised.front() == "SORT_RO") &&
           std::ranges::find(raised, "BY") != raised.end();
}

void sort_children(Frame& frame, std::size_t group) {
    std::vector<std::vector<Frame>> groups;
    for (std::size_t i = 0; i < frame.children.size(); ++i) {
        if (i % group == 0) groups.emplace_back();
        groups.back().push_back(std::move(frame.children[i]));
    }
    std::ranges::sort(groups, {}, [](const std::vector<Frame>& members) {
        std::string key;
        for (const auto& member : members) key += member.bytes();
        return key;
    });
    frame.children.clear();
    for (auto& members : groups) {
        for (auto& member : members) frame.children.push_back(std::move(member));
    }
}

void sort_deeply(Frame& frame) {
    for (auto& child : frame.children) sort_deeply(child);
    sort_children(frame, frame.type == '%' ? 2 : 1);
}

void sort_scan(Frame& frame) {
    if (frame.children.size() == 2) sort_children(frame.children[1], 1);
}

void mask(Frame& frame) { frame = Frame{frame.type, "masked", false, {}}; }

void mask_field(Frame& frame, std::string_view name) {
    for (std::size_t i = 0; i + 1 < frame.children.size(); ++i) {
        if (frame.children[i].text == name) mask(frame.children[i + 1]);
    }
}

// Milliseconds since 1970 are the only integers of that size.
void mask_ages(Frame& frame) {
    constexpr std::size_t digits_of_moments = 12;
    if (frame.type == ':' && frame.text.size() >= digits_of_moments) mask(frame);
    for (const auto* name : {"idle", "inactive", "seen-time", "active-time"}) {
        mask_field(frame, name);
    }
    for (auto& child : frame.children) mask_ages(child);
}

void mask_idle_of_pending(Frame& frame) {
    for (auto& entry : frame.children) {
        if (entry.children.size() == 4) mask(entry.children[2]);
    }
}

void leave_types(Frame& frame) {
    if (frame.type == '-') return;
    frame.text.clear();
    for (auto& child : frame.children) leave_types(child);
}

void blur(Frame& frame, Comparison comparison) {
    switch (comparison) {
        case Comparison::unordered:
            return sort_children(frame, 1);
        case Comparison::pairs:
            return sort_children(frame, 2);
        case Comparison::deep:
            return sort_deeply(frame);
        case Comparison::scan:
            return sort_scan(frame);
        case Comparison::identity:
            return mask_field(frame, "id");
        case Comparison::ages:
            return mask_ages(frame);
        case Comparison::pending:
            return mask_idle_of_pending(frame);
        case Comparison::length:
            if (frame.type == '$') frame.text.assign(frame.text.size(), 'x');
            return;
        case Comparison::shape:
            return leave_types(frame);
        case Comparison::exact:
        case Comparison::near_in_s:
        case Comparison::near_in_ms:
            return;
    }
}

std::optional<long long> positive_integer(const Frame& frame) {
    long long number = 0;
    if (frame.type != ':') return std::nullopt;
    std::from_chars(frame.text.data(), frame.text.data() + frame.text.size(), number);
    if (number <= 0) return std::nullopt;
    return number;
}

bool is_near(const Frame& one, const Frame& other, long long tolerance) {
    const auto first = positive_integer(one);
    const auto second = positive_integer(other);
    return first && second && std::abs(*first - *second) <= tolerance;
}

bool is_same_frame(Frame one, Frame other, Comparison comparison) {
    constexpr long long tolerance_s = 2;
    if (comparison == Comparison::near_in_s && is_near(one, other, tolerance_s)) return true;
    if (comparison == Comparison::near_in_ms && is_near(one, other, tolerance_s * 1000)) {
        return true;
    }
    blur(one, comparison);
    blur(other, comparison);
    return one.bytes() == other.bytes();
}

}  // namespace

Comparison comparison_for(const Words& command) {
    const auto name = upper(command.front());
    const auto qualified = command.size() < 2 ? name : name + " " + upper(command[1]);
    for (const auto& rule : rules) {
        if (rule.name == name || rule.name == qualified) return rule.comparison;
    }
    return sorts_by_chance(command) ? Comparison::unordered : Comparison::exact;
}

std::string comparable(std::string_view reply, Comparison comparison) {
    auto frame = parse_frame(reply).value().frame;
    blur(frame, comparison);
    return frame.bytes();
}

bool is_same_reply(std::string_view one, std::string_view other, Comparison comparison) {
    if (one == other) return true;
    if (comparison == Comparison::exact) return false;
    return is_same_frame(parse_frame(one).value().frame, parse_frame(other).value().frame,
                         comparison);
}

bool is_same_outcome(std::string_view one, std::string_view other,
                     const std::vector<Comparison>& queued) {
    if (one == other) return true;
    const auto first = parse_frame(one).value().frame;
    const auto second = parse_frame(other).value().frame;
    const auto count = queued.size();
    if (first.type != '*' || second.type != '*') return false;
    if (first.children.size() != count || second.children.size() != count) return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (!is_same_frame(first.children[i], second.children[i], queued[i])) return false;
    }
    return true;
}

}  // namespace nearcache::tests
