#pragma once

#include <cstdint>
#include <string_view>

namespace nearcache {

// XXH3 (64 bits) of some bytes. The seed is drawn when the process starts, so that nobody outside
// can aim at one bucket of a table.
//
// Threads: any.
std::uint64_t seeded_hash(std::string_view bytes, std::uint64_t seed) noexcept;

std::uint64_t random_seed();

// The same without a seed: for what has to be equal in every process.
//
// Threads: any.
std::uint64_t content_hash(std::string_view bytes) noexcept;

}  // namespace nearcache
