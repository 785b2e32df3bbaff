#include "cache/store/entry.hpp"

#include <chrono>
#include <random>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <malloc.h>

#include "base/hash.hpp"
#include "cache/store/lru.hpp"
#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {

TEST_CASE("an entry gives back what it was made of") {
    using namespace std::string_view_literals;
    const EntryRef entry = make_entry({"k\0y"sv, 42, "v\r\n\0"sv, start, start + long_ttl});

    CHECK(entry->key() == "k\0y"sv);
    CHECK(entry->value() == "v\r\n\0"sv);
    CHECK(entry->hash() == 42);
    CHECK(entry->stored_at() == start);
    CHECK(entry->expires_at() == start + long_ttl);
    CHECK_FALSE(entry->is_absent());
}

TEST_CASE("an entry may have an empty key and an empty value") {
    const EntryRef entry = make_entry({"", 1, "", start, start + long_ttl});

    CHECK(entry->key().empty());
    CHECK(entry->value().empty());
    CHECK_FALSE(entry->is_absent());
}

TEST_CASE("an absent entry is told from an empty value") {
    const EntryRef entry = make_absent_entry({"key", 42, "ignored", start, start + long_ttl});

    CHECK(entry->is_absent());
    CHECK(entry->key() == "key");
    CHECK(entry->value().empty());
}

TEST_CASE("an entry knows the hash of its value, long or short") {
    for (const std::size_t size : {0u, 1u, 127u, 128u, 129u, 5'000u, 1u << 20}) {
        CAPTURE(size);
        const std::string value(size, 'v');
        const EntryRef entry = make_entry({"key", 1, value, start, start + long_ttl});

        CHECK(entry->value_hash() == content_hash(value));
        CHECK(entry->value() == value);
    }
    CHECK(make_entry({"key", 1, std::string(200, 'a'), start, start + long_ttl})->value_hash() !=
          make_entry({"key", 1, std::string(200, 'b'), start, start + long_ttl})->value_hash());
}

TEST_CASE("an entry counts the bytes that the allocator gave") {
    for (const std::size_t size : {0u, 1u, 100u, 5'000u, 1u << 20}) {
        const EntryRef entry =
            make_entry({"key", 1, std::string(size, 'v'), start, start + long_ttl});

        CHECK(entry->memory_bytes() ==
              ::malloc_usable_size(const_cast<Entry*>(entry.get())) + sizeof(std::size_t));
        CHECK(entry->memory_bytes() >= size + 3 + 52);
    }
}

TEST_CASE("an entry of a short key and value stays within its size class") {
    const EntryRef entry =
        make_entry({std::string(16, 'k'), 1, std::string(100, 'v'), start, start + long_ttl});

    CHECK(entry->memory_bytes() == 52 + 16 + 100 + sizeof(std::size_t));
}

TEST_CASE("an entry keeps every size, rule and bit of the hash apart from the others") {
    std::mt19937_64 random(1);
    for (int i = 0; i < 3'000; ++i) {
        const std::string key(random() % (std::size_t{1} << (random() % 14)), 'k');
        const std::string value(random() % (std::size_t{1} << (random() % 14)), 'v');
        const Hash hash = random();
        const auto rule = static_cast<std::uint8_t>(random());
        const auto lifetime = std::chrono::milliseconds(random() % (1 << 19));
        const NewEntry wanted{key, hash, value, start, start + lifetime, rule};
        const bool is_absent = random() % 2 == 0;
        const EntryRef entry = is_absent ? make_absent_entry(wanted) : make_entry(wanted);

        REQUIRE(entry->key() == key);
        REQUIRE(entry->value() == (is_absent ? "" : value));
        REQUIRE(entry->is_absent() == is_absent);
        REQUIRE(entry->hash() == (hash & hash_bits));
        REQUIRE(entry->has_hash(hash & hash_bits));
        REQUIRE_FALSE(entry->has_hash((hash & hash_bits) ^ (Hash{1} << (random() % 32))));
        REQUIRE_FALSE(entry->has_hash((hash & hash_bits) ^ (Hash{1} << (48 + random() % 16))));
        REQUIRE(entry->rule() == rule);
        REQUIRE(entry->stored_at() == start);
        REQUIRE(entry->expires_at() == start + lifetime);
        REQUIRE(entry->is_keepable());
    }
}

TEST_CASE("an entry of a key that is too long has the value, and cannot be kept") {
    const std::string longest(most_key_bytes, 'k');
    const EntryRef kept = make_entry({longest, 1, "value", start, start + long_ttl});
    const EntryRef passed_on = make_entry({longest + 'k', 1, "value", start, start + long_ttl});

    CHECK(kept->key() == longest);
    CHECK(kept->value() == "value");
    CHECK(kept->is_keepable());
    CHECK(passed_on->key().empty());
    CHECK(passed_on->value() == "value");
    CHECK_FALSE(passed_on->is_keepable());
}

TEST_CASE("an entry knows whether its key is known not to expire, whatever its own life") {
    for (const std::size_t key_size : {std::size_t{0}, std::size_t{3}, most_key_bytes}) {
        const std::string key(key_size, 'k');
        NewEntry wanted{key, hash_bits, "value", start, start + long_ttl, 255};
        const EntryRef of_some_life = make_entry(wanted);
        wanted.is_persistent = true;
        const EntryRef for_ever = make_entry(wanted);

        CHECK_FALSE(of_some_life->is_persistent());
        CHECK(for_ever->is_persistent());
        CHECK(for_ever->key() == key);
        CHECK(for_ever->rule() == 255);
        CHECK(for_ever->is_keepable());
        CHECK(for_ever->expires_at() == start + long_ttl);
        CHECK_FALSE(make_absent_entry(wanted)->is_persistent());
    }
}

TEST_CASE("hashes have their bits where an entry holds them") {
    Hash seen = 0;
    for (int i = 0; i < 1'000; ++i) seen |= hash_of(std::to_string(i));

    CHECK(seen == hash_bits);
}

TEST_CASE("an entry lives as long as its last reference") {
    EntryRef first = make_entry({"key", 1, "value", start, start + long_ttl});
    EntryRef second = first;
    const EntryRef third = EntryRef::share(*first);

    first = EntryRef();
    const EntryRef fourth = std::move(second);

    CHECK_FALSE(first);
    CHECK_FALSE(second);
    CHECK(third.get() == fourth.get());
    CHECK(third->value() == "value");
}

TEST_CASE("a reference that is assigned to itself keeps its entry") {
    EntryRef entry = make_entry({"key", 1, "value", start, start + long_ttl});
    const EntryRef& same = entry;

    entry = same;

    CHECK(entry->value() == "value");
}

TEST_CASE("the victim is who was not touched for longest") {
    const EntryRef a = make_entry({"a", 1, "", start, start + long_ttl});
    const EntryRef b = make_entry({"b", 2, "", start, start + long_ttl});
    const EntryRef c = make_entry({"c", 3, "", start, start + long_ttl});
    Lru lru;
    CHECK(lru.victim() == nullptr);

    for (const EntryRef& entry : {a, b, c}) lru.admit(bare(entry));
    CHECK(lru.victim() == a.get());
    lru.touch(bare(a));
    CHECK(lru.victim() == b.get());
    lru.touch(bare(c));
    lru.touch(bare(c));
    CHECK(lru.victim() == b.get());
    lru.erase(bare(b));

    CHECK(lru.victim() == a.get());
    CHECK(lru.size() == 2);
}

}  // namespace nearcache::store
