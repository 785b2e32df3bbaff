#pragma once

#include <string_view>

namespace nearcache::backend::embedded {

// Whether all of `text` matches a pattern of KEYS or SCAN: * any bytes, ? one byte, [a-z] and
// [^a-z] one of a set, \x the byte x. Reads odd patterns (an unclosed set, a last backslash) as
// Redis does. Takes at most the product of the two lengths.
//
// Threads: any.
bool matches_glob(std::string_view pattern, std::string_view text) noexcept;

}  // namespace nearcache::backend::embedded
