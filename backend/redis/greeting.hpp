#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "backend/config.hpp"

namespace nearcache::backend::redis {

// What a new connection says first: AUTH and SELECT as the URL wants them, and PING, whose answer
// tells whether the server serves.
struct Greeting {
    std::string commands;
    std::size_t replies = 0;  // how many are to come
};
Greeting make_greeting(const Url& url);

// Why a reply to a command of the greeting does not let us in; empty when it does.
std::optional<std::string> refusal_in(std::string_view reply);

}  // namespace nearcache::backend::redis
