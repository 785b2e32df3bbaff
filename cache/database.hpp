#pragma once

#include <cstddef>
#include <cstdint>

#include "cache/store/hash.hpp"

namespace nearcache::cache {

// A database of the backend as the cache sees it. Keys of the same name in two databases are two
// keys: a database is folded into the hash of its keys.
//
// The store compares hashes before it compares names, and two databases never share a salt: so the
// same name never meets itself in another database.
struct Database {
    std::uint32_t number = 0;
    store::Hash salt = 0;
    // Beyond most_cached_databases in use nothing is kept: keys are only passed on, and must be
    // neither found nor loaded.
    bool is_cached = true;
};

// A change of a key is told without its database, so it is dropped in each one that is in use.
inline constexpr std::size_t most_cached_databases = 64;

}  // namespace nearcache::cache
