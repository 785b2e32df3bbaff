#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nearcache::backend::embedded {

// What a word of a command, or a value, says, read as Redis reads it.
//
// Threads: any.

// A number exactly as Redis writes one: no plus sign, no leading zeros, no spaces.
std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

// Whatever strtold() takes as a whole, but for "nan".
std::optional<long double> parse_float(std::string_view text);

// With at most 17 digits behind the point, and no zeros at the end. The number must be finite.
std::string format_float(long double number);

// A SCAN cursor: whatever strtoul() takes as a whole.
std::optional<std::uint64_t> parse_cursor(std::string_view text);

char lower(char letter) noexcept;

// Whether two words are equal but for the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b) noexcept;

}  // namespace nearcache::backend::embedded
