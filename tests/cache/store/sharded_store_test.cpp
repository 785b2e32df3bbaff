#include "cache/store/sharded_store.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;

Config of_entries(std::size_t max_entries) { return Config{.max_entries = max_entries}; }

}  // namespace

TEST_CASE("a value is found under its key until it expires") {
    OpenStore store;

    CHECK(look_up(store, "key") == "(miss)");
    CHECK(put(store, "key", "value"));

    CHECK(look_up(store, "key") == "value");
    CHECK(look_up(store, "key", start + long_ttl - 1ns) == "value");
    CHECK(look_up(store, "key", start + long_ttl) == "(miss)");
    CHECK(store.stats().entries == 0);
    CHECK(store.stats().expirations == 1);
}

TEST_CASE("the least recently found goes first") {
    OpenStore store(of_entries(3));
    for (const char* key : {"a", "b", "c"}) put(store, key, key);

    look_up(store, "a");
    put(store, "d", "d");

    CHECK(look_up(store, "b") == "(miss)");
    for (const char* key : {"a", "c", "d"}) CHECK(look_up(store, key) == key);
    CHECK(store.stats().evictions_by_entries == 1);
}

TEST_CASE("what is expired goes before what is live") {
    OpenStore store(of_entries(2));
    put(store, "live", "1");
    Fetch brief("brief");
    brief.join(store);
    brief.ttl = 1ms;
    brief.land(store, "2");

    put(store, "new", "3", start + 1ms);

    CHECK(look_up(store, "live", start + 1ms) == "1");
    CHECK(look_up(store, "new", start + 1ms) == "3");
    CHECK(store.stats().evictions_by_entries == 0);
    CHECK(store.stats().expirations == 1);
}

TEST_CASE("absent keys have a budget and an order of their own") {
    OpenStore store(Config{.max_entries = 1, .max_absent_keys = 2});
    put(store, "value", "v");
    put_absent(store, "a");
    put_absent(store, "b");

    CHECK(look_up(store, "a") == "(absent)");
    put_absent(store, "c");

    CHECK(look_up(store, "value") == "v");
    CHECK(look_up(store, "a") == "(absent)");
    CHECK(look_up(store, "b") == "(miss)");
    CHECK(store.stats().entries == 1);
    CHECK(store.stats().absent_keys == 2);
    CHECK(store.stats().absent_hits == 2);
}

TEST_CASE("a store without room for entries keeps none") {
    OpenStore store(Config{.max_entries = 0, .max_absent_keys = 0});

    CHECK_FALSE(put(store, "key", "value"));
    CHECK_FALSE(put_absent(store, "key"));

    CHECK(store.stats().fills_refused_unfit == 2);
    CHECK(store.stats().memory_bytes == 0);
}

TEST_CASE("an answer that has expired on its way is not kept") {
    OpenStore store;
    Fetch fetch("key");
    fetch.join(store);

    fetch.ttl = 0ms;
    const Landed landed = fetch.land(store, "v");

    CHECK_FALSE(landed.is_kept);
    CHECK(landed.waiters == &fetch.waiter);
    CHECK(look_up(store, "key") == "(miss)");
}

TEST_CASE("an entry outlives its eviction for who holds it") {
    OpenStore store(of_entries(1));
    put(store, "key", "value");
    EntryRef held;
    store.find("key", hash_of("key"), start,
               [&](const Entry& entry, Lookup) { held = EntryRef::share(entry); });

    put(store, "other", "value");

    CHECK(look_up(store, "key") == "(miss)");
    CHECK(held->value() == "value");
}

TEST_CASE("a value larger than the memory is refused and costs nobody a place") {
    OpenStore store(Config{.max_memory_bytes = 10'000});
    put(store, "small", "v");

    CHECK_FALSE(put(store, "large", std::string(10'000, 'v')));

    CHECK(look_up(store, "small") == "v");
}

TEST_CASE("the largest value that fits gets the place of all others") {
    OpenStore store(Config{.max_entries = 100'000, .max_memory_bytes = 1'000'000});
    REQUIRE(store.shard_count() > 1);
    for (int i = 0; i < 20'000; ++i) {
        put(store, std::to_string(i), "v");
        REQUIRE(store.stats().memory_bytes <= 1'000'000);
    }

    CHECK(put(store, "large", std::string(999'000, 'v')));

    CHECK(store.stats().memory_bytes <= 1'000'000);
    CHECK(store.stats().entries < 10);
    CHECK(look_up(store, "large").size() == 999'000);
}

TEST_CASE("an absent key takes its memory from absent keys first") {
    OpenStore store(Config{.max_entries = 4'096, .max_memory_bytes = 20'000});
    put(store, "value", std::string(15'000, 'v'));

    for (int i = 0; i < 1'000; ++i) put_absent(store, std::to_string(i));

    CHECK(look_up(store, "value") != "(miss)");
    CHECK(look_up(store, "999") == "(absent)");
    CHECK(store.stats().evictions_by_memory > 900);
    CHECK(store.stats().memory_bytes <= 20'000);
}

TEST_CASE("a value takes its memory from values before absent keys") {
    OpenStore store(Config{.max_entries = 4'096, .max_memory_bytes = 20'000});
    put_absent(store, "absent");

    for (int i = 0; i < 100; ++i) put(store, std::to_string(i), std::string(1'000, 'v'));

    CHECK(look_up(store, "absent") == "(absent)");
    CHECK(look_up(store, "99") != "(miss)");
    CHECK(store.stats().memory_bytes <= 20'000);
}

TEST_CASE("an emptied store takes as little memory as a new one") {
    OpenStore store(of_entries(100'000));
    const std::size_t empty_bytes = store.stats().memory_bytes;
    for (int i = 0; i < 20'000; ++i) put(store, std::to_string(i), "value");
    for (int i = 0; i < 100; ++i) put_absent(store, "absent" + std::to_string(i));
    CHECK(store.stats().memory_bytes > 20'000 * 70);

    store.invalidate_all(Cause::flush);

    CHECK(empty_bytes == 0);
    CHECK(store.stats().memory_bytes == 0);
    CHECK(store.stats().entries == 0);
    CHECK(store.stats().absent_keys == 0);
    CHECK(store.stats().invalidations == 20'100);
    CHECK(look_up(store, "1") == "(miss)");
    CHECK(put(store, "1", "again"));
    CHECK(look_up(store, "1") == "again");
}

TEST_CASE("a small store is one shard and a large one has many") {
    CHECK(ShardedStore(of_entries(0)).shard_count() == 1);
    CHECK(ShardedStore(of_entries(1)).shard_count() == 1);
    CHECK(ShardedStore(of_entries(4'096)).shard_count() == 1);
    CHECK(ShardedStore(of_entries(4'097)).shard_count() == 4);
    CHECK(ShardedStore(of_entries(10'000)).shard_count() == 8);
    CHECK(ShardedStore(of_entries(1'000'000)).shard_count() == 64);
    CHECK(ShardedStore(of_entries(1'000'000'000)).shard_count() == 64);
}

TEST_CASE("a full store of many shards holds exactly what it may") {
    OpenStore store(Config{.max_entries = 10'007, .max_absent_keys = 1'001});

    for (int i = 0; i < 40'000; ++i) put(store, std::to_string(i), "value");
    for (int i = 40'000; i < 50'000; ++i) put_absent(store, std::to_string(i));

    CHECK(store.stats().entries == 10'007);
    CHECK(store.stats().absent_keys == 1'001);
    CHECK(store.stats().inserts == 50'000);
    CHECK(store.stats().evictions_by_entries == 50'000 - 10'007 - 1'001);
}

}  // namespace nearcache::store
