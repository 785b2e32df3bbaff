#include "cache/store/write_heat.hpp"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;

// Of three keys the last two are remembered in one slot.
constexpr Hash key = Hash{1} << 50 | 77;
constexpr Hash elsewhere = Hash{2} << 50 | 77;
constexpr Hash beside = Hash{1} << 50 | 78;

void note_unread(WriteHeat& heat, int times, TimePoint now = start) {
    for (int i = 0; i < times; ++i) heat.note_unread(key, now);
}

Config of_heat(std::uint8_t after) {
    Config config;
    config.write_hot_after = after;
    config.write_hot_pause = 100ms;
    return config;
}

void put_and_change(ShardedStore& store, Cause cause, TimePoint now = start) {
    put(store, "key", "value", now);
    store.invalidate(hash_of("key"), cause, now);
}

}  // namespace

TEST_CASE("a key is hot when enough of its entries in a row changed unread") {
    WriteHeat heat(3, 100ms);

    note_unread(heat, 2);
    CHECK_FALSE(heat.is_hot(key, start));
    note_unread(heat, 1);

    CHECK(heat.is_hot(key, start));
    CHECK_FALSE(heat.is_hot(beside, start));
    CHECK_FALSE(heat.is_hot(elsewhere, start));
}

TEST_CASE("a hot key cools down when its pause is over, and begins anew") {
    WriteHeat heat(3, 100ms);
    note_unread(heat, 3);

    CHECK(heat.is_hot(key, start + 100ms - 1ns));
    CHECK_FALSE(heat.is_hot(key, start + 100ms));

    note_unread(heat, 2, start + 100ms);
    CHECK_FALSE(heat.is_hot(key, start + 100ms));
    note_unread(heat, 1, start + 100ms);
    CHECK(heat.is_hot(key, start + 100ms));
}

TEST_CASE("one entry that was read ends the streak") {
    WriteHeat heat(3, 100ms);
    note_unread(heat, 2);

    heat.note_read(key);
    note_unread(heat, 2);

    CHECK_FALSE(heat.is_hot(key, start));
}

TEST_CASE("a streak that goes on too slowly is forgotten") {
    WriteHeat heat(3, 100ms);
    note_unread(heat, 2);

    SUBCASE("at the end of the pause") {
        note_unread(heat, 1, start + 100ms);
        CHECK_FALSE(heat.is_hot(key, start + 100ms));
    }
    SUBCASE("and not before") {
        note_unread(heat, 1, start + 100ms - 1ns);
        CHECK(heat.is_hot(key, start + 100ms - 1ns));
    }
}

TEST_CASE("two keys of one slot end each other's streak, but not each other's pause") {
    WriteHeat heat(3, 100ms);
    note_unread(heat, 2);

    heat.note_unread(beside, start);
    note_unread(heat, 2);
    CHECK_FALSE(heat.is_hot(key, start));

    note_unread(heat, 1);
    REQUIRE(heat.is_hot(key, start));
    for (int i = 0; i < 3; ++i) heat.note_unread(beside, start);
    heat.note_read(beside);
    CHECK(heat.is_hot(key, start));
    CHECK_FALSE(heat.is_hot(beside, start));

    for (int i = 0; i < 3; ++i) heat.note_unread(beside, start + 100ms);
    CHECK(heat.is_hot(beside, start + 100ms));
}

TEST_CASE("no key is ever hot when none is to be") {
    WriteHeat heat(0, 100ms);

    note_unread(heat, 1'000);
    heat.note_read(key);

    CHECK_FALSE(heat.is_hot(key, start));
}

TEST_CASE("a key whose entries change unread is not kept for a while") {
    OpenStore store(of_heat(2));

    SUBCASE("when they are written through us") {
        for (int i = 0; i < 2; ++i) put_and_change(store, Cause::write);
    }
    SUBCASE("when they are written elsewhere") {
        for (int i = 0; i < 2; ++i) put_and_change(store, Cause::invalidation);
    }

    CHECK_FALSE(put(store, "key", "value"));
    CHECK(put(store, "other", "value"));
    CHECK_FALSE(put(store, "key", "value", start + 100ms - 1ns));
    CHECK(store.stats().fills_refused_write_hot == 2);
    CHECK(put(store, "key", "value", start + 100ms));
}

TEST_CASE("a key whose entries are read before they change is kept") {
    OpenStore store(of_heat(2));

    for (int i = 0; i < 10; ++i) {
        put(store, "key", "value");
        // By a lookup, or by one who joined too late.
        if (i % 2 == 0) look_up(store, "key");
        if (i % 2 == 1) Fetch("key").join(store);
        store.invalidate(hash_of("key"), Cause::write, start);
    }

    CHECK(put(store, "key", "value"));
}

TEST_CASE("voided leases and repeated invalidations do not make a key hot") {
    OpenStore store(of_heat(2));
    for (int i = 0; i < 10; ++i) {
        Fetch fetch("key");
        fetch.join(store);
        store.invalidate(hash_of("key"), Cause::write, start);
        store.invalidate(hash_of("key"), Cause::invalidation, start);
        fetch.land(store, "value");
    }

    CHECK(put(store, "key", "value"));
}

TEST_CASE("an entry that is dropped with all others does not make its key hot") {
    OpenStore store(of_heat(2));
    for (int i = 0; i < 10; ++i) {
        put(store, "key", "value");
        store.invalidate_all(Cause::flush);
    }

    CHECK(put(store, "key", "value"));
}

TEST_CASE("an entry that has expired unread does not make its key hot") {
    OpenStore store(of_heat(2));
    for (int i = 0; i < 2; ++i) {
        Fetch fetch("key");
        fetch.ttl = 1ms;
        fetch.join(store);
        fetch.land(store, "value");
        store.invalidate(hash_of("key"), Cause::write, start + 1ms);
    }

    CHECK(put(store, "key", "value", start + 1ms));
}

}  // namespace nearcache::store
