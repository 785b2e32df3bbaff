#include "cache/directives.hpp"

#include <string>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

namespace nearcache::cache {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Joined = CacheService::Joined;

Directives no_cache() {
    Directives directives;
    directives.no_cache = true;
    return directives;
}
Directives no_store() {
    Directives directives;
    directives.no_store = true;
    return directives;
}
Directives max_age(milliseconds age) {
    Directives directives;
    directives.max_age = age;
    return directives;
}
Directives min_fresh(milliseconds left) {
    Directives directives;
    directives.min_fresh = left;
    return directives;
}
Directives max_stale(milliseconds over) {
    Directives directives;
    directives.max_stale = over;
    return directives;
}

TEST_CASE("directives that ask for nothing find what a plain request finds") {
    ServiceBench bench;
    bench.cache("k", "v");

    CHECK(bench.look_up(Directives{}) == "v");
    bench.clock.advance(60s);
    CHECK(bench.look_up(Directives{}) == "(miss)");
}

TEST_CASE("no-cache fetches what is here and fresh, and what it brings is here for the others") {
    ServiceBench bench;
    bench.cache("k", "v");
    bench.clock.advance(1ms);
    Asker asker(0);

    CHECK(bench.look_up(no_cache()) == "(miss)");
    CHECK(bench.load(asker, no_cache()) == Joined::opened);
    CHECK(bench.look_up() == "v");
    bench.backend.answer(0, "k", "new");

    CHECK(asker.said == "new");
    CHECK(asker.is_kept);
    CHECK(bench.look_up() == "new");
}

TEST_CASE("no-cache does not wait for a fetch that began before it, and its answer is the newer") {
    ServiceBench bench;
    Asker earlier(0), strict(1), plain(0);
    bench.load(earlier);
    bench.clock.advance(1ms);

    CHECK(bench.load(strict, no_cache()) == Joined::opened);
    CHECK(bench.load(plain) == Joined::another_route);
    bench.backend.answer(1, "k", "new");
    bench.lanes.run(0);
    bench.backend.answer(0, "k", "old");

    CHECK(strict.said == "new");
    CHECK(plain.said == "new");
    CHECK(earlier.said == "old");
    CHECK_FALSE(earlier.is_kept);
    CHECK(bench.look_up() == "new");
}

TEST_CASE("requests with no-cache of one moment share a fetch") {
    ServiceBench bench;
    Asker first(0), second(0);

    CHECK(bench.load(first, no_cache()) == Joined::opened);
    CHECK(bench.load(second, no_cache()) == Joined::same_route);
    bench.backend.answer(0, "k", "v");

    CHECK(second.said == "v");
}

TEST_CASE("no-store is served what is here, but what is fetched for it is not kept") {
    ServiceBench bench;
    bench.cache("here", "v");
    Asker asker(0);

    CHECK(bench.load(asker, no_store()) == Joined::opened);
    bench.backend.answer(0, "k", "v");
    CHECK(asker.said == "v");
    CHECK_FALSE(asker.is_kept);
    CHECK(bench.look_up() == "(miss)");

    bench.cache("k", "w");
    CHECK(bench.look_up(no_store()) == "w");
}

TEST_CASE("no-store waits for nobody, nobody waits for it, and it disturbs nobody") {
    ServiceBench bench;
    Asker plain(0), secret(1), joined(0);
    bench.load(plain);

    CHECK(bench.load(secret, no_store()) == Joined::opened);
    CHECK(bench.load(joined) == Joined::same_route);
    bench.backend.answer(1, "k", "1");
    CHECK(secret.said == "1");
    CHECK_FALSE(joined.is_told());
    bench.backend.answer(0, "k", "2");

    CHECK(joined.said == "2");
    CHECK(plain.is_kept);
    CHECK(bench.look_up() == "2");
}

TEST_CASE("what comes after a fetch with no-store opens its own") {
    ServiceBench bench;
    Asker secret(0), plain(0);
    bench.load(secret, no_store());

    CHECK(bench.load(plain) == Joined::opened);
    bench.backend.answer(0, "k", "1");
    bench.backend.answer(0, "k", "2");

    CHECK(secret.said == "1");
    CHECK(plain.said == "2");
    CHECK(bench.look_up() == "2");
}

TEST_CASE("max-age takes what was fetched that long ago, and nothing older") {
    ServiceBench bench;
    bench.cache("k", "v");
    CHECK(bench.look_up(max_age(0ms)) == "v");

    bench.clock.advance(5s);
    CHECK(bench.look_up(max_age(5s)) == "v");
    CHECK(bench.look_up(max_age(5s - 1ms)) == "(miss)");
    CHECK(bench.look_up(max_age(milliseconds::max())) == "v");
    CHECK(bench.look_up() == "v");
}

TEST_CASE("max-age does not prolong a life") {
    ServiceBench bench;
    bench.cache("k", "v");

    bench.clock.advance(60s);

    CHECK(bench.look_up(max_age(2h)) == "(miss)");
}

TEST_CASE("max-age joins a fetch that is young enough, and no other") {
    ServiceBench bench;
    Asker opener(0), patient(0), strict(1), of_any_age(1);
    bench.load(opener);
    bench.clock.advance(2s);

    CHECK(bench.load(patient, max_age(2s)) == Joined::same_route);
    CHECK(bench.load(of_any_age, max_age(milliseconds::max())) == Joined::another_route);
    CHECK(bench.load(strict, max_age(2s - 1ms)) == Joined::opened);
    bench.backend.answer(0, "k", "old");
    bench.backend.answer(1, "k", "new");
    bench.lanes.run(1);

    CHECK(patient.said == "old");
    CHECK(of_any_age.said == "old");
    CHECK(strict.said == "new");
    CHECK(bench.look_up() == "new");
}

TEST_CASE("max-age takes what came between find and load if it is young enough") {
    ServiceBench bench;
    bench.cache("k", "v");
    bench.clock.advance(2s);
    Asker patient(0), strict(0);

    CHECK(bench.load(patient, max_age(2s)) == Joined::answered_already);
    CHECK(bench.load(strict, max_age(1s)) == Joined::opened);
    bench.backend.answer(0, "k", "new");
    bench.lanes.run(0);

    CHECK(patient.said == "v");
    CHECK(strict.said == "new");
}

TEST_CASE("min-fresh takes what stays fresh for so long, and nothing that is over sooner") {
    ServiceBench bench;
    bench.cache("k", "v");
    bench.clock.advance(50s);

    CHECK(bench.look_up(min_fresh(0ms)) == "v");
    CHECK(bench.look_up(min_fresh(10s)) == "v");
    CHECK(bench.look_up(min_fresh(10s + 1ms)) == "(miss)");
    CHECK(bench.look_up(min_fresh(milliseconds::max())) == "(miss)");
}

// The same entry must not come back as what arrived between find and load.
TEST_CASE("what is not fresh for long enough is fetched anew") {
    ServiceBench bench;
    bench.cache("k", "v");
    bench.clock.advance(50s);
    Asker asker(0), undemanding(0);

    CHECK(bench.load(asker, min_fresh(20s)) == Joined::opened);
    CHECK(bench.load(undemanding, min_fresh(0ms)) == Joined::answered_already);
    bench.backend.answer(0, "k", "new");
    bench.lanes.run(0);

    CHECK(asker.said == "new");
    CHECK(undemanding.said == "v");
    CHECK(bench.look_up(min_fresh(20s)) == "new");
}

// Of what nobody can use any more the first who looks for it in vain takes the place.
TEST_CASE("max-stale takes what is over for no longer, and marks it") {
    const auto look_up_5s_after_its_time = [](milliseconds over) {
        ServiceBench bench;
        bench.cache("k", "v");
        bench.clock.advance(60s + 5s);
        return bench.look_up(max_stale(over));
    };

    CHECK(look_up_5s_after_its_time(5s + 1ms) == "(stale) v");
    CHECK(look_up_5s_after_its_time(5s) == "(miss)");
    CHECK(look_up_5s_after_its_time(0ms) == "(miss)");
    CHECK(look_up_5s_after_its_time(milliseconds::max()) == "(stale) v");
}

TEST_CASE("max-stale takes what is fresh as fresh") {
    ServiceBench bench;
    bench.cache("k", "v");

    CHECK(bench.look_up(max_stale(1h)) == "v");
}

TEST_CASE("max-stale takes no absence that is over") {
    ServiceBench bench;
    bench.cache_absence("k");

    bench.clock.advance(5s);

    CHECK(bench.look_up(max_stale(1h)) == "(miss)");
}

TEST_CASE("max-stale takes what lost its channel, and nothing that is known to have changed") {
    TrackedBench bench(
        config_with({.prefix = "", .stale_if_error = 10min, .stale_after_invalidation = true}));
    bench.cache("k", "v");
    bench.clock.advance(3s);
    CHECK(bench.look_up(max_stale(1ms)) == "(stale) v");
    bench.lose();
    CHECK(bench.look_up(max_stale(1ms)) == "(stale) v");

    bench.change({"k"});

    CHECK(bench.look_up(max_stale(1h)) == "(miss)");
}

TEST_CASE("max-stale and max-age both have their say") {
    ServiceBench bench;
    bench.cache("k", "v");
    bench.clock.advance(65s);
    auto both = max_stale(10s);

    both.max_age = 65s;
    CHECK(bench.look_up(both) == "(stale) v");
    both.max_age = 64s;
    CHECK(bench.look_up(both) == "(miss)");
}

TEST_CASE("a request with directives has no part in stale-while-revalidate") {
    ServiceBench bench(config_with({.prefix = "", .ttl = 10s, .stale_while_revalidate = 60s}));
    bench.cache("k", "v");
    bench.clock.advance(10s);

    CHECK(bench.look_up(max_age(1h)) == "(miss)");
    CHECK(bench.look_up(no_store()) == "(miss)");
    CHECK(bench.look_up() == "(stale) v");
}

TEST_CASE("a request with directives takes nothing away from the plain ones") {
    ServiceBench bench;
    bench.cache("k", "v");
    bench.clock.advance(30s);

    for (const auto& directives :
         {no_cache(), max_age(1s), min_fresh(1h), max_stale(0ms), no_store()}) {
        bench.look_up(directives);
    }

    CHECK(bench.look_up() == "v");
}

}  // namespace
}  // namespace nearcache::cache
