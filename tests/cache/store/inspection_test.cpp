#include "cache/store/inspection.hpp"

#include <chrono>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;

Config lenient() {
    Config config;
    config.retentions = {{}, {.if_error = 1h, .after_invalidation = true}};
    config.write_hot_after = 1;
    return config;
}

Inspection inspect(const ShardedStore& store, std::string_view key, TimePoint now = start) {
    return store.inspect(key, hash_of(key), now);
}

void put_lenient(ShardedStore& store, std::string_view value) {
    Fetch fetch("key");
    fetch.ttl = 10s;
    fetch.rule = 1;
    fetch.join(store);
    fetch.land(store, value);
}

}  // namespace

TEST_CASE("nothing is known of a key that nobody has asked for") {
    ShardedStore store(Config{});

    const Inspection known = inspect(store, "key");

    CHECK_FALSE(known.is_held);
    CHECK_FALSE(known.is_fresh);
    CHECK_FALSE(known.has_lease);
    CHECK_FALSE(known.is_write_hot);
    CHECK(known.current_epoch == 0);
    CHECK(known.proven_for < 0ms);
}

TEST_CASE("an inspection tells the entry, its epoch and what is left of both") {
    ShardedStore store(lenient());
    store.begin_epoch(start + 3s);
    put_lenient(store, "value");

    const Inspection known = inspect(store, "key", start + 1s);

    CHECK(known.is_held);
    CHECK_FALSE(known.is_absent);
    CHECK(known.is_fresh);
    CHECK_FALSE(known.is_invalidated);
    CHECK(known.age == 1s);
    CHECK(known.left == 9s);
    CHECK(known.value_bytes == 5);
    CHECK(known.epoch == known.current_epoch);
    CHECK(known.epoch != 0);
    CHECK(known.proven_for == 2s);
    CHECK(known.rule == 1);
}

TEST_CASE("an inspection tells what is no longer fresh, and why") {
    OpenStore store(lenient());
    put_lenient(store, "value");
    const Epoch epoch = inspect(store, "key").epoch;

    SUBCASE("it has expired") {
        const Inspection known = inspect(store, "key", start + 11s);
        CHECK_FALSE(known.is_fresh);
        CHECK(known.left == -1s);
    }
    SUBCASE("the proof is over") {
        store.extend_epoch(start);
        const Inspection known = inspect(store, "key", start + 1s);
        CHECK_FALSE(known.is_fresh);
        CHECK(known.proven_for == -1s);
    }
    SUBCASE("its epoch has ended") {
        store.begin_epoch(TimePoint::max());
        const Inspection known = inspect(store, "key");
        CHECK_FALSE(known.is_fresh);
        CHECK(known.epoch == epoch);
        CHECK(known.current_epoch != epoch);
    }
    SUBCASE("it was invalidated") {
        store.invalidate(hash_of("key"), Cause::invalidation, start);
        const Inspection known = inspect(store, "key");
        CHECK(known.is_held);
        CHECK_FALSE(known.is_fresh);
        CHECK(known.is_invalidated);
        CHECK(known.is_write_hot);
        CHECK_FALSE(inspect(store, "key", start + 1s).is_write_hot);
    }
}

TEST_CASE("an inspection tells a known absence") {
    OpenStore store;
    put_absent(store, "key");

    CHECK(inspect(store, "key").is_absent);
    CHECK(inspect(store, "key").is_fresh);
}

TEST_CASE("an inspection tells the fetch that is under way") {
    OpenStore store;
    Fetch fetch("key");
    Waiter second;
    fetch.join(store);
    Fetch("key").join(store, second, start + 1s);

    const Inspection known = inspect(store, "key", start + 2s);

    CHECK(known.has_lease);
    CHECK(known.lease_age == 2s);
    CHECK(known.lease_epoch == known.current_epoch);
    CHECK(known.waiters == 2);
    CHECK_FALSE(known.is_held);
    CHECK_FALSE(inspect(store, "other").has_lease);
}

TEST_CASE("an inspection touches and counts nothing") {
    OpenStore store(Config{.max_entries = 2});
    put(store, "a", "1");
    put(store, "b", "2");

    inspect(store, "a");
    inspect(store, "b", start + long_ttl);
    inspect(store, "c");
    put(store, "c", "3");

    CHECK(look_up(store, "a") == "(miss)");
    CHECK(look_up(store, "b") == "2");
    CHECK(store.stats().hits == 1);
    CHECK(store.stats().misses == 1);
}

}  // namespace nearcache::store
