#include "http/cors.hpp"

#include <algorithm>

#include <boost/beast/core/string.hpp>

namespace nearcache::http {

namespace {

using boost::beast::iequals;

// Whether nobody else can have the name: an address, or this machine. Any other name may be made to
// lead here by whoever owns it, and then his pages are of the same origin as ours (DNS rebinding).
bool is_nobody_elses(std::string_view host) noexcept {
    if (host.starts_with('[')) return true;
    const auto name = host.substr(0, host.find(':'));
    if (iequals(name, "localhost")) return true;
    const auto octets = name.find_first_not_of("0123456789.") == name.npos;
    return octets && !name.empty();
}

// A page that this very door has served.
bool is_same_origin(std::string_view origin, std::string_view host) noexcept {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!origin.starts_with(scheme)) continue;
        return iequals(origin.substr(scheme.size()), host) && is_nobody_elses(host);
    }
    return false;
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
    if (origin.empty()) return request.fields.is_cross_site;
    return !is_same_origin(origin, request.host) && allowed_origin(config, origin).empty();
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
