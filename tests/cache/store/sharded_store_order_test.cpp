// The order of eviction in a store of many shards.

#include <list>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using Kind = Joined::Kind;

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

TEST_CASE("a store of many shards evicts in exact order within each") {
    for (unsigned seed = 0; seed < 3; ++seed) {
        std::mt19937_64 random(seed);
        const std::size_t max_entries = 4'099 + seed * 4'000;
        OpenStore store(Config{.max_entries = max_entries});
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
