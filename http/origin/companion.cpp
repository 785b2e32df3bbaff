#include "http/origin/companion.hpp"

#include "http/entity_tag.hpp"

namespace nearcache::http::origin {

namespace {

constexpr std::string_view suffix = "#origin";
// The value is written a moment after it, at the latest when the backend's time-out is over.
constexpr std::chrono::seconds spare{60};

}  // namespace

bool is_companion_key(std::string_view key) noexcept { return key.ends_with(suffix); }

std::string companion_key(std::string_view key) { return std::string(key) + std::string(suffix); }

std::string companion_value(std::string_view url_digest, std::uint64_t value_hash) {
    return std::string(url_digest).append(" ").append(EntityTag(value_hash).digits());
}

bool companion_knows(std::string_view companion, std::uint64_t value_hash) noexcept {
    const EntityTag tag(value_hash);
    if (!companion.ends_with(tag.digits())) return false;
    companion.remove_suffix(tag.digits().size());
    return companion.ends_with(' ');
}

bool companion_fits(std::string_view companion, std::string_view url_digest,
                    std::uint64_t value_hash) noexcept {
    const auto size = url_digest.size() + 1 + EntityTag(value_hash).digits().size();
    return companion.size() == size && companion.starts_with(url_digest) &&
           companion_knows(companion, value_hash);
}

std::chrono::milliseconds companion_ttl(std::chrono::milliseconds ttl) noexcept {
    return ttl + spare;
}

}  // namespace nearcache::http::origin
