#pragma once

#include <cstddef>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/backend_at_work.hpp"
#include "tests/support/real_redis.hpp"
#include "tests/support/timing.hpp"

namespace nearcache::tests {

// A redis-server, and our backend in front of it, which lends connections and waits but briefly.
//
// Threads: one.
struct LendingBackend {
    explicit LendingBackend(std::size_t most_lent = 10)
        : backend([&] {
              auto config = BackendAtWork::config_for(redis.url());
              config.max_private_connections = most_lent;
              config.operation_timeout = patience(milliseconds(300));
              return config;
          }()) {
        REQUIRE(backend.is_reached());
    }

    // How many connections Redis has, but for the asker's own.
    std::size_t connections() const {
        const auto list = redis.command({"CLIENT", "LIST"});
        std::size_t found = 0;
        for (auto at = list.find("id="); at != list.npos; at = list.find("id=", at + 1)) {
            found += at == 0 || list[at - 1] == '\n';
        }
        return found - 1;
    }
    bool comes_to_have(std::size_t connections_left) {
        return eventually([&] {
            backend.run_ready();
            return connections() == connections_left;
        });
    }
    void lend_to(Borrower& borrower, const backend::Route& route = {}) {
        REQUIRE(backend.lend_to(borrower, route));
    }

    RealRedis redis;
    BackendAtWork backend;
};

}  // namespace nearcache::tests
