#pragma once

#include <initializer_list>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/backend/embedded/embedded_store.hpp"

namespace nearcache::tests {

// A command, and its reply byte for byte: where only Redis 7.0.15 can be right, the reply it gives.
struct Exchange {
    std::string_view command;
    std::string_view reply;
};

inline constexpr std::string_view syntax_error = "-ERR syntax error\r\n";
inline constexpr std::string_view not_an_integer =
    "-ERR value is not an integer or out of range\r\n";

// Gives the commands to a new store one after the other.
inline void check_replies(std::initializer_list<Exchange> exchanges) {
    EmbeddedStore store;
    for (const auto& exchange : exchanges) {
        CAPTURE(exchange.command);
        CHECK(store.run(exchange.command) == exchange.reply);
    }
}

}  // namespace nearcache::tests
