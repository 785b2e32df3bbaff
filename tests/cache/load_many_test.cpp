#include <deque>
#include <initializer_list>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using backend::GetReply;
using Joined = CacheService::Joined;
using Commands = std::vector<std::string>;

constexpr GetReply unsure{GetReply::Kind::unsure, {}, {}};

GetReply value(std::string_view bytes) { return {GetReply::Kind::value, bytes, {}}; }

// Those of an MGET: an asker a key, in its order.
struct Mget {
    Mget(ServiceBench& bench, std::initializer_list<std::string_view> keys, const Route& route)
        : Mget(bench, std::vector<std::string_view>(keys), route) {}
    Mget(ServiceBench& bench, std::initializer_list<std::string_view> keys)
        : Mget(bench, keys, bench.service.home(0)) {}
    Mget(ServiceBench& bench, const std::vector<std::string_view>& keys, const Route& route) {
        std::vector<CacheService::Wanted> wanted;
        for (const auto key : keys) {
            askers.emplace_back(route);
            wanted.push_back({Key(key, bench.service.database(route.database)), askers.back()});
        }
        bench.service.load_many(route, bench.clock.now(), wanted);
        for (const auto& one : wanted) joined.push_back(one.joined);
    }

    std::vector<std::string> said() const {
        std::vector<std::string> said;
        for (const auto& asker : askers) said.push_back(asker.said);
        return said;
    }

    std::deque<Asker> askers;
    std::vector<Joined> joined;
};

TEST_CASE("keys that are wanted together are asked for with one question, and kept one by one") {
    ServiceBench bench;

    Mget mget(bench, {"a", "b", "c"});
    CHECK(mget.said() == Commands(3, "(not told)"));
    bench.backend.answer_many(0, {"1", {}, ""});

    CHECK(mget.joined == std::vector(3, Joined::opened));
    CHECK(mget.said() == Commands{"1", "(absent)", ""});
    CHECK(bench.look_up("a") == "1");
    CHECK(bench.look_up("b") == "(absent)");
    CHECK(bench.look_up("c") == "");
    CHECK(bench.backend.commands() == Commands{"MGET a b c"});
}

TEST_CASE("one key alone is asked for as such") {
    ServiceBench bench;

    Mget mget(bench, {"a"});
    bench.backend.answer(0, "a", "1");

    CHECK(mget.said() == Commands{"1"});
    CHECK(bench.backend.commands() == Commands{"GET a"});
}

TEST_CASE("what somebody fetches already is waited for, and only the rest is asked for") {
    ServiceBench bench;
    Asker of_b(0), of_c(1);
    bench.load(of_b, "b");
    bench.load(of_c, "c");

    Mget mget(bench, {"a", "b", "c", "d"});
    bench.backend.answer(0, "b", "2");
    bench.backend.answer(1, "c", "3");
    bench.lanes.run(0);
    bench.backend.answer_many(0, {"1", "4"});

    CHECK(mget.joined ==
          std::vector{Joined::opened, Joined::same_route, Joined::another_route, Joined::opened});
    CHECK(mget.said() == Commands{"1", "2", "3", "4"});
    CHECK(bench.backend.commands() == Commands{"GET b", "GET c", "MGET a d"});
}

TEST_CASE("when all but one of them are fetched already, that one is asked for as such") {
    ServiceBench bench;
    Asker of_b(0);
    bench.load(of_b, "b");

    Mget mget(bench, {"a", "b"});
    bench.backend.answer(0, "b", "2");
    bench.backend.answer(0, "a", "1");

    CHECK(mget.said() == Commands{"1", "2"});
    CHECK(bench.backend.commands() == Commands{"GET b", "GET a"});
}

TEST_CASE("what came in the meantime is told soon, never from within the call") {
    ServiceBench bench;
    bench.cache("a", "1");
    bench.cache_absence("b");

    Mget mget(bench, {"a", "b"});
    CHECK(mget.said() == Commands(2, "(not told)"));
    bench.lanes.run(0);

    CHECK(mget.joined == std::vector(2, Joined::answered_already));
    CHECK(mget.said() == Commands{"1", "(absent)"});
    CHECK(bench.backend.unanswered() == 0);
}

// Its client may have sent a write of the key meanwhile, and MGET came before that.
TEST_CASE("a key of another type is nil to who asked for many, without a second question") {
    ServiceBench bench;

    Mget mget(bench, {"list", "a"});
    bench.backend.answer_many_with(0, std::vector{unsure, value("1")});

    CHECK(mget.said() == Commands{"(absent)", "1"});
    CHECK_FALSE(mget.askers.front().is_kept);
    CHECK(bench.look_up("list") == "(miss)");
    CHECK(bench.backend.unanswered() == 0);
    CHECK(bench.service.stats().open_leases == 0);
}

TEST_CASE("who joined the fetch of a key of another type asks anew, on his own lane") {
    ServiceBench bench;
    Mget mget(bench, {"list", "a"});
    Asker here(0), elsewhere(1), behind(1);
    bench.load(here, "list");
    bench.load(elsewhere, "list");
    bench.load(behind, "list");
    Mget another(bench, {"list", "b"});

    bench.backend.answer_many_with(0, std::vector{unsure, value("1")});
    CHECK_FALSE(here.is_told());
    CHECK(another.said() == Commands{"(absent)", "(not told)"});
    CHECK(bench.backend.commands() == Commands{"MGET list a", "GET b", "GET list"});
    bench.lanes.run(1);
    CHECK(bench.backend.gets() == 2);
    bench.backend.answer(0, "b", "2");
    bench.backend.answer_error(0, "list", "WRONGTYPE no string");
    bench.lanes.run(1);

    for (const auto* asker : {&here, &elsewhere, &behind}) {
        CHECK(asker->said == "(error) WRONGTYPE no string");
        CHECK(asker->times_told == 1);
    }
}

TEST_CASE("who asks anew takes what has come in the meantime") {
    ServiceBench bench;
    Mget mget(bench, {"k", "a"});
    Asker elsewhere(1);
    bench.load(elsewhere, "k");

    bench.backend.answer_many_with(0, std::vector{unsure, value("1")});
    bench.cache("k", "new");
    bench.lanes.run(1);

    CHECK(elsewhere.said == "new");
    CHECK(bench.backend.unanswered() == 0);
}

// He may have to ask anew, and that would be behind a write that he sends meanwhile.
TEST_CASE("who joins a fetch of many never counts as on the same route") {
    ServiceBench bench;
    Mget mget(bench, {"a", "b"});
    Asker asker(0);

    CHECK(bench.load(asker, "a") == Joined::another_route);
    Mget again(bench, {"a", "b"});

    CHECK(again.joined == std::vector(2, Joined::another_route));
    bench.backend.answer_many(0, {"1", "2"});
    CHECK(asker.said == "1");
    CHECK(again.said() == Commands{"1", "2"});
}

TEST_CASE("a nil contradicts the value that was held for answers after an error") {
    TrackedBench bench(config_with({.prefix = "", .stale_if_error = 10min}));
    bench.cache("k", "old");
    bench.advance_proven(2min);
    Mget mget(bench, {"k", "a"});

    bench.backend.answer_many_with(0, std::vector{unsure, value("1")});
    Asker asker(0);
    bench.load(asker);
    bench.backend.fail(0, Errc::backend_unreachable);

    CHECK(mget.said().front() == "(absent)");
    CHECK(asker.said == "(failure) " + std::string(describe(Errc::backend_unreachable)));
}

TEST_CASE("a failure is told to all who wanted them") {
    ServiceBench bench;
    Mget mget(bench, {"a", "b"});

    bench.backend.fail(0, Errc::backend_timeout);

    const auto failed = "(failure) " + std::string(describe(Errc::backend_timeout));
    CHECK(mget.said() == Commands{failed, failed});
    CHECK(bench.service.stats().open_leases == 0);
    CHECK(bench.backend.unanswered() == 0);
}

TEST_CASE("after a lost connection each key is asked for once more, and by itself") {
    ServiceBench bench;
    Mget mget(bench, {"a", "b"});

    bench.backend.fail(0, Errc::backend_connection_lost);
    CHECK(mget.said() == Commands(2, "(not told)"));
    bench.backend.answer(0, "a", "1");
    bench.backend.fail(0, Errc::backend_connection_lost);

    CHECK(mget.said().front() == "1");
    CHECK(mget.said().back() ==
          "(failure) " + std::string(describe(Errc::backend_connection_lost)));
    CHECK(bench.backend.commands() == Commands{"MGET a b", "GET a", "GET b"});
}

TEST_CASE("a key that changes meanwhile is answered and not kept; the others are kept") {
    TrackedBench bench;
    Mget mget(bench, {"a", "b"});

    bench.change({"a"});
    bench.backend.answer_many(0, {"1", "2"});

    CHECK(mget.said() == Commands{"1", "2"});
    CHECK(bench.look_up("a") == "(miss)");
    CHECK(bench.look_up("b") == "2");
}

TEST_CASE("when the backend cannot be asked, each gets what is held for that case") {
    TrackedBench bench(config_with({.prefix = "", .stale_if_error = 10min}));
    bench.cache("a", "old");
    bench.advance_proven(2min);
    Mget mget(bench, {"a", "b"});

    bench.backend.fail(0, Errc::backend_unreachable);

    CHECK(mget.said().front() == "(stale) old");
    CHECK(mget.said().back() == "(failure) " + std::string(describe(Errc::backend_unreachable)));
}

TEST_CASE("the question goes over the route of who wants them") {
    ServiceBench bench;
    const Route route{.lane = 1, .database = 5, .dialect = resp::Dialect::resp3};

    Mget mget(bench, {"a", "b"}, route);
    bench.backend.answer_many(route, {"1", "2"});

    CHECK(mget.said() == Commands{"1", "2"});
    CHECK(bench.look_up("a") == "(miss)");
    CHECK(bench.backend.commands() == Commands{"[db 5] [resp3] MGET a b"});
}

TEST_CASE("more keys than fit into one line of anything are asked for all the same") {
    ServiceBench bench;
    std::vector<std::string> names;
    for (int i = 0; i < 50; ++i) names.push_back("key" + std::to_string(i));
    const std::vector<std::string_view> keys(names.begin(), names.end());

    Mget mget(bench, keys, bench.service.home(0));
    bench.backend.answer_many(0, {names.begin(), names.end()});

    CHECK(mget.said() == names);
    CHECK(bench.service.stats().entries == 50);
}

}  // namespace
}  // namespace nearcache::cache
