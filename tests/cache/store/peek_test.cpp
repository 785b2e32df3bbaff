#include <string>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;

// The value, "(absent)" or "(miss)".
std::string peek(const ShardedStore& store, std::string_view key, TimePoint now = start) {
    std::string value;
    const auto copy = [&](const Entry& entry, Lookup) { value = entry.value(); };
    return described(store.peek(key, hash_of(key), now, copy), value);
}

}  // namespace

TEST_CASE("a peek sees what a lookup would see") {
    ShardedStore store{Config{}};
    store.begin_epoch(TimePoint::max());
    put(store, "key", "value");
    put_absent(store, "absent");

    CHECK(peek(store, "key") == "value");
    CHECK(peek(store, "absent") == "(absent)");
    CHECK(peek(store, "other") == "(miss)");
    CHECK(peek(store, "key", start + long_ttl) == "(miss)");
    store.extend_epoch(start + 1ms);
    CHECK(peek(store, "key") == "value");
    CHECK(peek(store, "key", start + 1ms) == "(miss)");
}

TEST_CASE("a peek never sees what is stale, even where a lookup is served with it") {
    Config config;
    config.retentions = {{.while_revalidate = 1h}};
    ShardedStore store(config);
    store.begin_epoch(TimePoint::max());
    put(store, "key", "value");

    CHECK(peek(store, "key", start + long_ttl) == "(miss)");
    CHECK(look_up(store, "key", start + long_ttl) == "value (stale)");
}

TEST_CASE("a peek counts nothing and clears nothing away") {
    ShardedStore store{Config{}};
    store.begin_epoch(TimePoint::max());
    put(store, "key", "value");
    put_absent(store, "absent");
    const auto before = store.stats();

    peek(store, "key");
    peek(store, "absent");
    peek(store, "other");
    peek(store, "key", start + 2 * long_ttl);

    const auto after = store.stats();
    CHECK(after.hits == before.hits);
    CHECK(after.absent_hits == before.absent_hits);
    CHECK(after.misses == before.misses);
    CHECK(after.expirations == before.expirations);
    CHECK(after.entries == 1);
    CHECK(after.absent_keys == 1);
}

TEST_CASE("a peek moves nothing in the order of eviction") {
    Config config;
    config.max_entries = 2;
    config.max_absent_keys = 2;
    ShardedStore store(config);
    store.begin_epoch(TimePoint::max());
    put(store, "old", "1");
    put(store, "young", "2");
    put_absent(store, "old absence");
    put_absent(store, "young absence");

    CHECK(peek(store, "old") == "1");
    CHECK(peek(store, "old absence") == "(absent)");
    put(store, "new", "3");
    put_absent(store, "new absence");

    CHECK(peek(store, "old") == "(miss)");
    CHECK(peek(store, "young") == "2");
    CHECK(peek(store, "old absence") == "(miss)");
    CHECK(peek(store, "young absence") == "(absent)");
}

// What is dropped before anyone has read it is written more often than read.
TEST_CASE("a peek is no read in the eyes of the write heat") {
    Config config;
    config.write_hot_after = 1;
    ShardedStore store(config);
    store.begin_epoch(TimePoint::max());
    put(store, "key", "value");

    peek(store, "key");
    store.invalidate(hash_of("key"), Cause::invalidation, start);

    CHECK_FALSE(put(store, "key", "value"));
}

}  // namespace nearcache::store
