#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "backend/embedded/command_table.hpp"
#include "backend/embedded/keyspace.hpp"
#include "backend/embedded/wall_clock.hpp"
#include "resp/request_parser.hpp"
#include "tests/support/manual_clock.hpp"

namespace nearcache::tests {

// A keyspace of its own at noon of a fixed day, and its commands, written as in redis-cli.
//
// Threads: run(): any; the clock: one at a time.
class EmbeddedStore {
  public:
    static constexpr std::chrono::sys_seconds start{std::chrono::seconds(2'000'000'000)};

    std::string run(std::string_view line) {
        resp::RequestParser parser;
        resp::Command command;
        parser.parse(std::string(line) + "\n", command);
        std::string reply;
        backend::embedded::execute(keyspace, command.words, reply);
        return reply;
    }

    ManualClock clock;
    backend::embedded::WallClock wall{clock, start};
    backend::embedded::Keyspace keyspace{wall};
};

}  // namespace nearcache::tests
