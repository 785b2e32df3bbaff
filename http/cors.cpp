#include "http/cors.hpp"

#include <algorithm>

#include <boost/beast/core/string.hpp>

namespace nearcache::http {

namespace {

using boost::beast::iequals;

// A page that this very door has served.
bool is_same_origin(std::string_view origin, std::string_view host) noexcept {
    const auto scheme = origin.find("://");
    return scheme != origin.npos && iequals(origin.substr(scheme + 3), host);
}

}  // namespace

std::string_view allowed_origin(const Config& config, std::string_view origin) noexcept {
    if (origin.empty()) return {};
    for (const auto& allowed : config.cors_origins) {
        if (allowed == "*" || iequals(allowed, origin)) return allowed;
    }
    return {};
}

bool is_foreign(const Config& config, const Request& request) noexcept {
    const auto& origin = request.fields.origin;
    return !origin.empty() && !is_same_origin(origin, request.host) &&
           allowed_origin(config, origin).empty();
}

std::string preflight_fields(const Config& config, const Request& request) {
    const auto& fields = request.fields;
    if (!fields.has_requested_method || allowed_origin(config, fields.origin).empty()) return {};
    std::string text =
        "Access-Control-Allow-Methods: GET, HEAD, PUT, POST, DELETE\r\n"
        "Access-Control-Max-Age: 600\r\n";
    if (!fields.requested_headers.empty()) {
        text.append("Access-Control-Allow-Headers: ")
            .append(fields.requested_headers)
            .append("\r\n");
    }
    return text;
}

}  // namespace nearcache::http
