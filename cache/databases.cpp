#include "cache/databases.hpp"

namespace nearcache::cache {

Databases::Databases(std::uint32_t home) noexcept : home_(home) {
    for (auto& place : in_use_) place.store(nobody, std::memory_order_relaxed);
    in_use_.front().store(home);
}

Database Databases::use(std::uint32_t number) noexcept {
    auto database = to_write(number);
    for (auto& place : in_use_) {
        std::uint64_t user = place.load();
        // Whoever loses the place learns who has it: it may be the same database.
        if (user == nobody && place.compare_exchange_strong(user, number)) user = number;
        database.is_cached = user == number;
        if (database.is_cached) break;
    }
    return database;
}

}  // namespace nearcache::cache
