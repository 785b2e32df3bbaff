#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/endpoint.hpp"

namespace nearcache::app {

// Digits and nothing else: no sign, no space, no 0x.
std::optional<std::uint64_t> parse_whole(std::string_view text);

// "1024", "64KiB" (powers of 1024), "1GB", "1g" (powers of 1000), in either case.
std::optional<std::uint64_t> parse_size(std::string_view text);

// In the largest power of 1024 that divides it.
std::string format_size(std::uint64_t bytes);

// What read_duration(), read_size(), read_percent() and read_switch() allow.
std::string allowed_durations(std::chrono::milliseconds least, std::chrono::milliseconds most);
std::string allowed_sizes(std::uint64_t least, std::uint64_t most);
inline constexpr std::string_view allowed_percents = "0% to 100%";
inline constexpr std::string_view allowed_switches = "on, off, true, false";

// These return what is wrong with the text and what is allowed, or nothing; only then is the last
// argument changed.

std::optional<std::string> read_duration(std::string_view text, std::chrono::milliseconds least,
                                         std::chrono::milliseconds most,
                                         std::chrono::milliseconds& length);

std::optional<std::string> read_size(std::string_view text, std::uint64_t least, std::uint64_t most,
                                     std::size_t& bytes);

// "10%" or "10".
std::optional<std::string> read_percent(std::string_view text, unsigned& percent);

std::optional<std::string> read_switch(std::string_view text, bool& is_on);

std::optional<std::string> read_port(std::string_view text, std::uint16_t least,
                                     std::uint16_t& port);

// A name, an IPv4 or an IPv6 address, the last with or without brackets; or nothing.
std::optional<std::string> read_host(std::string_view text, std::string& host);

// HOST:PORT, with brackets around an IPv6 address.
std::optional<std::string> read_address(std::string_view text, std::uint16_t least_port,
                                        Endpoint& endpoint);

// The text that read_address() reads back.
std::string to_text(const Endpoint& endpoint);

}  // namespace nearcache::app
