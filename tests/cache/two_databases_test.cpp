#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

// Keys of one name in several databases.
namespace nearcache::cache {
namespace {

using Joined = CacheService::Joined;
using Commands = std::vector<std::string>;

// Looks at databases 0, which is home, and 5.
struct Bench : TrackedBench {
    Key key(std::uint32_t database, std::string_view name = "k") {
        return {name, service.database(database)};
    }
    Route route(std::uint32_t database, net::LaneId lane = 0) const {
        return {.lane = lane, .database = database};
    }

    std::string look_up_in(std::uint32_t database, std::string_view name = "k") {
        std::string value = "(miss)";
        const auto copy = [&](const Entry& entry, Lookup) { value = entry.value(); };
        const auto found = service.find(key(database, name), clock.now(), copy);
        return found == Lookup::absent ? "(absent)" : value;
    }

    Joined load_in(std::uint32_t database, Asker& asker, std::string_view name = "k") {
        return service.load(key(database, name), clock.now(), asker);
    }

    void cache_in(std::uint32_t database, std::string_view value, std::string_view name = "k") {
        Asker asker(route(database));
        load_in(database, asker, name);
        backend.answer(route(database), name, value);
        REQUIRE(look_up_in(database, name) == value);
    }
};

TEST_CASE("one name in two databases is two entries, each asked for in its own") {
    Bench bench;

    bench.cache_in(0, "of 0");
    CHECK(bench.look_up_in(5) == "(miss)");
    bench.cache_in(5, "of 5");

    CHECK(bench.look_up_in(0) == "of 0");
    CHECK(bench.look_up_in(5) == "of 5");
    CHECK(bench.service.stats().entries == 2);
    CHECK(bench.backend.commands() == Commands{"GET k", "[db 5] GET k"});
}

TEST_CASE("who waits for a key does not wait for its namesake in another database") {
    Bench bench;
    Asker at_home(bench.route(0)), elsewhere(bench.route(5)), behind(bench.route(5));

    CHECK(bench.load_in(0, at_home) == Joined::opened);
    CHECK(bench.load_in(5, elsewhere) == Joined::opened);
    CHECK(bench.load_in(5, behind) == Joined::same_route);
    bench.backend.answer(bench.route(5), "k", "of 5");

    CHECK(elsewhere.said == "of 5");
    CHECK(behind.said == "of 5");
    CHECK_FALSE(at_home.is_told());
    CHECK(bench.service.stats().open_leases == 1);
    bench.backend.answer(bench.route(0), "k", "of 0");
    CHECK(at_home.said == "of 0");
}

TEST_CASE("a write drops the key in its own database, and voids the lease of that one") {
    Bench bench;
    bench.cache_in(0, "of 0");
    bench.cache_in(5, "of 5");
    bench.cache_in(5, "other", "other");
    Asker fetching(bench.route(0));
    bench.load_in(0, fetching, "fetched");

    Written written;
    written.hashes.push_back(bench.key(5).hash);
    written.hashes.push_back(bench.key(5, "fetched").hash);
    bench.service.drop(written);
    bench.backend.answer(bench.route(0), "fetched", "v");

    CHECK(bench.look_up_in(5) == "(miss)");
    CHECK(bench.look_up_in(5, "other") == "other");
    CHECK(bench.look_up_in(0) == "of 0");
    CHECK(fetching.is_kept);
}

TEST_CASE("a change that the backend tells drops the key in every database") {
    Bench bench;
    bench.cache_in(0, "of 0");
    bench.cache_in(5, "of 5");
    bench.cache_in(6, "of 6");
    bench.cache_in(5, "other", "other");
    Asker fetching(bench.route(7));
    bench.load_in(7, fetching);

    bench.change({"k"});
    bench.backend.answer(bench.route(7), "k", "old");

    for (const std::uint32_t database : {0u, 5u, 6u}) CHECK(bench.look_up_in(database) == "(miss)");
    CHECK_FALSE(fetching.is_kept);
    CHECK(bench.look_up_in(5, "other") == "other");
    CHECK(bench.service.coherence().invalidated_keys == 1);
}

TEST_CASE("a write to a database that comes into use meanwhile drops the key there") {
    Bench bench;
    Written written;
    written.hashes.push_back(Key("k", bench.service.database_to_write(5)).hash);

    bench.cache_in(5, "of 5");
    bench.service.drop(written);

    CHECK(bench.look_up_in(5) == "(miss)");
}

TEST_CASE("a flush empties all databases") {
    Bench bench;
    bench.cache_in(0, "of 0");
    bench.cache_in(5, "of 5");

    bench.service.drop({.hashes = {}, .everything = true});

    CHECK(bench.look_up_in(0) == "(miss)");
    CHECK(bench.look_up_in(5) == "(miss)");
}

TEST_CASE("a refresh asks in the database of the key") {
    Bench bench;

    bench.service.refresh(bench.key(5), bench.clock.now(), bench.route(5));
    bench.backend.answer(bench.route(5), "k", "of 5");

    CHECK(bench.look_up_in(5) == "of 5");
    CHECK(bench.look_up_in(0) == "(miss)");
}

TEST_CASE("an explanation is of the key in its own database") {
    Bench bench;
    bench.cache_in(5, "of 5");

    const auto source_of = [&](std::uint32_t database) {
        return bench.service.explain(bench.key(database), bench.clock.now()).fields.at(1).value;
    };

    CHECK(source_of(5) == "cache");
    CHECK(source_of(0) == "backend");
}

TEST_CASE("a question goes in the dialect of who asks, and serves those of the other") {
    Bench bench;
    const Route in_resp3{.lane = 0, .database = 5, .dialect = resp::Dialect::resp3};
    Asker asker(in_resp3), in_resp2(bench.route(5)), also_in_resp3(in_resp3);

    CHECK(bench.load_in(5, asker) == Joined::opened);
    CHECK(bench.load_in(5, in_resp2) == Joined::another_route);
    CHECK(bench.load_in(5, also_in_resp3) == Joined::same_route);
    bench.backend.answer(in_resp3, "k", "v");

    for (const auto* each : {&asker, &in_resp2, &also_in_resp3}) CHECK(each->said == "v");
    CHECK(bench.backend.commands() == Commands{"[db 5] [resp3] GET k"});
}

TEST_CASE("the home database is the backend's, whatever its number") {
    tests::ManualClock clock;
    tests::Lanes lanes(1);
    tests::FakeBackend backend;
    backend.set_home_database(4);
    CacheService service(lanes.threads(), backend, clock, small_config());

    CHECK(service.home_database().number == 4);
    CHECK(service.home(0) == Route{.lane = 0, .database = 4});
    CHECK(service.database(4).salt == 0);
    CHECK(service.database(0).salt != 0);
}

}  // namespace
}  // namespace nearcache::cache
