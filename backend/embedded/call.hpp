#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "backend/embedded/keyspace.hpp"
#include "backend/embedded/value.hpp"
#include "resp/dialect.hpp"

namespace nearcache::backend::embedded {

// Error lines that more than one command gives, in Redis's own words.
namespace errors {
inline constexpr std::string_view syntax = "ERR syntax error";
inline constexpr std::string_view not_an_integer = "ERR value is not an integer or out of range";
inline constexpr std::string_view not_a_float = "ERR value is not a valid float";
inline constexpr std::string_view no_such_key = "ERR no such key";
inline constexpr std::string_view too_long =
    "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
}  // namespace errors

// One command being carried out: what was asked, of which keyspace, and the reply so far. A command
// that fails appends one error and nothing else.
//
// Threads: one at a time.
struct Call {
    std::span<const std::string_view> words;  // the command's name first
    std::string_view name;                    // as the command table spells it
    Keyspace& keyspace;
    std::string& reply;
    resp::Dialect dialect = resp::Dialect::resp2;  // what the reply is written in

    void fail(std::string_view error);
    void fail_arity();
    void fail_expire_time();

    // A word as a number. Empty when it is none: the call has failed then.
    std::optional<std::int64_t> integer(std::size_t word);

    // Whether a word names database 0, the only one there is; the call has failed when not.
    bool selects_database(std::size_t word);

    void reply_ok();
    void reply_null();
    void reply_value(const std::optional<Value>& value);
};

}  // namespace nearcache::backend::embedded
