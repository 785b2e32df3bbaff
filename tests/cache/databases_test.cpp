#include "cache/databases.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::cache {
namespace {

using store::Hash;

constexpr std::uint32_t home = 3;

std::vector<Hash> salts_of(const Databases& databases) {
    std::vector<Hash> salts;
    databases.for_each_salt([&](Hash salt) { salts.push_back(salt); });
    return salts;
}

// Uses as many as are cached: home, and those from 100 on.
std::vector<Database> fill(Databases& databases) {
    std::vector<Database> used{databases.home()};
    for (std::uint32_t number = 100; used.size() < most_cached_databases; ++number) {
        used.push_back(databases.use(number));
    }
    return used;
}

TEST_CASE("keys of the home database have the hashes of their names") {
    Databases databases(home);

    CHECK(databases.home().number == home);
    CHECK(databases.home().salt == 0);
    CHECK(databases.home().is_cached);
    CHECK(databases.use(home).salt == 0);
    CHECK(salts_of(databases) == std::vector<Hash>{0});
}

TEST_CASE("no two databases have the same salt, and none touches a bit that no hash has") {
    Databases databases(home);

    const auto used = fill(databases);

    std::set<Hash> salts;
    for (const auto& database : used) {
        CHECK(database.is_cached);
        CHECK((database.salt & ~store::hash_bits) == 0);
        CHECK((database.salt == 0) == (database.number == home));
        salts.insert(database.salt);
    }
    CHECK(salts.size() == most_cached_databases);
    for (const std::uint32_t number : {home + 1, home - 1, 0x8000'0000u, ~0u}) {
        CHECK(salts.insert(databases.to_write(number).salt).second);
    }
}

// So that a name which all of them have does not make one shard or one bucket hot.
TEST_CASE("salts spread a name over the shards, the buckets and the tags of the store") {
    Databases databases(home);
    std::set<Hash> shards, buckets, tags;

    for (const auto& database : fill(databases)) {
        shards.insert(database.salt >> 58);
        buckets.insert(database.salt & 63);
        tags.insert(database.salt >> 50 & 255);
    }

    CHECK(shards.size() >= 48);
    CHECK(buckets.size() >= 60);
    CHECK(tags.size() >= 48);
}

TEST_CASE("a database keeps its salt, whoever uses others in between") {
    Databases databases(home);

    const auto first = databases.use(7);
    databases.use(8);
    const auto again = databases.use(7);

    CHECK(again.number == 7);
    CHECK(again.salt == first.salt);
    CHECK(salts_of(databases).size() == 3);
}

TEST_CASE("one database too many is not cached, and its keys are nobody else's") {
    Databases databases(home);
    const auto used = fill(databases);

    const auto one_more = databases.use(9);

    CHECK_FALSE(one_more.is_cached);
    CHECK(one_more.number == 9);
    CHECK(std::ranges::find(used, one_more.salt, &Database::salt) == used.end());
    CHECK(salts_of(databases).size() == most_cached_databases);
    CHECK(databases.use(used.back().number).is_cached);
}

TEST_CASE("a database that is only written to is not in use, and has the salt it would have") {
    Databases databases(home);

    const auto written = databases.to_write(7);

    CHECK_FALSE(written.is_cached);
    CHECK(salts_of(databases).size() == 1);
    CHECK(databases.use(7).salt == written.salt);
    CHECK(databases.to_write(home).salt == 0);
}

TEST_CASE("threads that use databases at the same time agree on their salts") {
    constexpr std::uint32_t count = 40;
    Databases databases(home);
    std::vector<std::vector<Hash>> seen(4, std::vector<Hash>(count));

    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < seen.size(); ++i) {
        threads.emplace_back([&databases, &mine = seen[i], first = i * 7] {
            for (std::uint32_t n = 0; n < count; ++n) {
                const auto number = (first + n) % count;
                mine[number] = databases.use(number).salt;
            }
        });
    }
    for (auto& thread : threads) thread.join();

    for (const auto& salts : seen) CHECK(salts == seen.front());
    CHECK(std::set<Hash>(seen.front().begin(), seen.front().end()).size() == count);
    CHECK(salts_of(databases).size() == count);
}

}  // namespace
}  // namespace nearcache::cache
