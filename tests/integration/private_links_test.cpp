#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/lending_backend.hpp"

// The backend alone, without doors and cache: which connections it lends, and which it keeps.
namespace nearcache::tests {

namespace {

using backend::Route;
using namespace std::chrono_literals;

constexpr Route home{};
constexpr Route in_resp3{.database = 2, .dialect = resp::Dialect::resp3};

}  // namespace

TEST_CASE("what was given back is lent again to who needs the same, and to nobody else") {
    LendingBackend served;
    Borrower first, second, other;
    served.lend_to(first);
    served.backend.ask(first, {"PING"});
    const auto id = first.connection->id();

    served.backend->take_back(std::move(first.connection), home);
    CHECK(served.backend->lent() == 0);
    served.lend_to(other, in_resp3);
    served.lend_to(second);
    served.backend.ask(other, {"PING"});

    CHECK(second.connection->id() == id);
    CHECK(other.connection->id() != id);
    CHECK(served.backend.ask(second, {"ECHO", "again"}) == bulk("again"));
    CHECK(first.values.size() == 1);
}

TEST_CASE("a connection is kept as what its borrower made of it") {
    LendingBackend served;
    Borrower first, second;
    served.lend_to(first);
    served.backend.ask(first, {"SELECT", "2"});
    served.backend.ask(first, {"HELLO", "3"});
    const auto id = first.connection->id();

    served.backend->take_back(std::move(first.connection), in_resp3);
    served.lend_to(second, in_resp3);

    CHECK(second.connection->id() == id);
}

TEST_CASE("a connection may be given back, or destroyed, while it hands over a value") {
    LendingBackend served;
    for (const bool is_given_back : {true, false}) {
        Borrower borrower, next;
        served.lend_to(borrower);
        borrower.on_next_value = [&] {
            if (is_given_back) {
                served.backend->take_back(std::move(borrower.connection), home);
            } else {
                borrower.connection.reset();
            }
        };

        served.backend.ask(borrower, {"PING"});
        served.lend_to(next);

        CHECK(served.backend.ask(next, {"ECHO", "fine"}) == bulk("fine"));
        CHECK(borrower.values.size() == 1);
        CHECK(borrower.losses == 0);
        CHECK(served.backend->lent() == 1);
    }
}

TEST_CASE("what comes when all is given back is for nobody, and ends the connection") {
    LendingBackend served;
    Borrower careless, next;
    served.lend_to(careless);
    served.backend.ask(careless, {"SUBSCRIBE", "news"});
    const auto before = served.connections();
    served.backend->take_back(std::move(careless.connection), home);

    served.redis.command({"PUBLISH", "news", "for nobody"});

    CHECK(served.comes_to_have(before - 1));
    CHECK(careless.values.size() == 1);
    served.lend_to(next);
    CHECK(served.backend.ask(next, {"PING"}) == "+PONG\r\n");
}

TEST_CASE("a connection with something left to come, or to go, is not kept") {
    LendingBackend served;
    const auto before = served.connections();
    Borrower early, busy, owing;
    served.lend_to(early);
    served.backend->take_back(std::move(early.connection), home);
    served.lend_to(busy);
    served.backend.ask(busy, {"PING"});
    busy.say({"PING"});
    served.backend->take_back(std::move(busy.connection), home);
    served.lend_to(owing);
    owing.on_next_value = [&] { served.backend->take_back(std::move(owing.connection), home); };
    owing.say({"PING"});
    owing.say({"PING"});
    REQUIRE(served.backend.has_values(owing, 1));

    CHECK(served.comes_to_have(before));
    CHECK(owing.values.size() == 1);
}

TEST_CASE("what has ended is not kept") {
    LendingBackend served;
    Borrower first, second;
    served.lend_to(first);
    served.backend.ask(first, {"PING"});
    const auto id = first.connection->id();

    first.connection->end();
    served.backend->take_back(std::move(first.connection), home);
    served.lend_to(second);
    served.backend.ask(second, {"PING"});

    CHECK(second.connection->id() != id);
}

TEST_CASE("no more are lent than may be, whatever was kept") {
    LendingBackend served(2);
    Borrower first, second, third;
    served.lend_to(first);
    served.lend_to(second, in_resp3);
    CHECK_FALSE(served.backend.lend_to(third));
    served.backend.ask(first, {"PING"});
    served.backend->take_back(std::move(first.connection), home);

    CHECK(served.backend.lend_to(third, in_resp3));
    CHECK_FALSE(served.backend.lend_to(first));
    CHECK(served.backend->lent() == 2);
}

TEST_CASE("few of those that are given back are kept") {
    LendingBackend served(40);
    const auto before = served.connections();
    std::vector<std::unique_ptr<Borrower>> borrowers;
    for (int i = 0; i < 40; ++i) {
        borrowers.push_back(std::make_unique<Borrower>());
        served.lend_to(*borrowers.back());
        borrowers.back()->say({"PING"});
    }
    for (auto& borrower : borrowers) REQUIRE(served.backend.has_values(*borrower, 1));

    for (auto& borrower : borrowers) {
        served.backend->take_back(std::move(borrower->connection), home);
    }

    CHECK(served.comes_to_have(before + 16));
    CHECK(served.backend->lent() == 0);
}

TEST_CASE("a stopped backend tells every borrower, and lends no more") {
    LendingBackend served;
    Borrower connected, connecting, rested, late;
    served.lend_to(connected);
    served.lend_to(rested);
    served.backend.ask(connected, {"PING"});
    served.backend.ask(rested, {"PING"});
    served.backend->take_back(std::move(rested.connection), home);
    served.lend_to(connecting, in_resp3);
    connecting.on_loss = [&] { CHECK_FALSE(served.backend.lend_to(late)); };

    served.backend.finish();

    CHECK(connected.loss == Errc::shutting_down);
    CHECK(connecting.loss == Errc::shutting_down);
    CHECK(connecting.losses == 1);
    CHECK(rested.losses == 0);
    CHECK(served.backend->lent() == 0);
}

}  // namespace nearcache::tests
