#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "cache/database.hpp"

namespace nearcache::cache {

// The databases whose keys are cached. The home database is the first and has salt 0: its keys have
// the hashes of their names. Others are added when somebody is about to read from them, and stay.
//
// Threads: any. A database is in use for everybody before anything of it is fetched, and so before
// the backend can tell that it has changed.
class Databases {
  public:
    explicit Databases(std::uint32_t home) noexcept;
    Databases(const Databases&) = delete;
    Databases& operator=(const Databases&) = delete;

    Database home() const noexcept { return {.number = home_}; }
    // Adds it unless it is in use already, or there are as many as there may be.
    Database use(std::uint32_t number) noexcept;
    // For who writes to it and reads nothing: it need not be in use, and is not by this.
    Database to_write(std::uint32_t number) const noexcept {
        return {.number = number, .salt = salt_of(number), .is_cached = false};
    }

    // Calls visit(store::Hash) with the salt of each that is in use, that of home first.
    template <class Visit>
    void for_each_salt(Visit&& visit) const {
        for (const auto& place : in_use_) {
            const auto user = place.load();
            if (user == nobody) return;
            visit(salt_of(static_cast<std::uint32_t>(user)));
        }
    }

  private:
    static constexpr std::uint64_t nobody = ~std::uint64_t{0};

    // Another for each number, since the lowest 32 bits are. Multiples of the golden ratio also
    // differ in the highest bits, which choose the shard.
    store::Hash salt_of(std::uint32_t number) const noexcept {
        return std::uint64_t{number - home_} * 0x9e37'79b9'7f4a'7c15 & store::hash_bits;
    }

    const std::uint32_t home_;
    // Taken in their order and never given back.
    std::array<std::atomic<std::uint64_t>, most_cached_databases> in_use_;
};

}  // namespace nearcache::cache
