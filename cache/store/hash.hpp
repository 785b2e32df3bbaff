#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.hpp"

namespace nearcache::store {

// A key's place in the store. The highest 6 bits choose the shard, the next 8 are the tag in the
// table, the lowest choose the bucket: bits used twice would make the tables cluster.
//
// Several keys may have one name (see cache/database.hpp): then their hashes differ, and tell them
// apart.
//
// The 16 bits in the middle are of no use to any of these, and 0: an entry holds the 48 others.
using Hash = std::uint64_t;

inline constexpr Hash hash_bits = 0xffff'0000'ffff'ffff;

inline const std::uint64_t hash_seed = random_seed();

// Threads: any.
inline Hash hash_of(std::string_view key) noexcept {
    return seeded_hash(key, hash_seed) & hash_bits;
}

}  // namespace nearcache::store
