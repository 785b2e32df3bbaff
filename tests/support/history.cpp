#include "tests/support/history.hpp"

#include <charconv>

namespace nearcache::tests {

namespace {

// Takes a number and what ends it off the front of a text.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view end) {
    std::uint32_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    if (error != std::errc{} || !text.starts_with(end)) return std::nullopt;
    text.remove_prefix(end.size());
    return number;
}

}  // namespace

void History::append(const History& other) {
    writes.insert(writes.end(), other.writes.begin(), other.writes.end());
    reads.insert(reads.end(), other.reads.begin(), other.reads.end());
    losses.insert(losses.end(), other.losses.begin(), other.losses.end());
}

std::string Stamp::text() const {
    return std::to_string(key) + ":" + std::to_string(version) + ":" + std::to_string(writer);
}

std::optional<Stamp> Stamp::from(std::string_view text) {
    const auto key = take_number(text, ":");
    const auto version = key ? take_number(text, ":") : std::nullopt;
    const auto writer = version ? take_number(text, "") : std::nullopt;
    if (!writer || !text.empty()) return std::nullopt;
    return Stamp{*key, *version, *writer};
}

}  // namespace nearcache::tests
