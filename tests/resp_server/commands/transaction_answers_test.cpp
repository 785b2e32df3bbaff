#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "resp_server/commands/transaction_commands.hpp"
#include "tests/resp_server/transaction_bench.hpp"

// What EXEC does to its client: what is answered here, SELECT, and databases.
namespace nearcache::resp_server {
namespace {

using Bench = TransactionBench;

TEST_CASE("what is answered here takes its place in EXEC's answer") {
    Bench bench;
    CHECK(bench.queue("SET k v") == command({"SET", "k", "v"}));
    CHECK(bench.queue("CLIENT ID") == stand_in);
    CHECK(bench.queue("CLIENT SETNAME me") == stand_in);
    CHECK(bench.queue("AUTH default x") == stand_in);
    CHECK(bench.queue("PING") == stand_in);
    CHECK(bench.queue("CLIENT GETNAME") == stand_in);

    const auto reply = bench.exec("*6\r\n+OK\r\n+PONG\r\n+PONG\r\n+PONG\r\n+PONG\r\n+PONG\r\n");

    CHECK(reply == "*6\r\n+OK\r\n:1\r\n+OK\r\n+OK\r\n+PONG\r\n" + bulk("me"));
    CHECK(bench.visitor.ask("CLIENT GETNAME") == bulk("me"));
}

TEST_CASE("what is answered here stands between replies of any depth") {
    Bench bench;
    const std::string deep = "*2\r\n*1\r\n$2\r\n\r\n\r\n%1\r\n+a\r\n~1\r\n:1\r\n";
    bench.queue("EVAL x 0");
    bench.queue("CLIENT ID");
    bench.queue("EVAL x 0");

    CHECK(bench.exec("*3\r\n" + deep + "+PONG\r\n" + deep) == "*3\r\n" + deep + ":1\r\n" + deep);
}

TEST_CASE("a name that is set in a transaction is not there before EXEC is answered") {
    Bench bench;
    bench.queue("CLIENT SETNAME me");

    bench.visitor.say("EXEC");
    CHECK(bench.visitor.is_held_back());
    bench.connection().give("*1\r\n+PONG\r\n");

    CHECK_FALSE(bench.visitor.is_held_back());
    CHECK(bench.visitor.ask("CLIENT GETNAME") == "*1\r\n" + fine + bulk("me"));
}

TEST_CASE("an EXEC that changes nothing of its client holds nobody back") {
    Bench bench;
    bench.queue("SET k v");

    bench.visitor.say("EXEC");

    CHECK_FALSE(bench.visitor.is_held_back());
}

TEST_CASE("the answers of EXEC are not said to who wants none, and the silence goes on") {
    House house;
    Visitor visitor(house);
    visitor.say("CLIENT REPLY OFF");
    visitor.say("MULTI");
    visitor.say("CLIENT ID");
    visitor.say("EXEC");
    for (const auto& value : {fine, queued, std::string("*1\r\n+PONG\r\n")}) {
        lent(house).give(value);
    }

    CHECK(visitor.hear().empty());
    CHECK(visitor.ask("PING").empty());
    CHECK(visitor.ask("CLIENT REPLY ON") == fine);
}

TEST_CASE("a SELECT in a transaction takes effect when it is executed") {
    Bench bench;
    CHECK(bench.queue("SELECT 1") == command({"SELECT", "1"}));
    bench.queue("SET k v");
    CHECK(bench.visitor.client().database().number == 0);

    bench.visitor.say("EXEC");
    CHECK(bench.visitor.is_held_back());
    bench.connection().give("*2\r\n+OK\r\n+OK\r\n");

    CHECK(bench.visitor.hear() == "*2\r\n+OK\r\n+OK\r\n");
    CHECK(bench.visitor.client().database().number == 1);
    CHECK(bench.visitor.client().route().database == 1);
    CHECK(bench.connection().was_given_back());
    CHECK(bench.connection().route().database == 1);
}

TEST_CASE("a SELECT that fails in a transaction changes nothing") {
    Bench bench;
    bench.queue("SELECT 99");
    bench.queue("SELECT nonsense");

    bench.exec("*2\r\n-ERR DB index is out of range\r\n-ERR invalid DB index\r\n");

    CHECK(bench.visitor.client().database().number == 0);
    CHECK(bench.connection().route().database == 0);
}

// Keeps the key in database 1, as read by somebody else.
void keep_in_other_database(House& house, std::string_view key) {
    Visitor visitor(house);
    visitor.client().set_database(1);
    visitor.say_words({"GET", std::string(key)});
    house.backend.answer(0, key, "old");
}

bool is_kept_in_other_database(House& house, std::string_view key) {
    Visitor visitor(house);
    visitor.client().set_database(1);
    const auto before = house.backend.gets();
    visitor.say_words({"GET", std::string(key)});
    const bool is_kept = house.backend.gets() == before;
    house.backend.fail_all(Errc::backend_unreachable);
    return is_kept;
}

TEST_CASE("keys are dropped in the database that they are written in") {
    Bench bench;
    keep(bench.house, "before", "old");
    keep(bench.house, "neither", "old");
    keep_in_other_database(bench.house, "before");
    keep_in_other_database(bench.house, "after");
    keep_in_other_database(bench.house, "neither");

    bench.queue("SET before new");
    bench.queue("SELECT 1");
    bench.queue("SET after new");
    bench.exec("*3\r\n+OK\r\n+OK\r\n+OK\r\n");

    CHECK_FALSE(is_kept(bench.house, "before"));
    CHECK(is_kept_in_other_database(bench.house, "before"));
    CHECK_FALSE(is_kept_in_other_database(bench.house, "after"));
    CHECK(is_kept(bench.house, "neither"));
    CHECK(is_kept_in_other_database(bench.house, "neither"));
}

TEST_CASE("behind a SELECT that may fail a key is dropped in either database") {
    Bench bench;
    bench.queue("SELECT 1");
    bench.queue("SET k new");
    keep(bench.house, "k", "old");

    bench.exec("*2\r\n-ERR DB index is out of range\r\n+OK\r\n");

    CHECK_FALSE(is_kept(bench.house, "k"));
}

}  // namespace
}  // namespace nearcache::resp_server
