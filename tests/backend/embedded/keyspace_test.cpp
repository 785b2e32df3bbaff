#include "backend/embedded/keyspace.hpp"

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/manual_clock.hpp"

namespace nearcache::backend::embedded {
namespace {

using namespace std::chrono_literals;

struct Store {
    tests::ManualClock clock;
    WallClock wall{clock, std::chrono::sys_seconds(std::chrono::seconds(2'000'000'000))};
    Keyspace keyspace{wall};

    void put(const std::string& key) { keyspace.begin().put(key, Value("value of " + key)); }
    void put_for(const std::string& key, std::chrono::milliseconds life) {
        auto keys = keyspace.begin();
        keys.expire_at(keys.put(key, Value(std::string("v"))), keys.now() + life);
    }
    void erase(const std::string& key) {
        auto keys = keyspace.begin();
        if (Entry* entry = keys.find(key)) keys.erase(*entry);
    }
};

std::string key_number(int number) { return "key:" + std::to_string(number); }

// Walks all keys and calls `between` after every page.
template <class Between>
std::multiset<std::string> walk(Store& store, std::size_t count, Between between) {
    std::multiset<std::string> seen;
    std::uint64_t cursor = 0;
    do {
        {
            auto keys = store.keyspace.begin();
            const auto page = keys.page(cursor, count);
            for (const Entry* entry : page.entries) seen.insert(entry->key());
            cursor = page.next;
        }
        between();
    } while (cursor != 0);
    return seen;
}

TEST_CASE("a walk shows every key once when nothing changes") {
    for (const std::size_t count : {1u, 2u, 10u, 1000u, 100000u}) {
        CAPTURE(count);
        Store store;
        for (int i = 0; i < 5000; ++i) store.put(key_number(i));

        const auto seen = walk(store, count, [] {});

        CHECK(seen.size() == 5000);
        CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 5000);
    }
}

TEST_CASE("a walk misses no key that stays, however many come and go") {
    Store store;
    for (int i = 0; i < 1000; ++i) store.put(key_number(i));
    for (int i = 1000; i < 50000; ++i) store.put(key_number(i));

    int doomed = 1000;
    int newcomer = 100000;
    const auto seen = walk(store, 10, [&] {
        // First the dictionary shrinks to a fraction, then it grows.
        for (int i = 0; i < 100 && doomed < 50000; ++i) store.erase(key_number(doomed++));
        if (doomed == 50000 && newcomer < 160000) {
            for (int i = 0; i < 2000; ++i) store.put(key_number(newcomer++));
        }
    });

    int missed = 0;
    for (int i = 0; i < 1000; ++i) missed += seen.contains(key_number(i)) ? 0 : 1;
    CHECK(missed == 0);
}

TEST_CASE("a page holds as many keys as were asked for, until the last") {
    Store store;
    for (int i = 0; i < 1000; ++i) store.put(key_number(i));

    const auto page = store.keyspace.begin().page(0, 100);

    CHECK(page.entries.size() == 100);
    CHECK(page.next != 0);
}

TEST_CASE("keys that nobody asks for again do not pile up when they have expired") {
    Store store;
    for (int i = 0; i < 1000; ++i) store.put_for(key_number(i), 10ms);
    store.put("stays");
    CHECK(store.keyspace.begin().size() == 1001);

    store.clock.advance(10ms);
    for (int i = 0; i < 100; ++i) store.put("other");

    CHECK(store.keyspace.begin().size() == 2);
}

TEST_CASE("no single command pays for all that has expired") {
    Store store;
    for (int i = 0; i < 1000; ++i) store.put_for(key_number(i), 10ms);
    store.clock.advance(10ms);

    const auto left = store.keyspace.begin().size();

    CHECK(left < 1000);
    CHECK(left > 900);
}

TEST_CASE("what expires late stays when what expires early goes") {
    Store store;
    for (int i = 0; i < 100; ++i) store.put_for(key_number(i), std::chrono::milliseconds(i + 1));

    store.clock.advance(50ms);
    for (int i = 0; i < 20; ++i) store.keyspace.begin();

    CHECK(store.keyspace.begin().size() == 50);
    CHECK(store.keyspace.read(key_number(50)).has_value());
    CHECK_FALSE(store.keyspace.read(key_number(49)).has_value());
}

TEST_CASE("a value that was read stays as it was when the key changes") {
    Store store;
    store.put("k");
    const auto before = store.keyspace.read("k");
    {
        auto keys = store.keyspace.begin();
        keys.find("k")->value.edit().append(" and more");
    }

    REQUIRE(before.has_value());
    CHECK(before->value.bytes() == "value of k");
    CHECK(store.keyspace.read("k")->value.bytes() == "value of k and more");
}

TEST_CASE("a value that nobody reads is changed in place") {
    Value value(std::string("abc"));
    const std::string* const bytes = &value.bytes();

    value.edit().append("d");

    CHECK(&value.bytes() == bytes);
    CHECK(value.bytes() == "abcd");
}

TEST_CASE("a keyspace equals a plain map after any operations") {
    Store store;
    std::map<std::string, std::string> model;
    std::minstd_rand random(7);
    for (int i = 0; i < 100000; ++i) {
        const auto key = key_number(static_cast<int>(random() % 500));
        if (random() % 3 == 0) {
            store.erase(key);
            model.erase(key);
        } else {
            const auto text = std::to_string(i);
            store.keyspace.begin().put(key, Value(text));
            model[key] = text;
        }
    }

    std::map<std::string, std::string> found;
    store.keyspace.begin().for_each(
        [&](const Entry& entry) { found[entry.key()] = entry.value.bytes(); });

    CHECK(found == model);
    CHECK(store.keyspace.begin().size() == model.size());
}

TEST_CASE("readers in other threads see whole values only") {
    Store store;
    store.keyspace.begin().put("k", Value(std::string(1000, 'a')));
    std::atomic<bool> is_done{false};
    std::atomic<int> torn{0};

    std::thread reader([&] {
        while (!is_done) {
            const auto found = store.keyspace.read("k");
            const auto& bytes = found->value.bytes();
            if (bytes.find_first_not_of(bytes.front()) != std::string::npos) ++torn;
        }
    });
    for (int i = 0; i < 5000; ++i) {
        auto keys = store.keyspace.begin();
        auto& bytes = keys.find("k")->value.edit();
        for (char& byte : bytes) byte = static_cast<char>('a' + i % 26);
    }
    is_done = true;
    reader.join();

    CHECK(torn == 0);
}

}  // namespace
}  // namespace nearcache::backend::embedded
