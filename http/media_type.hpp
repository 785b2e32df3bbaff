#pragma once

#include <string_view>

namespace nearcache::http {

struct Request;

// Whether a Content-Type names that type, whatever its parameters (RFC 9110, 8.3.1).
bool is_media_type(std::string_view field, std::string_view type) noexcept;

// Notes what an Accept field (RFC 9110, 12.5.1) names outright: what wildcards would allow as well
// is what everybody gets anyhow, and a range with q=0 is refused.
void read_accept(std::string_view field, Request& request) noexcept;

}  // namespace nearcache::http
