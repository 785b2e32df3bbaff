// Which fetches may be shared, and by whom.

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;
using Kind = Joined::Kind;

}  // namespace

TEST_CASE("an entry older than the caller says does not answer") {
    OpenStore store;
    put(store, "key", "old");
    Fetch strict("key");
    Fetch lenient("key");

    CHECK(
        lenient.join(store, Joining{.waiter = &lenient.waiter, .oldest = start}, start + 1s).kind ==
        Kind::hit);
    CHECK(strict.join(store, Joining{.waiter = &strict.waiter, .oldest = start + 1ns}, start + 1s)
              .kind == Kind::leads);

    CHECK(look_up(store, "key", start + 1s) == "old");
    strict.land(store, "new", start + 1s);
    CHECK(look_up(store, "key", start + 1s) == "new");
    CHECK(store.stats().replacements == 1);
}

TEST_CASE("a fetch older than the caller says is not joined") {
    OpenStore store;
    Fetch old_fetch("key");
    Fetch new_fetch("key");
    Waiter second;
    Waiter third;
    old_fetch.join(store);
    CHECK(Fetch("key").join(store, Joining{.waiter = &second, .oldest = start}, start + 1s).kind ==
          Kind::joined);

    const Joining strict{.waiter = &new_fetch.waiter, .oldest = start + 1ns};
    CHECK(new_fetch.join(store, strict, start + 1s).kind == Kind::leads);

    CHECK(store.stats().leases_voided == 1);
    CHECK(store.stats().open_leases == 1);
    CHECK(Fetch("key").join(store, third, start + 1s).kind == Kind::joined);
    SUBCASE("and does not replace the answer of the younger, landing last") {
        CHECK(in_line(new_fetch.land(store, "new", start + 1s)).size() == 2);
        CHECK(in_line(old_fetch.land(store, "old", start + 1s)).size() == 2);
    }
    SUBCASE("and is not kept, landing first") {
        CHECK(in_line(old_fetch.land(store, "old", start + 1s)).size() == 2);
        CHECK(look_up(store, "key", start + 1s) == "(miss)");
        CHECK(in_line(new_fetch.land(store, "new", start + 1s)).size() == 2);
    }
    CHECK(look_up(store, "key", start + 1s) == "new");
}

TEST_CASE("a fetch that takes too long is not joined") {
    OpenStore store(Config{.max_join_age = 100ms});
    Fetch slow("key");
    Waiter second;
    slow.join(store);

    CHECK(Fetch("key").join(store, second, start + 100ms).kind == Kind::joined);
    Fetch next("key");
    CHECK(next.join(store, start + 100ms + 1ns).kind == Kind::leads);

    CHECK_FALSE(slow.land(store, "old", start + 1s).is_kept);
    CHECK(next.land(store, "new", start + 1s).is_kept);
}

TEST_CASE("a fetch may be joined at any age when none is too old") {
    OpenStore store;
    Fetch slow("key");
    Waiter second;
    slow.join(store);

    CHECK(Fetch("key").join(store, second, start + std::chrono::years(100)).kind == Kind::joined);
    slow.land(store, "value");
}

TEST_CASE("an unlisted fetch joins nobody, is joined by nobody and keeps nothing") {
    OpenStore store;
    Fetch unlisted("key");
    Fetch listed("key");
    Waiter late;
    const Joining alone{.waiter = &unlisted.waiter, .is_listed = false};

    SUBCASE("when it is the first") {
        CHECK(unlisted.join(store, alone).kind == Kind::leads);
        CHECK(store.stats().open_leases == 0);
        CHECK(listed.join(store).kind == Kind::leads);
    }
    SUBCASE("when somebody fetches the key") {
        CHECK(listed.join(store).kind == Kind::leads);
        CHECK(unlisted.join(store, alone).kind == Kind::leads);
        CHECK(store.stats().leases_voided == 0);
    }

    CHECK(Fetch("key").join(store, late).kind == Kind::joined);
    const Landed landed = unlisted.land(store, "unlisted");
    CHECK_FALSE(landed.is_kept);
    CHECK(landed.waiters == &unlisted.waiter);
    CHECK(look_up(store, "key") == "(miss)");
    CHECK(in_line(listed.land(store, "listed")).size() == 2);
    CHECK(look_up(store, "key") == "listed");
    CHECK(store.stats().fills_refused_void == 0);
}

TEST_CASE("an unlisted fetch is spared by what is fresh") {
    OpenStore store;
    put(store, "key", "value");
    Fetch fetch("key");

    CHECK(fetch.join(store, Joining{.waiter = &fetch.waiter, .is_listed = false}).kind ==
          Kind::hit);
}

TEST_CASE("a refresh that is under way already adds nobody to it") {
    OpenStore store;
    Fetch fetch("key");
    fetch.join(store);

    const Joined joined = Fetch("key").join(store, Joining{.waiter = nullptr});

    CHECK(joined.kind == Kind::joined);
    CHECK(joined.owner == 7);
    CHECK(in_line(fetch.land(store, "value")).size() == 1);
}

TEST_CASE("a refresh of what is fresh neither fetches nor counts as use") {
    OpenStore store(Config{.max_entries = 2});
    put(store, "a", "1");
    put(store, "b", "2");

    const Joined joined = Fetch("a").join(store, Joining{.waiter = nullptr});
    put(store, "c", "3");

    CHECK(joined.kind == Kind::hit);
    CHECK(joined.entry->value() == "1");
    CHECK(look_up(store, "a") == "(miss)");
}

TEST_CASE("a key too long to be kept is fetched for all who wait") {
    OpenStore store;
    const std::string long_key(most_key_bytes + 1, 'k');
    const std::string longest_key(most_key_bytes, 'k');
    Fetch fetch(long_key);
    Waiter second;
    fetch.join(store);
    CHECK(Fetch(long_key).join(store, second).kind == Kind::joined);

    const EntryRef entry = make_entry(fetch.answer("value", start));
    const Landed landed = store.land(fetch.lease, entry, start);

    CHECK(entry->value() == "value");
    CHECK_FALSE(landed.is_kept);
    CHECK(in_line(landed).size() == 2);
    CHECK(store.stats().fills_refused_unfit == 1);
    CHECK(put(store, longest_key, "kept"));
    CHECK(look_up(store, longest_key) == "kept");
}

// In two databases.
TEST_CASE("leases of one name and two hashes are two, in one bucket or not") {
    for (const Hash salt : {Hash{1} << 20, Hash{1} << 60, Hash{1}}) {
        ShardedStore store{Config{}};
        store.begin_epoch(TimePoint::max());
        const Hash hash = hash_of("key");
        Fetch first("key", hash), second("key", hash ^ salt);

        CHECK(first.join(store).kind == Joined::Kind::leads);
        CHECK(second.join(store).kind == Joined::Kind::leads);
        store.invalidate(hash, Cause::write, start);

        CHECK_FALSE(first.land(store, "1").is_kept);
        CHECK(second.land(store, "2").is_kept);
    }
}

}  // namespace nearcache::store
