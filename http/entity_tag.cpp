#include "http/entity_tag.hpp"

#include <bit>
#include <cstring>

namespace nearcache::http {

namespace {

// The eight hexadecimal digits of a number, all at once: each half byte gets a byte of its own, and
// becomes a digit there.
std::uint64_t digits_of(std::uint32_t number) noexcept {
    std::uint64_t spread = number;
    spread = (spread & 0xffff'0000) << 16 | (spread & 0xffff);
    spread = (spread & 0x0000'ff00'0000'ff00) << 8 | (spread & 0x0000'00ff'0000'00ff);
    spread = (spread & 0x00f0'00f0'00f0'00f0) << 4 | (spread & 0x000f'000f'000f'000f);
    const auto letters = (spread + 0x0606'0606'0606'0606) >> 4 & 0x0101'0101'0101'0101;
    const auto digits = spread + 0x3030'3030'3030'3030 + letters * ('a' - '0' - 10);
    // The first digit is that of the highest half byte.
    if constexpr (std::endian::native == std::endian::little) return __builtin_bswap64(digits);
    return digits;
}

}  // namespace

EntityTag::EntityTag(std::uint64_t value_hash) noexcept {
    const auto high = digits_of(static_cast<std::uint32_t>(value_hash >> 32));
    const auto low = digits_of(static_cast<std::uint32_t>(value_hash));
    text_.front() = text_.back() = '"';
    std::memcpy(text_.data() + 1, &high, sizeof high);
    std::memcpy(text_.data() + 9, &low, sizeof low);
}

}  // namespace nearcache::http
