#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nearcache::tests {

// RESP as the tests see it: written from the protocol's description and not with the code under
// test, so that the two cannot be wrong together.

using Words = std::vector<std::string>;

inline const std::string ok = "+OK\r\n";
inline const std::string nil = "$-1\r\n";

// A command as an array of bulk strings.
std::string command(const Words& words);
// Replies.
std::string bulk(std::string_view value);
std::string integer(long long value);
std::string array(const std::vector<std::string>& replies);

inline bool is_error(std::string_view reply) { return reply.starts_with('-'); }

// The length of the one whole reply at the front of `bytes`; empty when more is needed. Throws
// std::runtime_error when no reply begins like that.
std::optional<std::size_t> reply_length(std::string_view bytes);

// A reply for reading: the value of a bulk string, "OK", "12", "(nil)", "[a, b]", "-ERR ...".
std::string text_of(std::string_view reply);

}  // namespace nearcache::tests
