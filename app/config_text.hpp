#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nearcache::app {

// What somebody wrote, for an error line: in single quotes, control characters escaped, cut when
// long.
std::string in_quotes(std::string_view text);

// One line of it: control characters escaped, nothing else changed.
std::string on_one_line(std::string_view text);

// A space, or what may stand for one between words.
bool is_blank(char c);

// Without the blanks at either end.
std::string_view trimmed(std::string_view text);

// A to Z only.
std::string in_lower_case(std::string_view text);

// As a YAML scalar, in double quotes where it would mean something else bare.
std::string as_yaml_scalar(std::string_view text);

// How many letters must be added, dropped or replaced to turn one into the other.
std::size_t edits_between(std::string_view one, std::string_view other);

// The candidate that `text` is most likely a misspelling of; empty when none is close.
std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates);

// The whole file, at most `most_bytes` of it. Throws std::system_error.
std::string read_file(const std::string& name, std::size_t most_bytes);

}  // namespace nearcache::app
