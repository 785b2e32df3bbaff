#pragma once

#include <string_view>

namespace nearcache::http {

// The status codes that are sent (RFC 9110, 15; RFC 6585; RFC 4918 for 507).
enum class Status {
    ok = 200,
    created = 201,
    no_content = 204,
    partial_content = 206,
    not_modified = 304,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    request_timeout = 408,
    conflict = 409,
    length_required = 411,
    precondition_failed = 412,
    content_too_large = 413,
    uri_too_long = 414,
    range_not_satisfiable = 416,
    expectation_failed = 417,
    header_fields_too_large = 431,
    internal_error = 500,
    not_implemented = 501,
    bad_gateway = 502,
    service_unavailable = 503,
    gateway_timeout = 504,
    version_not_supported = 505,
    insufficient_storage = 507,
};

// "HTTP/1.1 200 OK\r\n"
std::string_view status_line(Status status) noexcept;

// "OK"
std::string_view reason_of(Status status) noexcept;

}  // namespace nearcache::http
