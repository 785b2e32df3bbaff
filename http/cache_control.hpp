#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "cache/directives.hpp"

namespace nearcache::http {

// One directive of a Cache-Control field (RFC 9111, 5.2). Its argument may be a token or a quoted
// string.
struct CacheDirective {
    std::string_view name;
    std::string_view argument;
    bool has_argument = false;
};
CacheDirective split_directive(std::string_view text) noexcept;

// RFC 9111, 1.2.2. Empty for what is no number; 2^31 stands for whatever is larger.
std::optional<std::chrono::seconds> parse_delta_seconds(std::string_view text) noexcept;

// Adds what one Cache-Control field of a request says (RFC 9111, 5.2.1). What is unknown is
// ignored; a number that is none counts as the strictest there is.
// False when there was such a number.
bool read_cache_control(std::string_view field, cache::Directives& directives);

// "Pragma: no-cache", for requests without Cache-Control (RFC 9111, 5.4).
bool is_pragma_no_cache(std::string_view field) noexcept;

}  // namespace nearcache::http
