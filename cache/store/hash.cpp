#include "cache/store/hash.hpp"

#include <random>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace nearcache::store {
namespace {

std::uint64_t draw_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

Hash hash_of(std::string_view key) noexcept {
    static const std::uint64_t seed = draw_seed();
    return XXH3_64bits_withSeed(key.data(), key.size(), seed);
}

}  // namespace nearcache::store
