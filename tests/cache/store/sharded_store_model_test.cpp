#include <list>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/store/store_model.hpp"

namespace nearcache::store {
namespace {

using Kind = Joined::Kind;

// A fetch on both sides: the store's lease, and what the model expects of it.
struct ModelFetch {
    ModelFetch(const std::string& key, Hash hash) : lease(key, hash, 0) {}

    Lease lease;
    bool holds = true;
    std::vector<const Waiter*> expected_waiters;
};

// One run of random operations on a store of one shard and on the model, side by side.
class Run {
  public:
    explicit Run(unsigned seed)
        : random_(seed), config_(any_config()), store_(config_), model_(config_) {}

    void go(int steps) {
        for (int i = 0; i < steps; ++i) {
            act();
            check();
        }
        // Whoever is next to be evicted, and the one after: the order is right to its end.
        const auto newcomers = random_() % (config_.max_entries + 2);
        for (std::size_t i = 0; i < newcomers; ++i) fetch_and_land("new" + std::to_string(i));
        for (std::size_t i = 0; i < key_count_; ++i) find(std::to_string(i));
        while (!fetches_.empty()) land(fetches_.size() - 1);
        check();
    }

  private:
    Config any_config() {
        Config config;
        config.max_entries = random_() % 10;
        config.max_absent_keys = random_() % 5;
        config.max_memory_bytes = random_() % 2 == 0 ? 1'000'000 : 1'000 + random_() % 3'000;
        key_count_ = 1 + random_() % 20;
        has_clashes_ = random_() % 4 == 0;
        return config;
    }

    Hash hash_for(const std::string& key) const {
        return has_clashes_ ? hash_of(key) % 3 : hash_of(key);
    }
    std::string any_key() { return std::to_string(random_() % key_count_); }

    void act() {
        const auto action = random_() % 100;
        if (action < 35) {
            find(any_key());
        } else if (action < 60) {
            join(any_key());
        } else if (action < 85) {
            if (!fetches_.empty()) land(random_() % fetches_.size());
        } else if (action < 92) {
            invalidate(hash_for(any_key()));
        } else if (action < 93) {
            invalidate_all();
        } else {
            now_ += Duration(random_() % (std::uint64_t{1} << (random_() % 20)));
        }
    }

    void find(const std::string& key) {
        std::string value;
        const Lookup found = store_.find(key, hash_for(key), now_,
                                         [&](const Entry& entry) { value = entry.value(); });
        const auto* const expected = model_.find(key, now_);
        if (expected == nullptr) {
            ++misses_;
            REQUIRE(found == Lookup::miss);
        } else if (expected->entry->is_absent()) {
            ++absent_hits_;
            REQUIRE(found == Lookup::absent);
        } else {
            ++hits_;
            REQUIRE(found == Lookup::hit);
            REQUIRE(value == expected->value);
        }
    }

    void join(const std::string& key) {
        const Hash hash = hash_for(key);
        waiters_.push_back(std::make_unique<Waiter>());
        Waiter* const waiter = waiters_.back().get();
        const Joined joined = store_.join(key, hash, now_, *waiter, [&]() -> Lease& {
            fetches_.push_back(std::make_unique<ModelFetch>(key, hash));
            return fetches_.back()->lease;
        });
        if (const auto* const expected = model_.find(key, now_)) {
            REQUIRE(joined.kind == (expected->entry->is_absent() ? Kind::absent : Kind::hit));
            REQUIRE(joined.entry.get() == expected->entry.get());
            return;
        }
        const auto open = open_.find(hash);
        if (open != open_.end() && open->second->lease.key() == key) {
            REQUIRE(joined.kind == Kind::joined);
            open->second->expected_waiters.push_back(waiter);
            return;
        }
        REQUIRE(joined.kind == Kind::leads);
        ModelFetch& fetch = *fetches_.back();
        fetch.expected_waiters.push_back(waiter);
        fetch.holds = open_.emplace(hash, &fetch).second;
    }

    void land(std::size_t number) {
        const std::unique_ptr<ModelFetch> fetch = std::move(fetches_[number]);
        fetches_.erase(fetches_.begin() + static_cast<std::ptrdiff_t>(number));
        const EntryRef entry = any_answer(fetch->lease);
        const bool was_empty = store_.stats().memory_bytes == 0;
        const Landed landed = store_.land(fetch->lease, entry, now_);

        REQUIRE(in_line(landed) == fetch->expected_waiters);
        if (was_empty && landed.is_kept) {
            table_bytes_ = store_.stats().memory_bytes - entry->memory_bytes();
            REQUIRE(table_bytes_ <= Table::least_memory_bytes);
        }
        const bool is_kept = fetch->holds && entry && model_.keep(entry, now_, table_bytes_);
        REQUIRE(landed.is_kept == is_kept);
        if (entry) ++(is_kept ? inserts_ : refusals_);
        if (fetch->holds) open_.erase(fetch->lease.hash());
    }

    EntryRef any_answer(const Lease& lease) {
        const TimePoint expires_at =
            now_ + Duration(random_() % (std::uint64_t{1} << (random_() % 24)));
        const auto kind = random_() % 10;
        if (kind == 0) return {};
        if (kind < 3) return make_absent_entry(lease.key(), lease.hash(), expires_at);
        const std::size_t size = kind == 3 ? random_() % 5'000 : random_() % 100;
        const std::string value = std::to_string(++values_made_) + std::string(size, 'v');
        return make_entry({lease.key(), lease.hash(), value, expires_at});
    }

    void fetch_and_land(const std::string& key) {
        const std::size_t before = fetches_.size();
        join(key);
        if (fetches_.size() > before) land(before);
    }

    void invalidate(Hash hash) {
        store_.invalidate(hash);
        model_.invalidate(hash);
        close(open_.find(hash));
    }

    void invalidate_all() {
        store_.invalidate_all();
        model_.values.clear();
        model_.absent_keys.clear();
        while (!open_.empty()) close(open_.begin());
        REQUIRE(store_.stats().memory_bytes == 0);
        table_bytes_ = 0;
    }

    void close(std::map<Hash, ModelFetch*>::iterator open) {
        if (open == open_.end()) return;
        open->second->holds = false;
        open_.erase(open);
        ++voided_;
    }

    void check() {
        model_.forget_expired(now_);
        const Stats stats = store_.stats();
        // Few assertions for many facts: each is slow when it is checked a million times.
        REQUIRE((stats.hits == hits_ && stats.absent_hits == absent_hits_ &&
                 stats.misses == misses_ && stats.inserts == inserts_ &&
                 stats.fills_refused == refusals_));
        REQUIRE((stats.leases_voided == voided_ && stats.open_leases == open_.size()));
        REQUIRE((stats.evictions_by_entries == model_.evicted_by_entries &&
                 stats.evictions_by_memory == model_.evicted_by_memory));
        REQUIRE((stats.entries >= model_.values.size() && stats.entries <= config_.max_entries));
        REQUIRE((stats.absent_keys >= model_.absent_keys.size() &&
                 stats.absent_keys <= config_.max_absent_keys));
        REQUIRE(stats.memory_bytes <= config_.max_memory_bytes);
        const std::size_t held = stats.entries + stats.absent_keys;
        REQUIRE(held == stats.inserts - stats.expirations - stats.invalidations -
                            stats.evictions_by_entries - stats.evictions_by_memory);
        // Nothing but the live is left: what is accounted is what the allocator has given.
        const std::size_t live = model_.values.size() + model_.absent_keys.size();
        const std::size_t expected_bytes = model_.bytes() + table_bytes_;
        if (held == live) {
            REQUIRE(stats.memory_bytes == expected_bytes);
        } else {
            REQUIRE(stats.memory_bytes > expected_bytes);
        }
    }

    std::mt19937_64 random_;
    std::size_t key_count_ = 0;
    bool has_clashes_ = false;
    Config config_;
    ShardedStore store_;
    StoreModel model_;
    TimePoint now_ = start;
    std::vector<std::unique_ptr<ModelFetch>> fetches_;
    std::map<Hash, ModelFetch*> open_;
    std::vector<std::unique_ptr<Waiter>> waiters_;
    std::size_t table_bytes_ = 0;
    std::uint64_t values_made_ = 0;
    std::uint64_t hits_ = 0;
    std::uint64_t absent_hits_ = 0;
    std::uint64_t misses_ = 0;
    std::uint64_t inserts_ = 0;
    std::uint64_t refusals_ = 0;
    std::uint64_t voided_ = 0;
};

// The keys of one shard, in the order of their use.
class KeyOrder {
  public:
    explicit KeyOrder(std::size_t capacity) : capacity_(capacity) {}

    // Whether the key was there.
    bool use(const std::string& key) {
        const auto found = places_.find(key);
        if (found != places_.end()) {
            order_.splice(order_.begin(), order_, found->second);
            return true;
        }
        if (order_.size() == capacity_) {
            places_.erase(order_.back());
            order_.pop_back();
        }
        order_.push_front(key);
        places_[key] = order_.begin();
        return false;
    }

  private:
    std::size_t capacity_;
    std::list<std::string> order_;
    std::unordered_map<std::string, std::list<std::string>::iterator> places_;
};

}  // namespace

TEST_CASE("a store of one shard does what the model does, whatever is asked of it") {
    for (unsigned seed = 0; seed < 4'000; ++seed) {
        CAPTURE(seed);
        Run(seed).go(150);
    }
}

TEST_CASE("a store of many shards evicts in exact order within each") {
    for (unsigned seed = 0; seed < 3; ++seed) {
        std::mt19937_64 random(seed);
        const std::size_t max_entries = 4'099 + seed * 4'000;
        ShardedStore store(Config{.max_entries = max_entries});
        const std::size_t count = store.shard_count();
        std::vector<KeyOrder> shards;
        for (std::size_t i = 0; i < count; ++i) {
            shards.emplace_back(max_entries / count + (i < max_entries % count ? 1 : 0));
        }

        for (int step = 0; step < 60'000; ++step) {
            const std::string key = std::to_string(random() % 20'000);
            Fetch fetch(key);
            const Joined joined = fetch.join(store);
            const bool is_hit = shards[(hash_of(key) >> 58) & (count - 1)].use(key);
            REQUIRE(joined.kind == (is_hit ? Kind::hit : Kind::leads));
            if (!is_hit) REQUIRE(fetch.land(store, key).is_kept);
        }

        CHECK(store.stats().entries == max_entries);
    }
}

}  // namespace nearcache::store
