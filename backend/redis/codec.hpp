#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "resp/value.hpp"

// Commands to bytes and bytes to values: the only user of hiredis. Whole replies only; where a
// reply ends is the framer's business.
namespace nearcache::backend::redis {

// One command as a RESP array of bulk strings.
std::string format_command(std::span<const std::string_view> words);

// Decodes one whole RESP2 reply. Empty when hiredis refuses it (malformed, or nested too deeply).
std::optional<resp::Value> decode(std::string_view reply);

// What can be said of a reply to GET from its first line. Views point into the reply.
struct LookupValue {
    enum class Kind { value, absent, error, malformed };

    Kind kind = Kind::malformed;
    std::string_view bytes;
};
LookupValue read_lookup_value(std::string_view reply) noexcept;

// The number of an integer reply; empty for any other reply.
std::optional<std::int64_t> read_integer(std::string_view reply) noexcept;

}  // namespace nearcache::backend::redis
