#pragma once

#include <algorithm>
#include <list>
#include <string>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {

// What a store of one shard must do, said as plainly as possible: lists that are walked, and no
// thought of speed. It holds live entries only, since the expired never change what the live do.
class StoreModel {
  public:
    struct Item {
        EntryRef entry;
        std::string value;
    };
    using Order = std::list<Item>;  // the most recent first

    explicit StoreModel(const Config& config) : config_(config) {}

    // Null when there is nothing; moves what is found to the front.
    const Item* find(const std::string& key, TimePoint now) {
        forget_expired(now);
        for (Order* order : {&values, &absent_keys}) {
            const auto found = std::ranges::find_if(
                *order, [&](const Item& item) { return item.entry->key() == key; });
            if (found == order->end()) continue;
            order->splice(order->begin(), *order, found);
            return &order->front();
        }
        return nullptr;
    }

    // The store's table comes in sizes of its own: what it takes now is told, not computed.
    bool keep(const EntryRef& entry, TimePoint now, std::size_t table_bytes) {
        const std::size_t budget =
            entry->is_absent() ? config_.max_absent_keys : config_.max_entries;
        if (budget == 0 || entry->expires_at() <= now) return false;
        if (entry->memory_bytes() + Table::least_memory_bytes > config_.max_memory_bytes) {
            return false;
        }
        forget_expired(now);
        Order& own = entry->is_absent() ? absent_keys : values;
        Order& other = entry->is_absent() ? values : absent_keys;
        while (own.size() >= budget) evict(own, evicted_by_entries);
        own.push_front({entry, std::string(entry->value())});
        while (bytes() + table_bytes > config_.max_memory_bytes) {
            evict(own.size() > 1 ? own : other, evicted_by_memory);
        }
        return true;
    }

    std::size_t invalidate(Hash hash) {
        const auto is_hit = [hash](const Item& item) { return item.entry->hash() == hash; };
        return std::erase_if(values, is_hit) + std::erase_if(absent_keys, is_hit);
    }

    void forget_expired(TimePoint now) {
        const auto is_expired = [now](const Item& item) { return item.entry->expires_at() <= now; };
        std::erase_if(values, is_expired);
        std::erase_if(absent_keys, is_expired);
    }

    std::size_t bytes() const {
        std::size_t sum = 0;
        for (const Order* order : {&values, &absent_keys}) {
            for (const Item& item : *order) sum += item.entry->memory_bytes();
        }
        return sum;
    }

    Order values;
    Order absent_keys;
    std::uint64_t evicted_by_entries = 0;
    std::uint64_t evicted_by_memory = 0;

  private:
    static void evict(Order& order, std::uint64_t& counter) {
        order.pop_back();
        ++counter;
    }

    const Config config_;
};

}  // namespace nearcache::store
