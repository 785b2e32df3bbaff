#pragma once

#include <algorithm>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "cache/store/write_heat.hpp"
#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {

// What a store of one shard must do, said as plainly as possible: lists that are walked, epochs
// whose numbers never start over, and no thought of speed. It holds only what is of use to someone,
// since what is not never changes what the rest does.
class StoreModel {
  public:
    struct Item {
        EntryRef entry;
        std::string value;
        unsigned epoch;
        bool is_invalidated = false;
        bool was_hit = false;
    };
    using Order = std::list<Item>;  // the most recent first

    explicit StoreModel(const Config& config)
        : heat(config.write_hot_after, config.write_hot_pause), config_(config) {}

    bool is_fresh(const Item& item, TimePoint now) const {
        return !item.is_invalidated && item.epoch == epoch && now < until &&
               now < item.entry->expires_at();
    }

    // What a lookup says, and the item that it speaks of.
    std::pair<Lookup, const Item*> find(const std::string& key, TimePoint now,
                                        const std::optional<Demand>& demand) {
        const auto [order, item] = locate(key, now);
        if (order == nullptr) return {Lookup::miss, nullptr};
        const Lookup found = demand ? judge(*item, now, *demand) : judge(*item, now);
        if (found == Lookup::miss) {
            forget_if_useless(*order, item);
            return {found, nullptr};
        }
        use(*order, item);
        return {found, &order->front()};
    }

    // What answers one who joins; null when nothing does.
    const Item* find_for(const std::string& key, TimePoint now, const Joining& joining) {
        const auto [order, item] = locate(key, now);
        if (order == nullptr) return nullptr;
        if (!is_fresh(*item, now) || item->entry->stored_at() < joining.oldest) {
            forget_if_useless(*order, item);
            return nullptr;
        }
        if (joining.waiter == nullptr) return &*item;
        use(*order, item);
        return &order->front();
    }

    const Item* peek(const std::string& key, TimePoint now) {
        const auto [order, item] = locate(key, now);
        return order == nullptr ? nullptr : &*item;
    }

    bool helps_after_error(const Item& item, TimePoint now) const {
        const Retention retention = retention_of(item);
        return retention.if_error > zero && now < item.entry->expires_at() + retention.if_error &&
               (!item.is_invalidated || retention.after_invalidation);
    }

    bool fits(const Entry& entry, TimePoint now) const {
        return budget_of(entry) > 0 && entry.expires_at() > now &&
               entry.memory_bytes() + Table::least_memory_bytes <= config_.max_memory_bytes;
    }

    // The store's table comes in sizes of its own: what it takes now is told, not computed.
    void keep(const EntryRef& entry, TimePoint now, bool is_refresh, std::size_t table_bytes) {
        Order& own = entry->is_absent() ? absent_keys : values;
        Order& other = entry->is_absent() ? values : absent_keys;
        const auto [order, older] = locate(std::string(entry->key()), now);
        std::optional<Order::iterator> place;
        if (order != nullptr) {
            ++replacements;
            const auto behind = order->erase(older);
            if (order == &own && is_refresh) place = behind;
        }
        while (own.size() >= budget_of(*entry)) evict(own, nullptr, evicted_by_entries);
        own.insert(place.value_or(own.begin()), {entry, std::string(entry->value()), epoch});
        while (bytes() + table_bytes > config_.max_memory_bytes) {
            evict(own.size() > 1 ? own : other, entry.get(), evicted_by_memory);
        }
    }

    void invalidate(Hash hash, Cause cause, TimePoint now) {
        forget_gone(now);
        for (Order* order : {&values, &absent_keys}) {
            std::erase_if(*order, [&](Item& item) {
                return item.entry->hash() == hash && !stays(item, cause, now);
            });
        }
    }

    // A newer answer came and was not kept.
    void outdate(const std::string& key, const Entry& answer, TimePoint now) {
        const auto [order, older] = locate(key, now);
        if (order == nullptr) return;
        const bool says_the_same =
            older->entry->is_absent() == answer.is_absent() && older->value == answer.value();
        if (!says_the_same && !stays(*older, Cause::invalidation, now)) order->erase(older);
    }

    void forget_everything() {
        values.clear();
        absent_keys.clear();
    }

    void forget_gone(TimePoint now) {
        const auto is_gone = [&](const Item& item) {
            return item.entry->expires_at() + retention_of(item).longest() <= now;
        };
        std::erase_if(values, is_gone);
        std::erase_if(absent_keys, is_gone);
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
    WriteHeat heat;
    // 0: none.
    unsigned epoch = 0;
    TimePoint until{};
    std::uint64_t replacements = 0;
    std::uint64_t evicted_by_entries = 0;
    std::uint64_t evicted_by_memory = 0;
    std::uint64_t dropped_by_write = 0;
    std::uint64_t dropped_by_invalidation = 0;

  private:
    static constexpr std::chrono::milliseconds zero{0};

    std::size_t budget_of(const Entry& entry) const {
        return entry.is_absent() ? config_.max_absent_keys : config_.max_entries;
    }

    Retention retention_of(const Item& item) const {
        const std::size_t rule = item.entry->rule();
        return rule < config_.retentions.size() ? config_.retentions[rule] : Retention{};
    }

    std::pair<Order*, Order::iterator> locate(const std::string& key, TimePoint now) {
        forget_gone(now);
        for (Order* order : {&values, &absent_keys}) {
            const auto found = std::ranges::find_if(
                *order, [&](const Item& item) { return item.entry->key() == key; });
            if (found != order->end()) return {order, found};
        }
        return {nullptr, {}};
    }

    Lookup judge(const Item& item, TimePoint now) const {
        if (is_fresh(item, now)) return item.entry->is_absent() ? Lookup::absent : Lookup::hit;
        const auto grace = retention_of(item).while_revalidate;
        return grace > zero && may_be_stale(item) && now < item.entry->expires_at() + grace
                   ? Lookup::stale
                   : Lookup::miss;
    }

    Lookup judge(const Item& item, TimePoint now, const Demand& demand) const {
        const Duration age = now - item.entry->stored_at();
        const Duration left = item.entry->expires_at() - now;
        // The largest of all milliseconds are more than a Duration can say.
        if (demand.max_age != Demand{}.max_age && age > demand.max_age) return Lookup::miss;
        if (is_fresh(item, now) && left >= demand.min_fresh) {
            return item.entry->is_absent() ? Lookup::absent : Lookup::hit;
        }
        return may_be_stale(item) && demand.max_stale > zero && -left < demand.max_stale
                   ? Lookup::stale
                   : Lookup::miss;
    }

    static bool may_be_stale(const Item& item) {
        return !item.is_invalidated && !item.entry->is_absent();
    }

    static void use(Order& order, Order::iterator item) {
        item->was_hit = true;
        order.splice(order.begin(), order, item);
    }

    void forget_if_useless(Order& order, Order::iterator item) {
        if (retention_of(*item).longest() > zero) return;
        if (item->is_invalidated || item->epoch != epoch) order.erase(item);
    }

    bool stays(Item& item, Cause cause, TimePoint now) {
        if (item.is_invalidated && cause == Cause::invalidation) return true;
        if (!item.is_invalidated) {
            if (item.was_hit) {
                heat.note_read(item.entry->hash());
            } else {
                heat.note_unread(item.entry->hash(), now);
            }
        }
        if (cause == Cause::invalidation) {
            item.is_invalidated = true;
            if (helps_after_error(item, now)) return true;
        }
        ++(cause == Cause::write ? dropped_by_write : dropped_by_invalidation);
        return false;
    }

    // The last, but for the one that is spared.
    static void evict(Order& order, const Entry* spared, std::uint64_t& counter) {
        auto last = std::prev(order.end());
        if (last->entry.get() == spared) last = std::prev(last);
        order.erase(last);
        ++counter;
    }

    const Config config_;
};

}  // namespace nearcache::store
