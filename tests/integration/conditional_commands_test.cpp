#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/lending_backend.hpp"

// The backend alone, without doors and cache: commands on the condition that a value is as it
// should be.
namespace nearcache::tests {

namespace {

using namespace std::chrono_literals;

struct Told final : backend::ConditionalCompletion {
    void on_reply(const net::Slice& reply) override { said = reply.bytes; }
    void on_failure(Errc why) override { said = describe(why); }
    void on_condition_failed() override { said = "(condition failed)"; }

    std::string said;
};

struct Bench : LendingBackend {
    using LendingBackend::LendingBackend;

    void begin(const std::string& expected, const Words& words, Told& told,
               const backend::Route& route = {}) {
        backend->forward_if(route,
                            {"k",
                             [this, expected](const std::string_view* value) {
                                 if (at_test) at_test();
                                 return (value == nullptr ? "(none)" : *value) == expected;
                             }},
                            {command(words)}, told);
    }
    std::string run_if(const std::string& expected, const Words& words,
                       const backend::Route& route = {}) {
        Told told;
        begin(expected, words, told, route);
        REQUIRE(backend.run_until([&] { return !told.said.empty(); }));
        return told.said;
    }

    std::function<void()> at_test;
};

}  // namespace

TEST_CASE("Redis carries a command out only if the value is as it should be") {
    Bench bench;
    const auto before = bench.connections();

    CHECK(bench.run_if("v", {"SET", "k", "w"}) == "(condition failed)");
    CHECK(bench.run_if("(none)", {"SET", "k", "v"}) == ok);
    CHECK(bench.run_if("(none)", {"SET", "k", "w"}) == "(condition failed)");
    CHECK(bench.run_if("v", {"APPEND", "k", "w"}) == integer(2));
    CHECK(bench.run_if("vw", {"DEL", "k"}) == integer(1));
    bench.redis.command({"RPUSH", "k", "a"});
    CHECK(bench.run_if("v", {"SET", "k", "w"}).starts_with("-WRONGTYPE"));
    bench.redis.command({"DEL", "k"});
    CHECK(bench.run_if("(none)", {"NOSUCH", "k"}).starts_with("-ERR unknown command"));
    CHECK(bench.run_if("(none)", {"LPOP", "k", "x"}).starts_with("-ERR"));

    // One connection served them all.
    CHECK(bench.connections() == before + 1);
    CHECK(bench.backend->lent() == 0);
}

TEST_CASE("a condition holds in the database and the dialect of its route") {
    Bench bench;
    const backend::Route route{.database = 2, .dialect = resp::Dialect::resp3};

    CHECK(bench.run_if("(none)", {"SET", "k", "v"}, route) == ok);
    CHECK(bench.run_if("v", {"GETDEL", "k"}, route) == bulk("v"));
    CHECK(bench.run_if("(none)", {"GETDEL", "k"}, route) == "_\r\n");
    bench.at_test = [&] {
        Borrower other;
        bench.lend_to(other, route);
        bench.backend.ask(other, {"SET", "k", "theirs"});
    };
    CHECK(bench.run_if("(none)", {"SET", "k", "mine"}, route) == "(condition failed)");
}

TEST_CASE("a change between the test and the command fails the condition") {
    Bench bench;
    bench.redis.command({"SET", "k", "v"});
    bench.at_test = [&] { bench.redis.command({"SET", "k", "theirs"}); };

    CHECK(bench.run_if("v", {"SET", "k", "mine"}) == "(condition failed)");
    CHECK(bench.redis.command({"GET", "k"}) == bulk("theirs"));
}

TEST_CASE("of many that want to replace the same value one does") {
    Bench bench(50);
    bench.redis.command({"SET", "k", "0"});
    std::vector<std::unique_ptr<Told>> told;
    for (int i = 0; i < 40; ++i) {
        told.push_back(std::make_unique<Told>());
        bench.begin("0", {"INCR", "k"}, *told.back());
    }

    REQUIRE(bench.backend.run_until([&] {
        return std::ranges::none_of(told, [](const auto& one) { return one->said.empty(); });
    }));
    CHECK(std::ranges::count_if(told, [](const auto& one) { return one->said == integer(1); }) ==
          1);
    CHECK(bench.redis.command({"GET", "k"}) == bulk("1"));
}

TEST_CASE("who may not do what it takes hears why, and changes nothing") {
    for (const std::string denied : {"watch", "get", "multi", "set", "exec"}) {
        CAPTURE(denied);
        Bench bench;
        bench.redis.command({"ACL", "SETUSER", "default", "-" + denied});

        const auto said = bench.run_if("(none)", {"SET", "k", "v"});

        CHECK(said.starts_with('-'));
        CHECK(said.find("NOPERM") != said.npos);
        bench.redis.command({"ACL", "SETUSER", "default", "+" + denied});
        CHECK(bench.redis.command({"EXISTS", "k"}) == integer(0));
        CHECK(bench.run_if("other", {"SET", "k", "w"}) == "(condition failed)");
    }
}

TEST_CASE("a full Redis says so, and the next conditional command finds all in order") {
    Bench bench;
    bench.redis.command({"SET", "k", "v"});
    bench.redis.command({"CONFIG", "SET", "maxmemory", "1"});

    CHECK(bench.run_if("v", {"SET", "k", "w"}).starts_with("-OOM"));
    bench.redis.command({"CONFIG", "SET", "maxmemory", "0"});
    CHECK(bench.run_if("v", {"DEL", "k"}) == integer(1));
}

TEST_CASE("large values and commands take the same way") {
    Bench bench;
    const std::string large(3'000'000, 'x'), larger(4'000'000, 'y');
    bench.redis.command({"SET", "k", large});

    CHECK(bench.run_if(large, {"GETSET", "k", larger}) == bulk(large));
    CHECK(bench.run_if(larger, {"STRLEN", "k"}) == integer(4'000'000));
}

TEST_CASE("conditional commands end with their connection, and with the backend") {
    Bench bench(2);
    bench.redis.command({"CLIENT", "PAUSE", "10000"});
    Told late, stopped, refused, after;
    bench.begin("v", {"SET", "k", "w"}, late);
    bench.begin("v", {"SET", "k", "w"}, stopped, {.database = 1});
    bench.begin("v", {"SET", "k", "w"}, refused);
    CHECK(refused.said.empty());
    REQUIRE(bench.backend.run_until([&] { return !refused.said.empty(); }));
    CHECK(refused.said == describe(Errc::too_many_private_connections));
    bench.backend->stop();
    bench.begin("v", {"SET", "k", "w"}, after);

    bench.backend.finish();

    CHECK(late.said == describe(Errc::shutting_down));
    CHECK(stopped.said == describe(Errc::shutting_down));
    CHECK_FALSE(after.said.empty());
    CHECK(bench.backend->lent() == 0);
}

TEST_CASE("a Redis that does not answer in time fails a conditional command") {
    Bench bench;
    bench.redis.command({"CLIENT", "PAUSE", "10000"});

    const auto said = bench.run_if("v", {"SET", "k", "w"});

    CHECK((said == describe(Errc::backend_timeout) || said == describe(Errc::backend_unreachable)));
    CHECK(bench.backend->lent() == 0);
}

}  // namespace nearcache::tests
