#include "cache/store/lease.hpp"

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using Kind = Joined::Kind;
using Waiters = std::vector<const Waiter*>;

}  // namespace

TEST_CASE("the first to miss leads and the others line up behind it") {
    OpenStore store;
    Fetch fetch("key");
    Waiter second;
    Waiter third;

    CHECK(fetch.join(store).kind == Kind::leads);
    const Joined joined = Fetch("key").join(store, second);
    CHECK(Fetch("key").join(store, third).kind == Kind::joined);

    CHECK(joined.kind == Kind::joined);
    CHECK(joined.owner == 7);
    CHECK(store.stats().open_leases == 1);
    const Landed landed = fetch.land(store, "value");
    CHECK(in_line(landed) == Waiters{&fetch.waiter, &second, &third});
    CHECK(landed.is_kept);
    CHECK(look_up(store, "key") == "value");
    CHECK(store.stats().open_leases == 0);
}

TEST_CASE("who joins after the landing gets what has landed") {
    OpenStore store;
    put(store, "key", "value");
    put_absent(store, "nothing");

    Fetch late("key");
    const Joined hit = late.join(store);
    Fetch vain("nothing");
    const Joined absent = vain.join(store);

    REQUIRE(hit.kind == Kind::hit);
    CHECK(hit.entry->value() == "value");
    CHECK(absent.kind == Kind::absent);
    CHECK(store.stats().hits == 0);
    CHECK(store.stats().misses == 0);
    CHECK(store.stats().open_leases == 0);
}

TEST_CASE("an invalidation between the fetch and its landing keeps the answer out") {
    OpenStore store;
    Fetch fetch("key");
    Waiter second;
    fetch.join(store);
    Fetch("key").join(store, second);

    store.invalidate(hash_of("key"), Cause::write, start);
    const Landed landed = fetch.land(store, "old");

    CHECK_FALSE(landed.is_kept);
    CHECK(in_line(landed) == Waiters{&fetch.waiter, &second});
    CHECK(look_up(store, "key") == "(miss)");
    CHECK(store.stats().leases_voided == 1);
    CHECK(store.stats().fills_refused_void == 1);
}

TEST_CASE("who comes after an invalidation fetches anew") {
    OpenStore store;
    Fetch old_fetch("key");
    Fetch new_fetch("key");
    old_fetch.join(store);

    store.invalidate(hash_of("key"), Cause::write, start);

    CHECK(new_fetch.join(store).kind == Kind::leads);
    SUBCASE("and the older answer that lands first is refused") {
        CHECK_FALSE(old_fetch.land(store, "old").is_kept);
        CHECK(look_up(store, "key") == "(miss)");
        CHECK(new_fetch.land(store, "new").is_kept);
    }
    SUBCASE("and the older answer that lands last is refused") {
        CHECK(new_fetch.land(store, "new").is_kept);
        CHECK_FALSE(old_fetch.land(store, "old").is_kept);
    }
    CHECK(look_up(store, "key") == "new");
}

TEST_CASE("an older landing does not end the lease that follows it") {
    OpenStore store;
    Fetch old_fetch("key");
    Fetch new_fetch("key");
    Waiter follower;
    old_fetch.join(store);
    store.invalidate(hash_of("key"), Cause::write, start);
    new_fetch.join(store);

    const Landed landed = old_fetch.land(store, "old");

    CHECK(in_line(landed) == Waiters{&old_fetch.waiter});
    CHECK(Fetch("key").join(store, follower).kind == Kind::joined);
    CHECK(in_line(new_fetch.land(store, "new")) == Waiters{&new_fetch.waiter, &follower});
}

TEST_CASE("an invalidation drops the entry and leaves other keys alone") {
    OpenStore store;
    put(store, "key", "value");
    put(store, "other", "value");
    Fetch bystander("third");
    bystander.join(store);

    store.invalidate(hash_of("key"), Cause::write, start);

    CHECK(look_up(store, "key") == "(miss)");
    CHECK(look_up(store, "other") == "value");
    CHECK(bystander.land(store, "value").is_kept);
    CHECK(store.stats().invalidations == 1);
    CHECK(store.stats().leases_voided == 0);
}

TEST_CASE("invalidating everything voids every lease") {
    OpenStore store;
    std::vector<std::unique_ptr<Fetch>> fetches;
    for (int i = 0; i < 500; ++i) {
        fetches.push_back(std::make_unique<Fetch>(std::to_string(i)));
        fetches.back()->join(store);
    }

    store.invalidate_all(Cause::flush);

    CHECK(store.stats().leases_voided == 500);
    CHECK(store.stats().open_leases == 0);
    for (const auto& fetch : fetches) {
        const Landed landed = fetch->land(store, "old");
        REQUIRE_FALSE(landed.is_kept);
        REQUIRE(landed.waiters == &fetch->waiter);
    }
    CHECK(store.stats().entries == 0);
}

TEST_CASE("a failed fetch keeps nothing and hands over who waited") {
    OpenStore store;
    Fetch fetch("key");
    Fetch next("key");
    fetch.join(store);

    const Landed landed = store.land(fetch.lease, EntryRef(), start);

    CHECK(landed.waiters == &fetch.waiter);
    CHECK_FALSE(landed.is_kept);
    CHECK(store.stats().fills_refused_void == 0);
    CHECK(next.join(store).kind == Kind::leads);
    next.land(store, "value");
    CHECK(look_up(store, "key") == "value");
}

TEST_CASE("a key whose hash is another's fetches without being kept") {
    OpenStore store;
    Fetch first("first", 42);
    Fetch second("second", 42);
    first.join(store);

    CHECK(second.join(store).kind == Kind::leads);
    const Landed landed = second.land(store, "two");

    CHECK_FALSE(landed.is_kept);
    CHECK(landed.waiters == &second.waiter);
    CHECK(first.land(store, "one").is_kept);
    CHECK(Fetch("first", 42).join(store).kind == Kind::hit);
}

TEST_CASE("an invalidation drops all keys of the hash") {
    OpenStore store;
    for (const char* key : {"first", "second"}) {
        Fetch fetch(key, 42);
        fetch.join(store);
        CHECK(fetch.land(store, key).is_kept);
    }
    CHECK(store.stats().entries == 2);

    store.invalidate(42, Cause::write, start);

    CHECK(store.stats().entries == 0);
    CHECK(store.stats().invalidations == 2);
}

TEST_CASE("an expired entry is fetched anew, and its successor takes its place") {
    OpenStore store;
    put(store, "key", "old");
    const TimePoint later = start + long_ttl;
    Fetch fetch("key");

    CHECK(fetch.join(store, later).kind == Kind::leads);
    fetch.land(store, "new", later);

    CHECK(look_up(store, "key", later) == "new");
    CHECK(store.stats().entries == 1);
}

}  // namespace nearcache::store
