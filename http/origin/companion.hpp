#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace nearcache::http::origin {

// Beside a key K lies K + "#origin", which says from which URL the value of K came, so that a key
// is never answered with what another URL has given. It is written before the value and lives
// longer; whatever mix of two writes the backend has kept, either both fit, or the URL is fetched
// anew. A value without a companion was put there by somebody who wanted it there; and so, perhaps,
// was one that its companion does not know.
//
// Threads: any.

bool is_companion_key(std::string_view key) noexcept;
std::string companion_key(std::string_view key);

// SHA-256 of the URL, a blank, and the hash of the value (store::Entry::value_hash), both in
// hexadecimal digits.
std::string companion_value(std::string_view url_digest, std::uint64_t value_hash);

// Whether a companion's value says just that.
bool companion_fits(std::string_view companion, std::string_view url_digest,
                    std::uint64_t value_hash) noexcept;

// Whether it says that of some URL: then the value is one that was fetched.
bool companion_knows(std::string_view companion, std::uint64_t value_hash) noexcept;

// How long it lives beside a value that lives so long.
std::chrono::milliseconds companion_ttl(std::chrono::milliseconds ttl) noexcept;

}  // namespace nearcache::http::origin
