#include "http/origin/address_guard.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nearcache::http::origin {

namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct Network4 {
    std::uint32_t address;
    unsigned prefix_bits;

    constexpr bool holds(std::uint32_t other) const noexcept {
        return ((address ^ other) >> (32 - prefix_bits)) == 0;
    }
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c) noexcept {
    return a << 24 | b << 16 | c << 8;
}

constexpr std::array<Network4, 15> closed_v4{{
    {v4(0, 0, 0), 8},        // this network
    {v4(10, 0, 0), 8},       // private
    {v4(100, 64, 0), 10},    // shared, behind a carrier's NAT
    {v4(127, 0, 0), 8},      // loopback
    {v4(169, 254, 0), 16},   // link-local, and the metadata of clouds
    {v4(172, 16, 0), 12},    // private
    {v4(192, 0, 0), 24},     // protocol assignments
    {v4(192, 0, 2), 24},     // documentation
    {v4(192, 88, 99), 24},   // relays of 6to4
    {v4(192, 168, 0), 16},   // private
    {v4(198, 18, 0), 15},    // benchmarks
    {v4(198, 51, 100), 24},  // documentation
    {v4(203, 0, 113), 24},   // documentation
    {v4(224, 0, 0), 4},      // multicast
    {v4(240, 0, 0), 4},      // reserved, and broadcast
}};

// The first 16-bit groups of a network; what is beyond the prefix is zero.
struct Network6 {
    std::array<std::uint16_t, 6> groups;
    unsigned prefix_bits;

    constexpr bool holds(const address_v6::bytes_type& other) const noexcept {
        for (unsigned bit = 0; bit < prefix_bits; bit += 8) {
            const unsigned ours = unsigned{groups[bit / 16]} >> (bit % 16 == 0 ? 8 : 0) & 0xffu;
            const unsigned left = prefix_bits - bit;
            const unsigned mask = left >= 8 ? 0xffu : 0xffu << (8 - left) & 0xffu;
            if (((ours ^ other[bit / 8]) & mask) != 0) return false;
        }
        return true;
    }
};

constexpr std::array<Network6, 14> closed_v6{{
    {{0, 0, 0, 0, 0, 0}, 96},           // unspecified, loopback, IPv4-compatible
    {{0, 0, 0, 0, 0, 0xffff}, 96},      // IPv4-mapped
    {{0, 0, 0, 0, 0xffff, 0}, 96},      // IPv4-translated (RFC 2765)
    {{0x64, 0xff9b, 0, 0, 0, 0}, 96},   // NAT64
    {{0x64, 0xff9b, 1, 0, 0, 0}, 48},   // local NAT64
    {{0x100, 0, 0, 0, 0, 0}, 64},       // discard
    {{0x2001, 0, 0, 0, 0, 0}, 23},      // protocol assignments: Teredo, ORCHID, benchmarks
    {{0x2001, 0xdb8, 0, 0, 0, 0}, 32},  // documentation
    {{0x2002, 0, 0, 0, 0, 0}, 16},      // 6to4
    {{0x3fff, 0, 0, 0, 0, 0}, 20},      // documentation (RFC 9637)
    {{0xfc00, 0, 0, 0, 0, 0}, 7},       // unique local
    {{0xfe80, 0, 0, 0, 0, 0}, 10},      // link-local
    {{0xfec0, 0, 0, 0, 0, 0}, 10},      // site-local
    {{0xff00, 0, 0, 0, 0, 0}, 8},       // multicast
}};

// What the registry of IPv6 hands out (RFC 4291, 2.4). The rest is nobody's yet, or old.
constexpr Network6 global_unicast{{0x2000, 0, 0, 0, 0, 0}, 3};

}  // namespace

bool is_public(const boost::asio::ip::address& address) noexcept {
    if (address.is_v4()) {
        const auto number = address.to_v4().to_uint();
        return std::ranges::none_of(closed_v4,
                                    [number](const auto& net) { return net.holds(number); });
    }
    const auto v6 = address.to_v6();
    const auto bytes = v6.to_bytes();
    // A zone is of a link.
    return v6.scope_id() == 0 && global_unicast.holds(bytes) &&
           std::ranges::none_of(closed_v6, [&bytes](const auto& net) { return net.holds(bytes); });
}

}  // namespace nearcache::http::origin
