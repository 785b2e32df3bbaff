#include <array>
#include <atomic>
#include <charconv>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using Version = std::uint64_t;

constexpr std::size_t key_count = 64;

// A source of truth that many threads write and read through one store, and the promise that is
// made to them: who reads after a write was acknowledged never gets what was there before it.
struct World {
    struct Key {
        std::string name;
        std::atomic<Version> truth{0};
        std::atomic<Version> acknowledged{0};
    };

    World() {
        for (std::size_t i = 0; i < key_count; ++i) keys[i].name = "key" + std::to_string(i);
    }

    std::array<Key, key_count> keys;
    ShardedStore store{
        Config{.max_entries = 5'000, .max_memory_bytes = 40'000, .max_absent_keys = 100}};
    std::atomic<Duration::rep> clock{0};
    std::atomic<std::uint64_t> waiting{0};
    std::atomic<std::uint64_t> handed_over{0};
    std::atomic<std::uint64_t> broken_promises{0};
};

// One who waits, and what must be in the answer.
struct Reader : Waiter {
    Version at_least = 0;
};

class Client {
  public:
    Client(World& world, unsigned seed) : world_(world), random_(seed) {}

    void act(int count) {
        for (int i = 0; i < count; ++i) {
            World::Key& key = world_.keys[random_() % key_count];
            const auto action = random_() % 1'000;
            if (action < 100) {
                write(key);
            } else if (action == 100) {
                world_.store.invalidate_all();
            } else if (action < 110) {
                world_.store.stats();
            } else {
                read(key);
            }
            while (!fetches_.empty() && (fetches_.size() > 3 || random_() % 2 == 0)) land_one();
        }
        while (!fetches_.empty()) land_one();
    }

  private:
    struct Underway {
        Underway(World::Key& which, Hash hash) : key(which), lease(which.name, hash, 0) {}
        World::Key& key;
        Lease lease;
        Version fetched = 0;
    };

    TimePoint now() { return start + Duration(world_.clock.fetch_add(1)); }

    void write(World::Key& key) {
        const Hash hash = hash_of(key.name);
        world_.store.invalidate(hash);
        const Version version = key.truth.fetch_add(1) + 1;
        world_.store.invalidate(hash);
        Version seen = key.acknowledged.load();
        while (seen < version && !key.acknowledged.compare_exchange_weak(seen, version)) {
        }
    }

    void read(World::Key& key) {
        const Hash hash = hash_of(key.name);
        const Version at_least = key.acknowledged.load();
        Version version = 0;
        const auto on_hit = [&](const Entry& entry) { version = version_in(entry); };
        const Lookup found = world_.store.find(key.name, hash, now(), on_hit);
        if (found == Lookup::hit) check(version, at_least);
        if (found == Lookup::miss) join(key, hash, at_least);
    }

    void join(World::Key& key, Hash hash, Version at_least) {
        auto reader = std::make_unique<Reader>();
        reader->at_least = at_least;
        std::unique_ptr<Underway> fetch;
        const auto open = [&]() -> Lease& {
            fetch = std::make_unique<Underway>(key, hash);
            return fetch->lease;
        };
        const Joined joined = world_.store.join(key.name, hash, now(), *reader, open);
        if (joined.kind == Joined::Kind::hit) check(version_in(*joined.entry), at_least);
        if (joined.kind == Joined::Kind::hit || joined.kind == Joined::Kind::absent) return;
        // From here on it belongs to whoever lands the fetch.
        static_cast<void>(reader.release());
        ++world_.waiting;
        if (joined.kind == Joined::Kind::joined) return;
        fetch->fetched = key.truth.load();
        fetches_.push_back(std::move(fetch));
    }

    void land_one() {
        const std::unique_ptr<Underway> fetch = std::move(fetches_.back());
        fetches_.pop_back();
        const Landed landed = world_.store.land(fetch->lease, answer(*fetch), now());
        for (Waiter* waiter = landed.waiters; waiter != nullptr;) {
            const std::unique_ptr<Reader> reader(static_cast<Reader*>(waiter));
            waiter = waiter->next;
            check(fetch->fetched, reader->at_least);
            ++world_.handed_over;
        }
    }

    EntryRef answer(const Underway& fetch) {
        const Lease& lease = fetch.lease;
        const TimePoint expires_at = now() + Duration(1 + random_() % 1'000);
        const auto kind = random_() % 20;
        if (kind == 0) return {};
        if (kind == 1) return make_absent_entry(lease.key(), lease.hash(), expires_at);
        const std::string value =
            std::to_string(fetch.fetched) + std::string(random_() % 3'000, ' ');
        return make_entry({lease.key(), lease.hash(), value, expires_at});
    }

    static Version version_in(const Entry& entry) {
        Version version = 0;
        const std::string_view value = entry.value();
        std::from_chars(value.data(), value.data() + value.size(), version);
        return version;
    }

    void check(Version version, Version at_least) {
        if (version < at_least) ++world_.broken_promises;
    }

    World& world_;
    std::mt19937 random_;
    std::vector<std::unique_ptr<Underway>> fetches_;
};

}  // namespace

TEST_CASE("nobody reads an answer older than an acknowledged write, whatever the threads do") {
    World world;

    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < 4; ++i) {
            threads.emplace_back([&world, i] { Client(world, i).act(30'000); });
        }
    }

    CHECK(world.broken_promises == 0);
    CHECK(world.handed_over == world.waiting);
    const Stats stats = world.store.stats();
    CHECK(stats.hits > 1'000);
    CHECK(stats.leases_voided > 100);
    CHECK(stats.evictions_by_memory > 100);
    CHECK(stats.expirations > 100);
    CHECK(stats.open_leases == 0);
    CHECK(stats.memory_bytes <= 40'000);
    world.store.invalidate_all();
    CHECK(world.store.stats().memory_bytes == 0);
}

}  // namespace nearcache::store
