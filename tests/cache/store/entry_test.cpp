#include "cache/store/entry.hpp"

#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <malloc.h>

#include "cache/store/lru.hpp"
#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {

TEST_CASE("an entry gives back what it was made of") {
    using namespace std::string_view_literals;
    const EntryRef entry = make_entry({"k\0y"sv, 42, "v\r\n\0"sv, start});

    CHECK(entry->key() == "k\0y"sv);
    CHECK(entry->value() == "v\r\n\0"sv);
    CHECK(entry->hash() == 42);
    CHECK(entry->expires_at() == start);
    CHECK_FALSE(entry->is_absent());
}

TEST_CASE("an entry may have an empty key and an empty value") {
    const EntryRef entry = make_entry({"", 1, "", start});

    CHECK(entry->key().empty());
    CHECK(entry->value().empty());
    CHECK_FALSE(entry->is_absent());
}

TEST_CASE("an absent entry is told from an empty value") {
    const EntryRef entry = make_absent_entry("key", 42, start);

    CHECK(entry->is_absent());
    CHECK(entry->key() == "key");
    CHECK(entry->value().empty());
}

TEST_CASE("an entry counts the bytes that the allocator gave") {
    for (const std::size_t size : {0u, 1u, 100u, 5'000u, 1u << 20}) {
        const EntryRef entry = make_entry({"key", 1, std::string(size, 'v'), start});

        CHECK(entry->memory_bytes() ==
              ::malloc_usable_size(const_cast<Entry*>(entry.get())) + sizeof(std::size_t));
        CHECK(entry->memory_bytes() >= size + 3 + 52);
    }
}

TEST_CASE("an entry lives as long as its last reference") {
    EntryRef first = make_entry({"key", 1, "value", start});
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
    EntryRef entry = make_entry({"key", 1, "value", start});
    const EntryRef& same = entry;

    entry = same;

    CHECK(entry->value() == "value");
}

TEST_CASE("the victim is who was not touched for longest") {
    const EntryRef a = make_entry({"a", 1, "", start});
    const EntryRef b = make_entry({"b", 2, "", start});
    const EntryRef c = make_entry({"c", 3, "", start});
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
