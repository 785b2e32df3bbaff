#include "tests/support/reply_frames.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace nearcache::tests {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view line_types = "+-:,(#_";
constexpr std::string_view bulk_types = "$!=";
constexpr std::string_view aggregate_types = "*%~>|";

bool is_one_of(std::string_view types, char type) { return types.find(type) != types.npos; }

struct Head {
    char type = 0;
    std::string_view line;
    std::size_t size = 0;
};

std::optional<Head> head_at(std::string_view bytes) {
    const auto end = bytes.find(line_end);
    if (bytes.empty() || end == bytes.npos) return std::nullopt;
    return Head{bytes.front(), bytes.substr(1, end - 1), end + line_end.size()};
}

long long number_in(std::string_view line) {
    long long number = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    if (error != std::errc{} || end != line.data() + line.size() || line.empty()) {
        throw std::runtime_error("no length: '" + std::string(line.substr(0, 40)) + "'");
    }
    return number;
}

// What an attribute describes comes behind it and belongs to it.
std::size_t children_of(const Head& head) {
    const auto count = number_in(head.line);
    if (count < 0) return 0;
    const auto announced = static_cast<std::size_t>(count);
    if (head.type == '%') return announced * 2;
    if (head.type == '|') return announced * 2 + 1;
    return announced;
}

[[noreturn]] void reject(std::string_view bytes) {
    throw std::runtime_error("no reply: '" + std::string(bytes.substr(0, 40)) + "'");
}

// Where a bulk's bytes lie; empty when they are not all there.
std::optional<std::string_view> bulk_in(const Head& head, std::string_view bytes) {
    const auto length = static_cast<std::size_t>(std::max(0LL, number_in(head.line)));
    if (bytes.size() < head.size + length + line_end.size()) return std::nullopt;
    return bytes.substr(head.size, length);
}

// The bulk that a push, or what takes its place in RESP2, begins with.
std::string_view leading_word(std::string_view frame) {
    const auto outer = head_at(frame);
    if (!outer || !is_one_of("*>", outer->type)) return {};
    if (outer->line != "3" && outer->line != "4") return {};
    const auto inside = frame.substr(outer->size);
    const auto inner = head_at(inside);
    if (!inner || inner->type != '$') return {};
    return bulk_in(*inner, inside).value_or(std::string_view());
}

bool is_among(const auto& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 3> messages{"message", "pmessage", "smessage"};
constexpr std::array<std::string_view, 6> confirmations{
    "subscribe", "psubscribe", "ssubscribe", "unsubscribe", "punsubscribe", "sunsubscribe"};

}  // namespace

bool Frame::is_aggregate() const { return is_one_of(aggregate_types, type); }

std::string Frame::bytes() const {
    std::string written(1, type);
    if (is_null) return written.append(type == '_' ? "" : "-1").append(line_end);
    if (is_one_of(line_types, type)) return written.append(text).append(line_end);
    if (!is_aggregate()) {
        written.append(std::to_string(text.size())).append(line_end);
        return written.append(text).append(line_end);
    }
    const auto per_element = is_one_of("%|", type) ? 2U : 1U;
    written.append(std::to_string(children.size() / per_element)).append(line_end);
    for (const auto& child : children) written += child.bytes();
    return written;
}

std::optional<std::size_t> frame_size(std::string_view bytes) {
    std::size_t missing = 1;
    std::size_t position = 0;
    while (missing > 0) {
        const auto rest = bytes.substr(std::min(position, bytes.size()));
        const auto head = head_at(rest);
        if (!head) return std::nullopt;
        --missing;
        position += head->size;
        if (is_one_of(aggregate_types, head->type)) {
            missing += children_of(*head);
        } else if (is_one_of(bulk_types, head->type)) {
            if (number_in(head->line) < 0) continue;
            position += static_cast<std::size_t>(number_in(head->line)) + line_end.size();
        } else if (!is_one_of(line_types, head->type)) {
            reject(rest);
        }
    }
    if (position > bytes.size()) return std::nullopt;
    return position;
}

std::optional<ParsedFrame> parse_frame(std::string_view bytes) {
    const auto head = head_at(bytes);
    if (!head) return std::nullopt;
    ParsedFrame parsed{{head->type, {}, false, {}}, head->size};
    auto& frame = parsed.frame;
    if (is_one_of(line_types, head->type)) {
        frame.text = head->line;
        frame.is_null = head->type == '_';
        return parsed;
    }
    if (!frame.is_aggregate() && !is_one_of(bulk_types, head->type)) reject(bytes);
    frame.is_null = number_in(head->line) < 0;
    if (frame.is_null) return parsed;
    if (!frame.is_aggregate()) {
        const auto bulk = bulk_in(*head, bytes);
        if (!bulk) return std::nullopt;
        frame.text = *bulk;
        parsed.size += bulk->size() + line_end.size();
        return parsed;
    }
    for (auto left = children_of(*head); left > 0; --left) {
        auto child = parse_frame(bytes.substr(parsed.size));
        if (!child) return std::nullopt;
        frame.children.push_back(std::move(child->frame));
        parsed.size += child->size;
    }
    return parsed;
}

bool is_out_of_band(std::string_view frame) {
    return frame.starts_with('>') || is_among(messages, leading_word(frame)) ||
           is_confirmation(frame);
}

bool is_confirmation(std::string_view frame) {
    return is_among(confirmations, leading_word(frame));
}

}  // namespace nearcache::tests
