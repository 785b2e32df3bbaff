#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backend/config.hpp"

namespace nearcache::backend::redis {

// What a new connection says first: AUTH and SELECT as the URL wants them, INFO when it matters
// which server this is, and PING, whose answer tells whether the server serves.
struct Greeting {
    std::string commands;
    std::size_t replies = 0;             // how many are to come
    std::optional<std::size_t> info_at;  // which of them answers INFO, counted from 0
};
Greeting make_greeting(const Url& url, bool asks_run_id);

// Why a reply to a command of the greeting, other than INFO, does not let us in; empty when it
// does.
std::optional<std::string> refusal_in(std::string_view reply);

// The value of a field in what INFO says, such as "redis_version"; empty when it is not there.
std::string info_field(std::string_view info, std::string_view name);

// Of a reply to INFO, not decoded. Empty when it was refused: a user may well not be allowed to.
std::string run_id_in(std::string_view reply);

// What a run_id is compared by: never 0 for one that is known, 0 for an empty one.
std::uint64_t run_fingerprint(std::string_view run_id) noexcept;

}  // namespace nearcache::backend::redis
