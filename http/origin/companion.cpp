#include "http/origin/companion.hpp"

#include <cstddef>

namespace nearcache::http::origin {

namespace {

constexpr std::string_view suffix = "#origin";
constexpr std::size_t hash_digits = 16;

constexpr char digit_of(std::uint64_t hash, std::size_t place) noexcept {
    return "0123456789abcdef"[hash >> (60 - 4 * place) & 15];
}

// The value is written a moment after it, at the latest when the backend's time-out is over.
constexpr std::chrono::seconds spare{60};

}  // namespace

bool is_companion_key(std::string_view key) noexcept { return key.ends_with(suffix); }

std::string companion_key(std::string_view key) { return std::string(key) + std::string(suffix); }

std::string companion_value(std::string_view url_digest, std::uint64_t value_hash) {
    std::string value(url_digest);
    value += ' ';
    for (std::size_t i = 0; i < hash_digits; ++i) value += digit_of(value_hash, i);
    return value;
}

bool companion_knows(std::string_view companion, std::uint64_t value_hash) noexcept {
    if (companion.size() <= hash_digits) return false;
    companion.remove_prefix(companion.size() - hash_digits - 1);
    if (companion.front() != ' ') return false;
    for (std::size_t i = 0; i < hash_digits; ++i) {
        if (companion[i + 1] != digit_of(value_hash, i)) return false;
    }
    return true;
}

bool companion_fits(std::string_view companion, std::string_view url_digest,
                    std::uint64_t value_hash) noexcept {
    return companion.size() == url_digest.size() + 1 + hash_digits &&
           companion.starts_with(url_digest) && companion_knows(companion, value_hash);
}

std::chrono::milliseconds companion_ttl(std::chrono::milliseconds ttl) noexcept {
    return ttl + spare;
}

}  // namespace nearcache::http::origin
