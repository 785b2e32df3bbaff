#pragma once

#include <string>
#include <string_view>

#include "http/config.hpp"
#include "http/request_parser.hpp"

namespace nearcache::http {

// Which pages of other origins may use this one (the Fetch standard, "CORS protocol").

// What Access-Control-Allow-Origin says to a request from there; empty: nothing. It lasts as long
// as the config.
std::string_view allowed_origin(const Config& config, std::string_view origin) noexcept;

// Whether a browser made the request for a page of another origin that may not use this one: then
// it must not change anything, for a browser asks nobody before it sends a plain POST.
bool is_foreign(const Config& config, const Request& request) noexcept;

// The fields of an answer to a preflight; none when it is none, or its origin is not allowed.
std::string preflight_fields(const Config& config, const Request& request);

}  // namespace nearcache::http
