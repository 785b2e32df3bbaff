// What epochs, their ends and the numbers they carry mean for what is held, joined and kept.

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;
using Kind = Joined::Kind;

// Entries outlive their epoch.
Config retaining() {
    Config config;
    config.retentions = {{}, {.if_error = 1h}};
    return config;
}

bool put_retained(ShardedStore& store, std::string_view key, std::string_view value) {
    Fetch fetch(key);
    fetch.rule = 1;
    fetch.join(store);
    return fetch.land(store, value).is_kept;
}

// As many epochs as there are numbers, so that the next has the number of this.
void go_round(ShardedStore& store) {
    const Epoch epoch = store.inspect("", 0, start).current_epoch;
    do {
        store.begin_epoch(TimePoint::max());
    } while (store.inspect("", 0, start).current_epoch != epoch);
}

}  // namespace

TEST_CASE("a store in which no epoch has begun keeps nothing") {
    ShardedStore store(Config{});

    CHECK_FALSE(put(store, "key", "value"));

    CHECK(look_up(store, "key") == "(miss)");
    CHECK(store.stats().fills_refused_epoch == 1);
    store.begin_epoch(TimePoint::max());
    CHECK(put(store, "key", "value"));
}

TEST_CASE("fetches are shared while there is no epoch") {
    ShardedStore store(Config{});
    Fetch fetch("key");
    Waiter second;
    fetch.join(store);

    CHECK(Fetch("key").join(store, second).kind == Kind::joined);

    CHECK(in_line(fetch.land(store, "value")).size() == 2);
}

TEST_CASE("what is held is fresh for as long as the proof of its epoch goes") {
    ShardedStore store(Config{});
    store.begin_epoch(start + 3s);
    put(store, "key", "value");

    CHECK(look_up(store, "key", start + 3s - 1ns) == "value");
    CHECK(look_up(store, "key", start + 3s) == "(miss)");
    SUBCASE("and again when a late proof comes") {
        store.extend_epoch(start + 6s);
        CHECK(look_up(store, "key", start + 3s) == "value");
    }
    SUBCASE("and is fetched anew when none does") {
        Fetch fetch("key");
        CHECK(fetch.join(store, start + 3s).kind == Kind::leads);
        CHECK(fetch.land(store, "new", start + 3s).is_kept);
        store.extend_epoch(start + 6s);
        CHECK(look_up(store, "key", start + 3s) == "new");
    }
    CHECK(store.stats().entries == 1);
}

TEST_CASE("the end of an epoch empties a store that retains nothing") {
    OpenStore store;
    put(store, "key", "value");
    put_absent(store, "absent");
    Fetch fetch("other");
    fetch.join(store);

    store.end_epoch();

    CHECK(store.stats().entries == 0);
    CHECK(store.stats().absent_keys == 0);
    CHECK(store.stats().memory_bytes == 0);
    CHECK(store.stats().dropped_by_epoch == 2);
    CHECK(store.stats().leases_voided == 1);
    CHECK_FALSE(fetch.land(store, "value").is_kept);
}

TEST_CASE("the end of an epoch leaves what a rule retains, and takes the rest as it is met") {
    OpenStore store(retaining());
    put(store, "plain", "1");
    put_retained(store, "retained", "2");

    store.end_epoch();
    store.begin_epoch(TimePoint::max());

    CHECK(store.stats().entries == 2);
    CHECK(look_up(store, "plain") == "(miss)");
    CHECK(look_up(store, "retained") == "(miss)");
    CHECK(store.stats().entries == 1);
    CHECK(store.stats().dropped_by_epoch == 1);
    CHECK(store.find_if_error("retained", hash_of("retained"), start)->value() == "2");
}

TEST_CASE("an epoch that begins ends the one before") {
    OpenStore store(retaining());
    put_retained(store, "key", "value");

    store.begin_epoch(TimePoint::max());

    CHECK(look_up(store, "key") == "(miss)");
}

TEST_CASE("a fetch of an ended epoch is not kept in the next, and not joined either") {
    OpenStore store(retaining());
    Fetch old_fetch("key");
    Fetch new_fetch("key");
    Waiter late;
    old_fetch.join(store);

    store.end_epoch();
    SUBCASE("landing between the two") {
        CHECK_FALSE(old_fetch.land(store, "old").is_kept);
        store.begin_epoch(TimePoint::max());
        CHECK(store.stats().fills_refused_epoch == 1);
    }
    SUBCASE("landing in the next") {
        store.begin_epoch(TimePoint::max());
        CHECK_FALSE(old_fetch.land(store, "old").is_kept);
        CHECK(store.stats().fills_refused_epoch == 1);
    }
    SUBCASE("followed by a fetch of the next, and landing last") {
        store.begin_epoch(TimePoint::max());
        CHECK(new_fetch.join(store).kind == Kind::leads);
        CHECK(store.stats().leases_voided == 1);
        CHECK(Fetch("key").join(store, late).kind == Kind::joined);
        CHECK(in_line(new_fetch.land(store, "new")).size() == 2);
        const Landed landed = old_fetch.land(store, "old");
        CHECK_FALSE(landed.is_kept);
        CHECK(landed.waiters == &old_fetch.waiter);
        CHECK(look_up(store, "key") == "new");
        CHECK(store.stats().fills_refused_void == 1);
        return;
    }
    CHECK(look_up(store, "key") == "(miss)");
}

TEST_CASE("a fetch from one time without an epoch is not joined in another") {
    ShardedStore store(retaining());
    Fetch old_fetch("key");
    old_fetch.join(store);

    store.begin_epoch(TimePoint::max());
    store.end_epoch();

    CHECK(Fetch("key").join(store).kind == Kind::leads);
}

TEST_CASE("nothing of an epoch is left when its number comes again") {
    OpenStore store(retaining());
    put_retained(store, "key", "old");
    Fetch listed("listed");
    Fetch first("clash", 42);
    Fetch unlisted("other", 42);
    for (Fetch* fetch : {&listed, &first, &unlisted}) fetch->join(store);

    go_round(store);

    CHECK(store.stats().entries == 0);
    CHECK(store.stats().open_leases == 0);
    CHECK(look_up(store, "key") == "(miss)");
    for (Fetch* fetch : {&listed, &first, &unlisted})
        CHECK_FALSE(fetch->land(store, "old").is_kept);
    CHECK(look_up(store, "listed") == "(miss)");
}

TEST_CASE("a fetch of the time before the numbers started over is not kept") {
    OpenStore store(retaining());
    store.end_epoch();
    Fetch fetch("key");
    fetch.join(store);

    for (int i = 0; i < 254; ++i) store.begin_epoch(TimePoint::max());

    CHECK_FALSE(fetch.land(store, "old").is_kept);
}

TEST_CASE("entries are counted by the cause of their going") {
    OpenStore store;
    for (const char* key : {"a", "b", "c", "d", "e", "f"}) put(store, key, "value");

    store.invalidate(hash_of("a"), Cause::write, start);
    store.invalidate(hash_of("b"), Cause::invalidation, start);
    store.invalidate(hash_of("c"), Cause::invalidation, start);
    store.invalidate_all(Cause::flush);
    put(store, "g", "value");
    store.end_epoch();

    const Stats stats = store.stats();
    CHECK(stats.dropped_by_write == 1);
    CHECK(stats.dropped_by_invalidation == 2);
    CHECK(stats.dropped_by_flush == 3);
    CHECK(stats.dropped_by_epoch == 1);
    CHECK(stats.invalidations == 7);
}

}  // namespace nearcache::store
