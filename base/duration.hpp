#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nearcache {

// Reads "5" (seconds), "0.5", "500ms", "5s", "2m", "1h", "1d" or "1y" (365 days). Empty for
// anything else, for negative numbers, and beyond 10 years. Rounds to whole milliseconds, but never
// down to zero, which often means something of its own. The same in every locale. Used for settings
// and for ?ttl=.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

// A whole number of the longest unit that it is a multiple of: parse_duration() reads it back as
// the same length. Not for negative lengths.
std::string format_duration(std::chrono::milliseconds length);

}  // namespace nearcache
