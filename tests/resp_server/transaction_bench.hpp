#pragma once

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {

inline const std::string queued = "+QUEUED\r\n";
inline const std::string fine = "+OK\r\n";
inline const std::string stand_in = command({"PING"});
inline const std::string refused_stand_in = command({"PROXY.REFUSED"});

// A client between MULTI and EXEC.
struct TransactionBench {
    explicit TransactionBench(const Furnishing& with = {}) : house(with) { open(); }

    void open() {
        visitor.say("MULTI");
        connection().give(fine);
        REQUIRE(visitor.hear() == fine);
        connection().take_sent();
    }
    tests::FakePrivateConnection& connection() { return lent(house); }
    // Says what is queued, and returns what went to the backend for it.
    std::string queue(std::string_view line) {
        CHECK(visitor.say(line) == Execution::done);
        auto sent = connection().take_sent();
        connection().give(queued);
        CHECK(visitor.hear() == queued);
        return sent;
    }
    std::string exec(std::string_view reply) {
        CHECK(visitor.say("EXEC") == Execution::done);
        connection().give(reply);
        return visitor.hear();
    }

    House house;
    Visitor visitor{house};
};

}  // namespace nearcache::resp_server
