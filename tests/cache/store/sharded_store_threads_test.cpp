#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;
using Version = std::uint64_t;

constexpr std::size_t key_count = 64;

// A source of truth that many threads write and read through one store, and the promise that is
// made to them: who reads after a write was acknowledged, or after an epoch began that is younger
// than a write made elsewhere, never gets what was there before it.
struct World {
    struct Key {
        std::string name;
        std::atomic<Version> truth{0};
        // What a reader who comes now must get at least.
        std::atomic<Version> acknowledged{0};

        void acknowledge(Version version) {
            Version seen = acknowledged.load();
            while (seen < version && !acknowledged.compare_exchange_weak(seen, version)) {
            }
        }
    };

    explicit World(std::vector<Retention> retentions)
        : store(Config{.max_entries = 5'000,
                       .max_memory_bytes = 40'000,
                       .max_absent_keys = 100,
                       .retentions = std::move(retentions),
                       .max_join_age = 20ms,
                       .write_hot_pause = 2ms}) {
        for (std::size_t i = 0; i < key_count; ++i) keys[i].name = "key" + std::to_string(i);
    }

    TimePoint now() { return start + clock.fetch_add(1) * 10us; }

    std::array<Key, key_count> keys;
    OpenStore store;
    std::atomic<unsigned> clock{0};
    std::atomic<std::uint64_t> waiting{0};
    std::atomic<std::uint64_t> handed_over{0};
    std::atomic<std::uint64_t> broken_promises{0};
};

// One who waits, and what must be in the answer.
struct Reader : Waiter {
    Version at_least = 0;
};

// Another writer to the same truth, whom the store learns of through a channel that comes and goes.
class Channel {
  public:
    explicit Channel(World& world) : world_(world) {}

    void act() {
        const std::lock_guard guard(one_at_a_time_);
        const auto action = random_() % 100;
        if (action < 90) {
            write(world_.keys[random_() % key_count]);
        } else if (is_up_ && action < 97) {
            world_.store.extend_epoch(any_proof());
        } else if (is_up_) {
            world_.store.end_epoch();
            is_up_ = false;
        } else {
            begin_epoch();
        }
    }

  private:
    void write(World::Key& key) {
        const Version version = key.truth.fetch_add(1) + 1;
        if (!is_up_) return;
        world_.store.invalidate(hash_of(key.name), Cause::invalidation, world_.now());
        key.acknowledge(version);
    }

    void begin_epoch() {
        std::array<Version, key_count> before{};
        for (std::size_t i = 0; i < key_count; ++i) before[i] = world_.keys[i].truth.load();
        world_.store.begin_epoch(any_proof());
        for (std::size_t i = 0; i < key_count; ++i) world_.keys[i].acknowledge(before[i]);
        is_up_ = true;
    }

    TimePoint any_proof() { return world_.now() + (random_() % 50) * 1ms; }

    World& world_;
    std::mutex one_at_a_time_;
    std::mt19937 random_{99};
    bool is_up_ = true;
};

class Client {
  public:
    Client(World& world, Channel& channel, unsigned seed)
        : world_(world), channel_(channel), random_(seed) {}

    void act(int count) {
        for (int i = 0; i < count; ++i) {
            World::Key& key = world_.keys[random_() % key_count];
            const auto action = random_() % 1'000;
            if (action < 100) {
                write(key);
            } else if (action < 200) {
                channel_.act();
            } else if (action == 200) {
                world_.store.invalidate_all(Cause::flush);
            } else if (action < 210) {
                world_.store.stats();
            } else if (action < 220) {
                static_cast<void>(world_.store.inspect(key.name, hash_of(key.name), world_.now()));
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

    void write(World::Key& key) {
        const Hash hash = hash_of(key.name);
        world_.store.invalidate(hash, Cause::write, world_.now());
        const Version version = key.truth.fetch_add(1) + 1;
        world_.store.invalidate(hash, Cause::write, world_.now());
        key.acknowledge(version);
    }

    void read(World::Key& key) {
        const Hash hash = hash_of(key.name);
        const Version at_least = key.acknowledged.load();
        Version version = 0;
        const auto on_hit = [&](const Entry& entry, Lookup) { version = version_in(entry); };
        const Lookup found = world_.store.find(key.name, hash, world_.now(), on_hit);
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
        const TimePoint now = world_.now();
        const Joining joining{.waiter = reader.get(),
                              .oldest = random_() % 10 == 0 ? now - 1ms : TimePoint::min(),
                              .is_listed = random_() % 20 != 0};
        const Joined joined = world_.store.join(key.name, hash, now, joining, open);
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
        const Landed landed = world_.store.land(fetch->lease, answer(*fetch), world_.now());
        for (Waiter* waiter = landed.waiters; waiter != nullptr;) {
            const std::unique_ptr<Reader> reader(static_cast<Reader*>(waiter));
            waiter = waiter->next;
            check(fetch->fetched, reader->at_least);
            ++world_.handed_over;
        }
    }

    EntryRef answer(const Underway& fetch) {
        const TimePoint now = world_.now();
        NewEntry wanted{.key = fetch.lease.key(),
                        .hash = fetch.lease.hash(),
                        .value = {},
                        .stored_at = now,
                        .expires_at = now + (1 + random_() % 30) * 1ms,
                        .rule = static_cast<std::uint8_t>(random_() % 3)};
        const auto kind = random_() % 20;
        if (kind == 0) return {};
        if (kind == 1) return make_absent_entry(wanted);
        const std::string value =
            std::to_string(fetch.fetched) + std::string(random_() % 3'000, ' ');
        wanted.value = value;
        return make_entry(wanted);
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
    Channel& channel_;
    std::mt19937 random_;
    std::vector<std::unique_ptr<Underway>> fetches_;
};

Stats run_all(World& world) {
    Channel channel(world);
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] { Client(world, channel, i).act(30'000); });
        }
    }
    CHECK(world.broken_promises == 0);
    CHECK(world.handed_over == world.waiting);
    return world.store.stats();
}

}  // namespace

TEST_CASE("nobody reads an answer older than an acknowledged write, whatever the threads do") {
    World world({});

    const Stats stats = run_all(world);

    CHECK(stats.hits > 1'000);
    CHECK(stats.stale_hits == 0);
    CHECK(stats.leases_voided > 100);
    CHECK(stats.fills_refused_void > 100);
    CHECK(stats.fills_refused_epoch > 10);
    CHECK(stats.dropped_by_epoch > 100);
    CHECK(stats.dropped_by_invalidation > 100);
    CHECK(stats.evictions_by_memory > 100);
    CHECK(stats.expirations > 100);
    CHECK(stats.open_leases == 0);
    CHECK(stats.memory_bytes <= 40'000);
    world.store.invalidate_all(Cause::flush);
    CHECK(world.store.stats().memory_bytes == 0);
}

TEST_CASE("what is retained for stale answers is never taken for fresh, whatever the threads do") {
    World world({{},
                 {.while_revalidate = 5ms, .if_error = 10ms, .after_invalidation = true},
                 {.while_revalidate = 10ms, .if_error = 5ms}});

    const Stats stats = run_all(world);

    CHECK(stats.hits > 1'000);
    CHECK(stats.stale_hits > 100);
    CHECK(stats.replacements > 100);
    CHECK(stats.dropped_by_epoch > 100);
    CHECK(stats.memory_bytes <= 40'000);
    world.store.invalidate_all(Cause::flush);
    CHECK(world.store.stats().memory_bytes == 0);
}

}  // namespace nearcache::store
