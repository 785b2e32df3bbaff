#include "cache/store/table.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

EntryRef entry_of(std::string_view key, Hash hash) {
    return make_entry({key, hash, "", start, start + long_ttl});
}

Entry* any_of(const Table& table, Hash hash) {
    return table.find_any(hash, [](const Entry&) { return true; });
}

// The buckets that a lookup of something absent looks at, on average over the whole table.
double mean_probes(const Table& table) {
    std::mt19937_64 random(99);
    std::size_t sum = 0;
    for (int i = 0; i < 10'000; ++i) sum += table.probes(random());
    return static_cast<double>(sum) / 10'000;
}

}  // namespace

TEST_CASE("an empty table takes no memory and finds nothing") {
    const Table table;

    CHECK(table.memory_bytes() == 0);
    CHECK(table.find("key", 0) == nullptr);
    CHECK(any_of(table, Hash{1}) == nullptr);
}

TEST_CASE("a table of one entry takes no more than the least memory") {
    Table table;
    const EntryRef entry = entry_of("key", 42);

    table.insert(bare(entry));

    CHECK(table.memory_bytes() > 0);
    CHECK(table.memory_bytes() <= Table::least_memory_bytes);
}

// Keys of several databases may have one name.
TEST_CASE("entries of one name are told apart by any bit of their hashes") {
    Table table;
    std::vector<EntryRef> entries{entry_of("key", 0)};
    for (int bit = 0; bit < 64; ++bit) {
        const Hash hash = (Hash{1} << bit) & hash_bits;
        if (hash != 0) entries.push_back(entry_of("key", hash));
    }
    REQUIRE(entries.size() == 49);

    for (const EntryRef& entry : entries) table.insert(bare(entry));
    for (const EntryRef& entry : entries) {
        CHECK(table.find("key", entry->hash()) == entry.get());
        CHECK(any_of(table, entry->hash()) == entry.get());
    }
    table.erase(*entries.back());

    CHECK(table.find("key", entries.back()->hash()) == nullptr);
    CHECK(table.find("key", entries.front()->hash()) == entries.front().get());
}

TEST_CASE("keys of one hash are told apart") {
    Table table;
    const EntryRef a = entry_of("a", 42);
    const EntryRef b = entry_of("b", 42);

    table.insert(bare(a));
    table.insert(bare(b));

    CHECK(table.find("a", 42) == a.get());
    CHECK(table.find("b", 42) == b.get());
    CHECK(table.find("c", 42) == nullptr);
    CHECK(any_of(table, Hash{42}) != nullptr);
    CHECK(table.find("a", 43) == nullptr);
}

TEST_CASE("more keys of one hash than an overflow count can tell are found and erased") {
    Table table;
    std::vector<EntryRef> entries;
    for (int i = 0; i < 3'000; ++i) {
        entries.push_back(entry_of("key" + std::to_string(i), 42));
        table.insert(bare(entries.back()));
    }

    for (const EntryRef& entry : entries) {
        REQUIRE(table.find(entry->key(), 42) == entry.get());
        table.erase(*entry);
        REQUIRE(table.find(entry->key(), 42) == nullptr);
    }

    CHECK(table.size() == 0);
    CHECK(any_of(table, Hash{42}) == nullptr);
}

TEST_CASE("a table holds what a map holds through random inserts and erasures") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        // Few bits of hash make tags, buckets and whole hashes collide.
        const Hash kept_bits = seed % 2 == 0 ? ~Hash{0} : (Hash{3} << 50) | 7;
        std::map<std::string, EntryRef> model;
        Table table;
        for (int step = 0; step < 600; ++step) {
            const std::string key = std::to_string(random() % 150);
            const Hash hash = hash_of(key) & kept_bits;
            const auto found = model.find(key);
            Entry* const entry = table.find(key, hash);
            REQUIRE(entry == (found == model.end() ? nullptr : found->second.get()));
            if (found == model.end()) {
                const EntryRef fresh = entry_of(key, hash);
                table.insert(bare(fresh));
                model.emplace(key, fresh);
            } else if (random() % 3 != 0) {
                table.erase(*entry);
                model.erase(found);
            }
            if (random() % 50 == 0) table.shrink();
            REQUIRE(table.size() == model.size());
        }
        std::size_t visited = 0;
        table.for_each([&](Entry& entry) {
            ++visited;
            REQUIRE(model.at(std::string(entry.key())).get() == &entry);
        });
        CHECK(visited == model.size());
    }
}

TEST_CASE("an endless churn does not make lookups longer") {
    Table table;
    std::mt19937_64 random(1);
    // Just under the number at which the table grows: the worst case.
    std::vector<EntryRef> entries(10'000);
    for (EntryRef& entry : entries) {
        entry = entry_of("", random());
        table.insert(bare(entry));
    }
    const std::size_t memory_before = table.memory_bytes();
    const auto churn = [&](int replacements) {
        for (int i = 0; i < replacements; ++i) {
            EntryRef& entry = entries[random() % entries.size()];
            table.erase(*entry);
            entry = entry_of("", random());
            table.insert(bare(entry));
        }
    };

    // Who was pushed on stays there when room becomes free: that comes to rest early.
    churn(200'000);
    const double at_rest = mean_probes(table);
    churn(1'000'000);

    CHECK(at_rest < 2.5);
    CHECK(mean_probes(table) < at_rest + 0.2);
    CHECK(table.memory_bytes() == memory_before);
    for (const EntryRef& entry : entries) table.erase(*entry);
    CHECK(mean_probes(table) == 1.0);
}

TEST_CASE("a table that has become sparse gives memory back") {
    Table table;
    std::vector<EntryRef> entries;
    for (Hash i = 0; i < 10'000; ++i) {
        entries.push_back(entry_of("", i * 0x9e37'79b9'7f4a'7c15));
        table.insert(bare(entries.back()));
    }
    const std::size_t full_bytes = table.memory_bytes();
    CHECK_FALSE(table.is_sparse());

    while (!table.is_sparse()) {
        table.erase(*entries.back());
        entries.pop_back();
    }
    table.shrink();

    CHECK_FALSE(table.is_sparse());
    CHECK(table.memory_bytes() * 3 <= full_bytes);
    for (const EntryRef& entry : entries) REQUIRE(any_of(table, entry->hash()) == entry.get());
    for (const EntryRef& entry : entries) table.erase(*entry);
    table.shrink();
    CHECK(table.memory_bytes() == 0);
}

}  // namespace nearcache::store
