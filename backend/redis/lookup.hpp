#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "backend/backend.hpp"

// The questions that cache misses ask, and what the replies to them say, in both dialects. Written
// without hiredis, which would allocate twice for each.
//
// Views in what is read point into the replies. Who keeps an answer must know which server gave it:
// that is not said here.
namespace nearcache::backend::redis {

// GET, then PTTL: the value, then what is left of its life.
void append_lookup(std::string& out, std::string_view key);
// Empty when these are no such replies.
std::optional<GetReply> read_lookup(std::string_view value, std::string_view life);

// The same where both replies begin the bytes and are of the usual kinds: a value or null, and a
// number. Empty when they are not here as a whole, or are anything else, about which this says
// nothing.
struct UsualLookup {
    GetReply reply;
    std::size_t size;  // of both replies
};
std::optional<UsualLookup> read_usual_lookup(std::string_view bytes) noexcept;

// One MGET, then a PTTL for each of its keys.
void append_lookup_of_many(std::string& out, std::span<const std::string_view> keys);
// Into one reply for each key; `lives` are all replies but the first, one behind the other. False
// when these are no such replies.
bool read_lookup_of_many(std::string_view values, std::string_view lives,
                         std::span<GetReply> replies);

}  // namespace nearcache::backend::redis
