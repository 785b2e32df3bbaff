#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/store/lease_model.hpp"
#include "tests/cache/store/store_model.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;
using Kind = Joined::Kind;

// One run of random operations on a store of one shard and on the model, side by side.
class Run {
  public:
    explicit Run(unsigned seed)
        : random_(seed),
          config_(any_config()),
          store_(config_),
          model_(config_),
          leases_(config_.max_join_age) {
        begin_epoch();
    }

    void go(int steps) {
        for (int i = 0; i < steps; ++i) {
            act();
            check();
        }
        begin_epoch();
        // Whoever is next to be evicted, and the one after: the order is right to its end.
        const auto newcomers = random_() % (config_.max_entries + 2);
        for (std::size_t i = 0; i < newcomers; ++i) fetch_and_land("new" + std::to_string(i));
        for (std::size_t i = 0; i < key_count_; ++i) find(std::to_string(i), std::nullopt);
        while (!fetches_.empty()) land(fetches_.size() - 1);
        check();
    }

  private:
    Config any_config() {
        Config config;
        config.max_entries = random_() % 10;
        config.max_absent_keys = random_() % 5;
        config.max_memory_bytes = random_() % 2 == 0 ? 1'000'000 : 1'000 + random_() % 3'000;
        const auto rules = random_() % 4;
        for (std::size_t i = 0; i < rules; ++i) {
            config.retentions.push_back({.while_revalidate = any_grace(),
                                         .if_error = any_grace(),
                                         .after_invalidation = random_() % 2 == 0});
        }
        if (random_() % 2 == 0) config.max_join_age = any_length();
        has_clashes_ = random_() % 4 == 0;
        // The heat of two keys of one hash depends on which of them is dropped first.
        config.write_hot_after = has_clashes_ ? 0 : static_cast<std::uint8_t>(random_() % 4);
        config.write_hot_pause = any_length();
        key_count_ = 1 + random_() % 20;
        return config;
    }

    std::chrono::milliseconds any_length() {
        return std::chrono::milliseconds(random_() % (std::uint64_t{1} << (random_() % 11)));
    }
    std::chrono::milliseconds any_grace() { return random_() % 2 == 0 ? 0ms : any_length(); }

    Hash hash_for(const std::string& key) const {
        return has_clashes_ ? hash_of(key) % 3 : hash_of(key);
    }
    std::string any_key() { return std::to_string(random_() % key_count_); }

    void act() {
        const auto action = random_() % 1'000;
        if (action < 250) {
            find(any_key(), std::nullopt);
        } else if (action < 330) {
            find(any_key(), any_demand());
        } else if (action < 550) {
            join(any_key(), any_joining());
        } else if (action < 780) {
            if (!fetches_.empty()) land(random_() % fetches_.size());
        } else if (action < 860) {
            invalidate(hash_for(any_key()));
        } else if (action < 870) {
            invalidate_all();
        } else if (action < 900) {
            find_if_error(any_key());
        } else if (action < 930) {
            change_epoch();
        } else {
            now_ += Duration(random_() % (std::uint64_t{1} << (random_() % 29)));
        }
        inspect(any_key());
    }

    Demand any_demand() {
        Demand demand;
        if (random_() % 2 == 0) demand.max_age = any_length();
        if (random_() % 2 == 0) demand.min_fresh = any_length();
        if (random_() % 2 == 0) demand.max_stale = any_length();
        return demand;
    }

    Joining any_joining() {
        waiters_.push_back(std::make_unique<Waiter>());
        return {.waiter = random_() % 5 == 0 ? nullptr : waiters_.back().get(),
                .oldest = random_() % 4 == 0 ? now_ - any_length() : TimePoint::min(),
                .is_listed = random_() % 10 != 0};
    }

    void find(const std::string& key, const std::optional<Demand>& demand) {
        std::string value;
        TimePoint expires_at;
        const auto copy = [&](const Entry& entry, Lookup) {
            value = entry.value();
            expires_at = entry.expires_at();
        };
        const Hash hash = hash_for(key);
        const Lookup found = demand ? store_.find(key, hash, now_, *demand, copy)
                                    : store_.find(key, hash, now_, copy);
        const auto [expected, item] = model_.find(key, now_, demand);
        if (found == Lookup::stale && model_.peek(key, now_) == nullptr) {
            // Of no use to any rule, but nobody has cleared it away yet.
            REQUIRE(demand);
            REQUIRE(now_ - expires_at < demand->max_stale);
            ++expected_.stale_hits;
            return;
        }
        REQUIRE(found == expected);
        switch (expected) {
            case Lookup::hit:
                ++expected_.hits;
                break;
            case Lookup::stale:
                ++expected_.stale_hits;
                break;
            case Lookup::absent:
                ++expected_.absent_hits;
                return;
            case Lookup::miss:
                ++expected_.misses;
                return;
        }
        REQUIRE(value == item->value);
    }

    void join(const std::string& key, const Joining& joining) {
        const Hash hash = hash_for(key);
        const Joined joined = store_.join(key, hash, now_, joining, [&]() -> Lease& {
            fetches_.push_back(std::make_unique<ModelFetch>(key, hash));
            return fetches_.back()->lease;
        });
        if (const auto* const expected = model_.find_for(key, now_, joining)) {
            REQUIRE(joined.kind == (expected->entry->is_absent() ? Kind::absent : Kind::hit));
            REQUIRE(joined.entry.get() == expected->entry.get());
            return;
        }
        ModelFetch* fetch = leases_.joined(key, hash, joining, now_);
        REQUIRE(joined.kind == (fetch != nullptr ? Kind::joined : Kind::leads));
        if (fetch == nullptr) {
            fetch = fetches_.back().get();
            leases_.open(*fetch, joining, now_);
        }
        if (joining.waiter != nullptr) fetch->expected_waiters.push_back(joining.waiter);
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
        const bool is_kept = entry && fetch->was_listed && is_accepted(*fetch, *entry);
        REQUIRE(landed.is_kept == is_kept);
        if (is_kept) model_.keep(entry, now_, fetch->expected_waiters.empty(), table_bytes_);
        const bool is_newest = entry && fetch->was_listed && fetch->is_open;
        if (is_newest && !is_kept) model_.outdate(std::string(fetch->lease.key()), *entry, now_);
        leases_.close(*fetch);
    }

    bool is_accepted(const ModelFetch& fetch, const Entry& entry) {
        std::uint64_t& counter = [&]() -> std::uint64_t& {
            if (!fetch.is_open) return expected_.fills_refused_void;
            if (model_.epoch == 0 || fetch.period != leases_.period) {
                return expected_.fills_refused_epoch;
            }
            if (model_.heat.is_hot(entry.hash(), now_)) return expected_.fills_refused_write_hot;
            return model_.fits(entry, now_) ? expected_.inserts : expected_.fills_refused_unfit;
        }();
        ++counter;
        return &counter == &expected_.inserts;
    }

    EntryRef any_answer(const Lease& lease) {
        const auto kind = random_() % 10;
        if (kind == 0) return {};
        const TimePoint stored_at = now_ - any_length() / 10;
        NewEntry wanted{.key = lease.key(),
                        .hash = lease.hash(),
                        .value = {},
                        .stored_at = stored_at,
                        .expires_at = stored_at + any_length(),
                        .rule = static_cast<std::uint8_t>(random_() % 4)};
        if (kind < 3) return make_absent_entry(wanted);
        const std::size_t size = kind == 3 ? random_() % 5'000 : random_() % 100;
        const std::string value = std::to_string(++values_made_) + std::string(size, 'v');
        wanted.value = value;
        return make_entry(wanted);
    }

    void fetch_and_land(const std::string& key) {
        const std::size_t before = fetches_.size();
        join(key, any_joining());
        if (fetches_.size() > before) land(before);
    }

    void find_if_error(const std::string& key) {
        const EntryRef found = store_.find_if_error(key, hash_for(key), now_);
        const auto* const item = model_.peek(key, now_);
        const bool helps = item != nullptr && model_.helps_after_error(*item, now_);
        REQUIRE(found.get() == (helps ? item->entry.get() : nullptr));
        if (helps) ++expected_.stale_hits;
    }

    void inspect(const std::string& key) {
        const Hash hash = hash_for(key);
        const Inspection known = store_.inspect(key, hash, now_);
        const auto* const item = model_.peek(key, now_);
        // What is of no use to anybody may be held or not.
        if (item != nullptr) {
            REQUIRE(known.is_held);
            REQUIRE(known.is_fresh == model_.is_fresh(*item, now_));
            REQUIRE(known.is_invalidated == item->is_invalidated);
            REQUIRE(known.is_absent == item->entry->is_absent());
        } else {
            REQUIRE_FALSE(known.is_fresh);
        }
        const ModelFetch* const fetch = leases_.at(hash);
        const bool has_lease = fetch != nullptr && fetch->lease.key() == key;
        REQUIRE(known.has_lease == has_lease);
        if (has_lease) REQUIRE(known.waiters == fetch->expected_waiters.size());
        REQUIRE(known.is_write_hot == model_.heat.is_hot(hash, now_));
        REQUIRE((known.current_epoch == 0) == (model_.epoch == 0));
    }

    void invalidate(Hash hash) {
        const Cause cause = random_() % 2 == 0 ? Cause::write : Cause::invalidation;
        store_.invalidate(hash, cause, now_);
        model_.invalidate(hash, cause, now_);
        leases_.make_void(hash);
    }

    void invalidate_all() {
        store_.invalidate_all(Cause::flush);
        forget_everything();
    }

    void forget_everything() {
        model_.forget_everything();
        leases_.make_all_void();
        REQUIRE(store_.stats().memory_bytes == 0);
        table_bytes_ = 0;
    }

    void change_epoch() {
        const auto action = random_() % 10;
        if (action < 3) {
            end_epoch();
        } else if (action < 6) {
            begin_epoch();
        } else if (action < 9) {
            model_.until = any_until();
            store_.extend_epoch(model_.until);
        } else if (random_() % 5 == 0) {
            // Until the numbers start over.
            for (int i = 0; i < 254; ++i) begin_epoch();
        }
    }

    TimePoint any_until() { return random_() % 2 == 0 ? TimePoint::max() : now_ + any_length(); }

    void begin_epoch() {
        const TimePoint until = any_until();
        store_.begin_epoch(until);
        if (model_.epoch != 0) leave_epoch();
        if (epochs_begun_ % 254 == 0) forget_everything();
        model_.epoch = ++epochs_begun_;
        model_.until = until;
        ++leases_.period;
    }

    void end_epoch() {
        store_.end_epoch();
        leave_epoch();
    }

    void leave_epoch() {
        model_.epoch = 0;
        ++leases_.period;
        const bool retains = std::ranges::any_of(
            config_.retentions, [](const Retention& rule) { return rule.longest() > 0ms; });
        if (!retains) forget_everything();
    }

    void check() {
        model_.forget_gone(now_);
        const Stats stats = store_.stats();
        // Few assertions for many facts: each is slow when it is checked a million times.
        REQUIRE((stats.hits == expected_.hits && stats.stale_hits == expected_.stale_hits &&
                 stats.absent_hits == expected_.absent_hits && stats.misses == expected_.misses));
        REQUIRE((stats.inserts == expected_.inserts &&
                 stats.fills_refused_void == expected_.fills_refused_void &&
                 stats.fills_refused_epoch == expected_.fills_refused_epoch &&
                 stats.fills_refused_write_hot == expected_.fills_refused_write_hot &&
                 stats.fills_refused_unfit == expected_.fills_refused_unfit));
        REQUIRE((stats.leases_voided == leases_.voided && stats.open_leases == leases_.size()));
        REQUIRE((stats.evictions_by_entries == model_.evicted_by_entries &&
                 stats.evictions_by_memory == model_.evicted_by_memory));
        REQUIRE((stats.dropped_by_write == model_.dropped_by_write &&
                 stats.dropped_by_invalidation == model_.dropped_by_invalidation));
        REQUIRE((stats.entries >= model_.values.size() && stats.entries <= config_.max_entries));
        REQUIRE((stats.absent_keys >= model_.absent_keys.size() &&
                 stats.absent_keys <= config_.max_absent_keys));
        REQUIRE(stats.memory_bytes <= config_.max_memory_bytes);
        const std::size_t held = stats.entries + stats.absent_keys;
        REQUIRE(held == stats.inserts - stats.replacements - stats.expirations -
                            stats.invalidations - stats.evictions_by_entries -
                            stats.evictions_by_memory);
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
    LeaseModel leases_;
    TimePoint now_ = start;
    unsigned epochs_begun_ = 0;
    std::vector<std::unique_ptr<ModelFetch>> fetches_;
    std::vector<std::unique_ptr<Waiter>> waiters_;
    std::size_t table_bytes_ = 0;
    std::uint64_t values_made_ = 0;
    Counters expected_;
};

}  // namespace

TEST_CASE("a store of one shard does what the model does, whatever is asked of it") {
    for (unsigned seed = 0; seed < 4'000; ++seed) {
        CAPTURE(seed);
        Run(seed).go(150);
    }
}

}  // namespace nearcache::store
