#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nearcache::app {

// What stands between the separators, without the blanks around it. One piece where there is no
// separator.
std::vector<std::string_view> pieces_of(std::string_view text, char separator);

// A prefix is any bytes, and is written the same in files, flags and variables: %XX is the byte
// with that number, and so a '%' is %25. In flags and variables ',' and ';' part elements, so there
// they are %2C and %3B, and a blank at either end is %20.
//
// Returns what is wrong with the text, or nothing; only then is `prefix` changed.
std::optional<std::string> read_prefix(std::string_view text, std::string& prefix);

// The text that read_prefix() reads back, wherever it stands.
std::string show_prefix(std::string_view prefix);

// What somebody wrote in a file, so that it means the same in a flag.
std::string without_separators(std::string_view text);

// Adds the prefixes in "user:,session:". Returns what is wrong with them, or nothing; only then are
// they added. Nothing but blanks adds none.
std::optional<std::string> add_prefixes(std::string_view text, std::vector<std::string>& prefixes);

}  // namespace nearcache::app
