#pragma once

#include <string_view>

#include "cache/directives.hpp"

namespace nearcache::http {

// Adds what one Cache-Control field of a request says (RFC 9111, 5.2.1). What is unknown is
// ignored; a number that is none counts as the strictest there is.
void read_cache_control(std::string_view field, cache::Directives& directives);

// "Pragma: no-cache", for requests without Cache-Control (RFC 9111, 5.4).
bool is_pragma_no_cache(std::string_view field) noexcept;

}  // namespace nearcache::http
