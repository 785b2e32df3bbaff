// What is served of entries that are not fresh: by the retention of their rule, or by the demand of
// who asks.

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;
using Kind = Joined::Kind;

constexpr auto ttl = 10s;
constexpr TimePoint expiry = start + ttl;
constexpr auto for_ever = std::chrono::milliseconds::max();

Config with_rules(std::initializer_list<Retention> retentions) {
    Config config;
    config.retentions = retentions;
    return config;
}

// Kept for 10 s from the start, under rule 0.
void put_brief(ShardedStore& store, std::string_view key, std::string_view value) {
    Fetch fetch(key);
    fetch.ttl = ttl;
    fetch.join(store);
    REQUIRE(fetch.land(store, value).is_kept);
}

std::string after_error(ShardedStore& store, std::string_view key, TimePoint now = start) {
    const EntryRef entry = store.find_if_error(key, hash_of(key), now);
    if (!entry) return "(nothing)";
    return entry->is_absent() ? "(absent)" : std::string(entry->value());
}

void change(ShardedStore& store, std::string_view key, Cause cause, TimePoint now = start) {
    store.invalidate(hash_of(key), cause, now);
}

}  // namespace

TEST_CASE("an expired value is served while it is fetched anew, for as long as its rule says") {
    OpenStore store(with_rules({{.while_revalidate = 5s}}));
    put_brief(store, "key", "value");

    CHECK(look_up(store, "key", expiry - 1ns) == "value");
    CHECK(look_up(store, "key", expiry) == "value (stale)");
    CHECK(look_up(store, "key", expiry + 5s - 1ns) == "value (stale)");
    CHECK(store.stats().entries == 1);
    CHECK(look_up(store, "key", expiry + 5s) == "(miss)");

    CHECK(store.stats().entries == 0);
    CHECK(store.stats().hits == 1);
    CHECK(store.stats().stale_hits == 2);
    CHECK(store.stats().misses == 1);
    CHECK(store.stats().expirations == 1);
}

TEST_CASE("a value whose epoch or proof is over is served while it is fetched anew") {
    OpenStore store(with_rules({{.while_revalidate = 5s}}));
    put_brief(store, "key", "value");

    SUBCASE("the proof") { store.extend_epoch(start); }
    SUBCASE("the epoch") { store.end_epoch(); }
    SUBCASE("the epoch, and another has begun") { store.begin_epoch(TimePoint::max()); }

    CHECK(look_up(store, "key") == "value (stale)");
    CHECK(look_up(store, "key", expiry + 5s) == "(miss)");
}

TEST_CASE("what is known to have changed is not served while it is fetched anew") {
    OpenStore store(
        with_rules({{.while_revalidate = 1h, .if_error = 1h, .after_invalidation = true}}));
    put_brief(store, "key", "value");

    change(store, "key", Cause::invalidation);

    CHECK(look_up(store, "key") == "(miss)");
    CHECK(look_up(store, "key", start, Demand{.max_stale = for_ever}) == "(miss)");
}

TEST_CASE("an expired absence is not served stale, but helps after an error") {
    OpenStore store(with_rules({{.while_revalidate = 5s, .if_error = 5s}}));
    Fetch fetch("key");
    fetch.ttl = ttl;
    fetch.join(store);
    fetch.land_absent(store);

    CHECK(look_up(store, "key", expiry) == "(miss)");
    CHECK(after_error(store, "key", expiry) == "(absent)");
}

TEST_CASE("a stale value that is served moves to the front") {
    Config config = with_rules({{.while_revalidate = 5s}});
    config.max_entries = 2;
    OpenStore store(config);
    put_brief(store, "stale", "1");
    put_brief(store, "other", "2");

    look_up(store, "stale", expiry);
    put(store, "new", "3", expiry);

    CHECK(look_up(store, "stale", expiry) == "1 (stale)");
    CHECK(look_up(store, "other", expiry) == "(miss)");
}

TEST_CASE("a rule that is not known retains nothing") {
    OpenStore store(with_rules({{.while_revalidate = 5s}}));
    Fetch fetch("key");
    fetch.ttl = ttl;
    fetch.rule = 7;
    fetch.join(store);
    fetch.land(store, "value");

    CHECK(look_up(store, "key", expiry) == "(miss)");
    CHECK(store.stats().entries == 0);
}

TEST_CASE("after an error an expired entry helps for as long as its rule says") {
    OpenStore store(with_rules({{.if_error = 5s}}));
    put_brief(store, "key", "value");

    CHECK(look_up(store, "key", expiry) == "(miss)");
    CHECK(after_error(store, "key", expiry) == "value");
    CHECK(after_error(store, "key", expiry + 5s - 1ns) == "value");
    CHECK(after_error(store, "key", expiry + 5s) == "(nothing)");
    CHECK(after_error(store, "other", expiry) == "(nothing)");
    CHECK(store.stats().stale_hits == 2);
}

TEST_CASE("after an error nothing helps without a rule") {
    OpenStore store;
    put_brief(store, "key", "value");

    CHECK(after_error(store, "key") == "(nothing)");
}

TEST_CASE("after an error what was written elsewhere helps only if the rule says so") {
    OpenStore store(with_rules({{.if_error = 5s}, {.if_error = 5s, .after_invalidation = true}}));
    for (const auto rule : {std::uint8_t{0}, std::uint8_t{1}}) {
        Fetch fetch(rule == 0 ? "strict" : "lenient");
        fetch.ttl = ttl;
        fetch.rule = rule;
        fetch.join(store);
        fetch.land(store, "value");
    }

    for (const char* key : {"strict", "lenient"}) {
        change(store, key, Cause::invalidation);
        change(store, key, Cause::invalidation);
        CHECK(look_up(store, key) == "(miss)");
    }

    CHECK(after_error(store, "strict") == "(nothing)");
    CHECK(after_error(store, "lenient") == "value");
    CHECK(store.stats().dropped_by_invalidation == 1);
    CHECK(after_error(store, "lenient", expiry + 5s) == "(nothing)");
}

TEST_CASE("after an error nothing helps that a client has written here") {
    OpenStore store(with_rules({{.if_error = 5s, .after_invalidation = true}}));
    put_brief(store, "key", "value");

    SUBCASE("at once") { change(store, "key", Cause::write); }
    SUBCASE("after it was written elsewhere") {
        change(store, "key", Cause::invalidation);
        change(store, "key", Cause::write);
    }
    SUBCASE("or may have been") { store.invalidate_all(Cause::write); }

    CHECK(after_error(store, "key") == "(nothing)");
    CHECK(store.stats().entries == 0);
}

TEST_CASE("what is fetched anew takes the place of what was retained") {
    OpenStore store(with_rules({{.if_error = 1h, .after_invalidation = true}}));
    put_brief(store, "key", "old");
    change(store, "key", Cause::invalidation);

    put_brief(store, "key", "new");

    CHECK(look_up(store, "key") == "new");
    CHECK(store.stats().entries == 1);
    CHECK(store.stats().replacements == 1);
}

TEST_CASE("retained entries give way in the order of their use, those of no more use before") {
    Config config = with_rules({{.if_error = 5s}});
    config.max_entries = 2;
    OpenStore store(config);
    put_brief(store, "a", "1");
    put_brief(store, "b", "2");

    SUBCASE("of use still: the oldest goes") {
        put(store, "c", "3", expiry);
        CHECK(store.stats().evictions_by_entries == 1);
        CHECK(after_error(store, "a", expiry) == "(nothing)");
        CHECK(after_error(store, "b", expiry) == "2");
    }
    SUBCASE("of no more use: they expire") {
        put(store, "c", "3", expiry + 5s);
        CHECK(store.stats().evictions_by_entries == 0);
        CHECK(store.stats().expirations == 2);
    }
}

TEST_CASE("a demand for youth is met by what is young enough") {
    OpenStore store;
    put_brief(store, "key", "value");

    CHECK(look_up(store, "key", start + 3s, Demand{.max_age = 3s}) == "value");
    CHECK(look_up(store, "key", start + 3s + 1ns, Demand{.max_age = 3s}) == "(miss)");
    CHECK(look_up(store, "key", start + 3s + 1ns, Demand{.max_age = for_ever}) == "value");
    CHECK(look_up(store, "key", start + 3s + 1ns) == "value");
}

TEST_CASE("a demand for life is met by what lives long enough") {
    OpenStore store;
    put_brief(store, "key", "value");

    CHECK(look_up(store, "key", start + 3s, Demand{.min_fresh = 7s}) == "value");
    CHECK(look_up(store, "key", start + 3s + 1ns, Demand{.min_fresh = 7s}) == "(miss)");
    CHECK(look_up(store, "key", start, Demand{.min_fresh = for_ever}) == "(miss)");
    CHECK(look_up(store, "key", start + 3s + 1ns) == "value");
}

TEST_CASE("who puts up with the stale gets it for as long as it is held") {
    OpenStore store(with_rules({{.if_error = 1h}}));
    put_brief(store, "key", "value");
    const Demand patient{.max_stale = 3s};

    CHECK(look_up(store, "key", expiry - 1ns, patient) == "value");
    CHECK(look_up(store, "key", expiry + 3s - 1ns, patient) == "value (stale)");
    CHECK(look_up(store, "key", expiry + 3s, patient) == "(miss)");
    CHECK(look_up(store, "key", expiry + 3s, Demand{.max_stale = for_ever}) == "value (stale)");
    CHECK(look_up(store, "key", expiry + 3s, Demand{.max_age = 12s, .max_stale = for_ever}) ==
          "(miss)");
    store.extend_epoch(start);
    CHECK(look_up(store, "key", start + 1s, Demand{.max_stale = 1ms}) == "value (stale)");
    CHECK(look_up(store, "key", start + 1s, Demand{}) == "(miss)");
}

TEST_CASE("a demand takes the place of what the rule lets pass") {
    OpenStore store(with_rules({{.while_revalidate = 1h}}));
    put_brief(store, "key", "value");

    CHECK(look_up(store, "key", expiry) == "value (stale)");
    CHECK(look_up(store, "key", expiry, Demand{}) == "(miss)");
}

TEST_CASE("known absences meet demands, too") {
    OpenStore store;
    put_absent(store, "key");

    CHECK(look_up(store, "key", start + 3s, Demand{.max_age = 3s}) == "(absent)");
    CHECK(look_up(store, "key", start + 4s, Demand{.max_age = 3s}) == "(miss)");
}

TEST_CASE("a demand that is not met costs others nothing") {
    OpenStore store;
    put_brief(store, "key", "value");

    look_up(store, "key", start + 5s, Demand{.max_age = 1s});

    CHECK(look_up(store, "key", start + 5s) == "value");
}

TEST_CASE("a refresh leaves the entry where it was in the order of eviction") {
    Config config = with_rules({{.while_revalidate = 1h}});
    config.max_entries = 3;
    OpenStore store(config);
    for (const char* key : {"a", "b", "c"}) put_brief(store, key, "old");
    Fetch refresh("b");
    CHECK(refresh.join(store, Joining{.waiter = nullptr}, expiry).kind == Kind::leads);

    SUBCASE("when nobody has waited for it") {
        refresh.land(store, "new", expiry);
        put(store, "d", "new", expiry);
        put(store, "e", "new", expiry);
        CHECK(look_up(store, "a", expiry) == "(miss)");
        CHECK(look_up(store, "b", expiry) == "(miss)");
        CHECK(look_up(store, "c", expiry) == "old (stale)");
    }
    SUBCASE("but not when somebody has") {
        Waiter waiter;
        CHECK(Fetch("b").join(store, waiter, expiry).kind == Kind::joined);
        refresh.land(store, "new", expiry);
        put(store, "d", "new", expiry);
        put(store, "e", "new", expiry);
        CHECK(look_up(store, "b", expiry) == "new");
        CHECK(look_up(store, "c", expiry) == "(miss)");
    }
    SUBCASE("nor when the entry has gone") {
        change(store, "b", Cause::write);
        Fetch again("b");
        again.join(store, Joining{.waiter = nullptr}, expiry);
        again.land(store, "new", expiry);
        put(store, "d", "new", expiry);
        put(store, "e", "new", expiry);
        CHECK(look_up(store, "b", expiry) == "new");
    }
    SUBCASE("nor when the key is absent now") {
        refresh.land_absent(store, expiry);
        CHECK(look_up(store, "b", expiry) == "(absent)");
        CHECK(store.stats().entries == 2);
    }
}

TEST_CASE("a refreshed entry that outgrows the memory takes it from the others") {
    Config config = with_rules({{.while_revalidate = 1h}});
    config.max_entries = 10;
    config.max_memory_bytes = 20'000;
    OpenStore store(config);
    for (const char* key : {"a", "b", "c"}) put_brief(store, key, std::string(5'000, 'o'));
    put_absent(store, "absent");
    Fetch refresh("a");
    refresh.join(store, Joining{.waiter = nullptr}, expiry);

    CHECK(refresh.land(store, std::string(12'000, 'n'), expiry).is_kept);

    CHECK(look_up(store, "a", expiry).size() == 12'000);
    CHECK(look_up(store, "b", expiry) == "(miss)");
    CHECK(look_up(store, "absent", expiry) == "(absent)");
    CHECK(store.stats().memory_bytes <= 20'000);
}

TEST_CASE("what a newer answer contradicts is not served any more, though that is not kept") {
    OpenStore store(with_rules({{.while_revalidate = 5s}}));
    put_brief(store, "key", "old");
    Fetch refresh("key");
    refresh.join(store, Joining{.waiter = nullptr}, expiry);
    std::string newer = "new";
    NewEntry answer = refresh.answer(newer, expiry);

    SUBCASE("because it may not be") { answer.may_be_kept = false; }
    SUBCASE("because its time is up") { answer.expires_at = expiry; }
    SUBCASE("because its epoch is over") { store.end_epoch(); }
    CHECK_FALSE(store.land(refresh.lease, make_entry(answer), expiry).is_kept);

    CHECK(look_up(store, "key", expiry) == "(miss)");
}

TEST_CASE("what a newer answer confirms is served on, though that is not kept") {
    OpenStore store(with_rules({{.while_revalidate = 5s}}));
    put_brief(store, "key", "value");
    Fetch refresh("key");
    refresh.join(store, Joining{.waiter = nullptr}, expiry);
    store.end_epoch();

    CHECK_FALSE(refresh.land(store, "value", expiry).is_kept);

    CHECK(look_up(store, "key", expiry) == "value (stale)");
}

}  // namespace nearcache::store
