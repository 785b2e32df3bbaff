#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nearcache {

// Percent-encoding (RFC 3986, 2.1): any byte as '%' and two hexadecimal digits.
//
// Threads: any.

// The byte that the three characters from `at` on stand for; empty when they are no '%' and two
// digits.
std::optional<char> percent_escape(std::string_view text, std::size_t at) noexcept;

// Appends the three characters that stand for a byte, with upper-case digits.
void append_percent_escape(std::string& out, char byte);

}  // namespace nearcache
