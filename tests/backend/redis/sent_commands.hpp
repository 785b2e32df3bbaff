#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp/request_parser.hpp"

namespace nearcache::backend::redis {

using Words = std::vector<std::string>;

// The commands that a server would read.
inline std::vector<Words> read_commands(std::string_view bytes) {
    std::vector<Words> commands;
    resp::RequestParser parser;
    resp::Command command;
    while (!bytes.empty()) {
        REQUIRE(parser.parse(bytes, command) == resp::RequestParser::Status::complete);
        commands.emplace_back(command.words.begin(), command.words.end());
        bytes.remove_prefix(parser.consumed());
    }
    return commands;
}

}  // namespace nearcache::backend::redis
