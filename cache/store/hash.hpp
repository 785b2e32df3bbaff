#pragma once

#include <cstdint>
#include <string_view>

namespace nearcache::store {

// A key's place in the store. The highest 6 bits choose the shard, the next 8 are the tag in the
// table, the lowest choose the bucket: bits used twice would make the tables cluster.
using Hash = std::uint64_t;

// XXH3 with a seed drawn when the process starts, so that nobody outside can aim at one bucket.
//
// Threads: any.
Hash hash_of(std::string_view key) noexcept;

}  // namespace nearcache::store
