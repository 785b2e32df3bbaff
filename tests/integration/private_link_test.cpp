#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/lending_backend.hpp"

// The backend alone, without doors and cache: a connection that it has lent to one client.
namespace nearcache::tests {

namespace {

using backend::Route;
using namespace std::chrono_literals;

constexpr Route home{};
constexpr Route in_resp3{.database = 2, .dialect = resp::Dialect::resp3};

}  // namespace

TEST_CASE("a lent connection has a transaction to itself") {
    LendingBackend served;
    Borrower borrower;
    served.lend_to(borrower);
    CHECK(served.backend->lent() == 1);

    for (const auto& words : std::vector<Words>{{"MULTI"}, {"SET", "k", "v"}, {"GET", "k"}}) {
        borrower.say(words);
    }
    CHECK(served.backend.reply_to({"GET", "k"}) == nil);
    borrower.say({"EXEC"});
    REQUIRE(served.backend.has_values(borrower, 4));

    CHECK(borrower.values ==
          std::vector<std::string>{ok, "+QUEUED\r\n", "+QUEUED\r\n", array({ok, bulk("v")})});
    CHECK(served.backend.reply_to({"GET", "k"}) == bulk("v"));
}

TEST_CASE("a lent connection is in the database and dialect it was asked for, and knows its id") {
    LendingBackend served;
    Borrower borrower;
    served.lend_to(borrower, in_resp3);
    CHECK(borrower.connection->id() == 0);

    const auto info = served.backend.ask(borrower, {"CLIENT", "INFO"});

    CHECK(info.starts_with('='));
    CHECK(info.find(" db=2 ") != std::string::npos);
    CHECK(info.find("id=" + std::to_string(borrower.connection->id()) + " ") != std::string::npos);
}

TEST_CASE("replies and pushes come as they come, each as a whole") {
    LendingBackend served;
    Borrower borrower;
    served.lend_to(borrower, in_resp3);
    served.backend.ask(borrower, {"SUBSCRIBE", "news"});

    served.redis.command({"PUBLISH", "news", std::string(200'000, 'n')});
    borrower.say({"PING"});
    REQUIRE(served.backend.has_values(borrower, 3));

    CHECK(borrower.values[0] == ">3\r\n" + bulk("subscribe") + bulk("news") + ":1\r\n");
    CHECK(borrower.values[1] ==
          ">3\r\n" + bulk("message") + bulk("news") + bulk(std::string(200'000, 'n')));
    CHECK(borrower.values[2] == "+PONG\r\n");
}

TEST_CASE("Redis sees at once that a blocked borrower is gone") {
    LendingBackend served;
    const auto before = served.connections();
    Borrower borrower;
    served.lend_to(borrower);
    borrower.say({"BLPOP", "queue", "0"});
    borrower.connection->expect_value(false);
    REQUIRE(served.backend.run_until([&] { return served.redis.blocked_clients() == 1; }));

    borrower.connection.reset();

    CHECK(served.backend->lent() == 0);
    CHECK(eventually([&] { return served.redis.blocked_clients() == 0; }));
    CHECK(served.comes_to_have(before));
}

TEST_CASE("what was said before leaving is still done") {
    LendingBackend served;
    Borrower borrower;
    served.lend_to(borrower);
    served.backend.ask(borrower, {"PING"});

    borrower.say({"SET", "last", "words"});
    borrower.connection.reset();

    CHECK(eventually([&] { return served.redis.command({"GET", "last"}) == bulk("words"); }));
}

TEST_CASE("who has ended is answered what was asked before, and then loses the connection") {
    LendingBackend served;
    Borrower borrower, early;
    served.lend_to(borrower);
    served.backend.ask(borrower, {"PING"});
    served.lend_to(early);

    early.say({"SET", "early", "v"});
    early.connection->end();
    borrower.say({"SET", "k", "v"});
    borrower.say({"GET", "k"});
    borrower.connection->end();
    REQUIRE(served.backend.run_until([&] { return borrower.loss && early.loss; }));

    CHECK(borrower.values == std::vector<std::string>{"+PONG\r\n", ok, bulk("v")});
    CHECK(early.values == std::vector<std::string>{ok});
    CHECK(borrower.loss == Errc::backend_connection_lost);
    CHECK(served.backend->lent() == 0);
}

TEST_CASE("Redis does not wait with a blocked borrower that has ended") {
    LendingBackend served;
    Borrower borrower;
    served.lend_to(borrower);
    borrower.say({"PING"});
    borrower.say({"BLPOP", "queue", "0"});
    borrower.connection->expect_value(false);
    REQUIRE(served.backend.run_until([&] { return served.redis.blocked_clients() == 1; }));

    borrower.connection->end();
    REQUIRE(served.backend.run_until([&] { return borrower.loss.has_value(); }));

    CHECK(borrower.values == std::vector<std::string>{"+PONG\r\n"});
    CHECK(served.redis.blocked_clients() == 0);
}

TEST_CASE("a value that is due and does not come ends the connection, a blocked one waits") {
    LendingBackend served;
    Borrower hurried, patient;
    served.lend_to(hurried);
    served.lend_to(patient);
    served.backend.ask(hurried, {"PING"});
    served.backend.ask(patient, {"PING"});

    hurried.say({"BLPOP", "queue", "0"});
    hurried.connection->expect_value(true);
    patient.say({"BLPOP", "queue", "0"});
    patient.connection->expect_value(false);
    REQUIRE(served.backend.run_until([&] { return hurried.loss.has_value(); }));
    served.redis.command({"RPUSH", "queue", "item"});
    REQUIRE(served.backend.has_values(patient, 2));

    CHECK(hurried.loss == Errc::backend_timeout);
    CHECK(hurried.losses == 1);
    CHECK(patient.values.back() == array({bulk("queue"), bulk("item")}));
    CHECK(served.backend->lent() == 1);
}

TEST_CASE("a push is not the value that is due") {
    LendingBackend served;
    Borrower borrower;
    served.lend_to(borrower, in_resp3);
    served.backend.ask(borrower, {"SUBSCRIBE", "news"});

    borrower.say({"BLPOP", "queue", "0"});
    borrower.connection->expect_value(true);
    served.redis.command({"PUBLISH", "news", "n"});
    REQUIRE(served.backend.has_values(borrower, 2));
    REQUIRE(served.backend.run_until([&] { return borrower.loss.has_value(); }));

    CHECK(borrower.values.back().starts_with(">3\r\n$7\r\nmessage\r\n"));
    CHECK(borrower.loss == Errc::backend_timeout);
}

TEST_CASE("nothing comes while a connection is held, nor is anything overdue") {
    LendingBackend served;
    Borrower borrower;
    served.lend_to(borrower);
    served.backend.ask(borrower, {"PING"});

    borrower.connection->hold(true);
    borrower.say({"ECHO", "first"});
    borrower.say({"ECHO", "second"});
    borrower.connection->expect_value(true);
    // Longer than a value may take.
    auto& slow = served.backend.next_answer();
    for (int i = 0; i < 4; ++i) {
        slow.is_here = false;
        served.backend->forward(home,
                                {command({"EVAL",
                                          "local t = redis.call('TIME') "
                                          "local e = t[1] * 1000000 + t[2] + ARGV[1] * 1000 "
                                          "repeat t = redis.call('TIME') "
                                          "until t[1] * 1000000 + t[2] >= e return 1",
                                          "0", std::to_string(patience(120ms).count())})},
                                slow);
        REQUIRE(served.backend.run_until([&] { return slow.is_here; }));
    }
    CHECK(borrower.values.size() == 1);
    CHECK(borrower.losses == 0);
    borrower.on_next_value = [&] { borrower.connection->hold(true); };
    borrower.connection->hold(false);
    CHECK(borrower.values.size() == 1);  // not from within the call
    REQUIRE(served.backend.has_values(borrower, 2));
    served.backend.run_ready();

    CHECK(borrower.values.size() == 2);
    borrower.connection->hold(false);
    REQUIRE(served.backend.has_values(borrower, 3));
    CHECK(borrower.values.back() == bulk("second"));
}

TEST_CASE("a borrower is told once that its connection is lost, and may destroy it then") {
    LendingBackend served;
    for (const bool is_destroyed : {true, false}) {
        Borrower borrower;
        served.lend_to(borrower, in_resp3);
        served.backend.ask(borrower, {"PING"});
        borrower.on_loss = [&] {
            if (is_destroyed) borrower.connection.reset();
        };

        served.redis.command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
        REQUIRE(served.backend.run_until([&] { return borrower.loss.has_value(); }));

        CHECK(borrower.loss == Errc::backend_connection_lost);
        CHECK(served.backend->lent() == 0);
        if (!is_destroyed) {
            CHECK(borrower.connection->id() == 0);
            borrower.say({"PING"});
            borrower.connection->expect_value(true);
            borrower.connection->hold(true);
            served.backend->take_back(std::move(borrower.connection), in_resp3);
        }
        REQUIRE(served.backend.is_reached());
        CHECK(borrower.losses == 1);
    }
}

TEST_CASE("a connection that cannot be made is lost, and who destroys it first hears nothing") {
    LendingBackend served;
    served.redis.kill();
    Borrower told, gone;
    served.lend_to(told);
    served.lend_to(gone);

    gone.connection.reset();
    REQUIRE(served.backend.run_until([&] { return told.loss.has_value(); }));

    CHECK(told.loss == Errc::backend_unreachable);
    CHECK(gone.losses == 0);
    CHECK(served.backend->lent() == 0);
}

TEST_CASE("a server that does not answer the greeting in time is not waited for") {
    LendingBackend served;
    served.redis.freeze();
    Borrower borrower;
    served.lend_to(borrower);
    borrower.say({"PING"});

    REQUIRE(served.backend.run_until([&] { return borrower.loss.has_value(); }));
    served.redis.thaw();

    CHECK(borrower.loss == Errc::backend_unreachable);
    CHECK(borrower.losses == 1);
}

TEST_CASE("a large command goes over a lent connection without being copied") {
    LendingBackend served;
    Borrower borrower;
    served.lend_to(borrower);
    const auto bytes = command({"SET", "large", std::string(2'000'000, 'v')});
    net::Block block(bytes.size());
    bytes.copy(block.data(), bytes.size());

    borrower.say({"PING"});
    borrower.connection->send({{block.data(), bytes.size()}, &block});
    CHECK(block.is_shared());
    borrower.say({"STRLEN", "large"});
    REQUIRE(served.backend.has_values(borrower, 3));

    CHECK_FALSE(block.is_shared());
    CHECK(borrower.values.back() == integer(2'000'000));
}

}  // namespace nearcache::tests
