#include "http/status.hpp"

namespace nearcache::http {

std::string_view status_line(Status status) noexcept {
    switch (status) {
        case Status::ok:
            return "HTTP/1.1 200 OK\r\n";
        case Status::created:
            return "HTTP/1.1 201 Created\r\n";
        case Status::no_content:
            return "HTTP/1.1 204 No Content\r\n";
        case Status::partial_content:
            return "HTTP/1.1 206 Partial Content\r\n";
        case Status::not_modified:
            return "HTTP/1.1 304 Not Modified\r\n";
        case Status::bad_request:
            return "HTTP/1.1 400 Bad Request\r\n";
        case Status::unauthorized:
            return "HTTP/1.1 401 Unauthorized\r\n";
        case Status::forbidden:
            return "HTTP/1.1 403 Forbidden\r\n";
        case Status::not_found:
            return "HTTP/1.1 404 Not Found\r\n";
        case Status::method_not_allowed:
            return "HTTP/1.1 405 Method Not Allowed\r\n";
        case Status::request_timeout:
            return "HTTP/1.1 408 Request Timeout\r\n";
        case Status::conflict:
            return "HTTP/1.1 409 Conflict\r\n";
        case Status::length_required:
            return "HTTP/1.1 411 Length Required\r\n";
        case Status::precondition_failed:
            return "HTTP/1.1 412 Precondition Failed\r\n";
        case Status::content_too_large:
            return "HTTP/1.1 413 Content Too Large\r\n";
        case Status::uri_too_long:
            return "HTTP/1.1 414 URI Too Long\r\n";
        case Status::range_not_satisfiable:
            return "HTTP/1.1 416 Range Not Satisfiable\r\n";
        case Status::expectation_failed:
            return "HTTP/1.1 417 Expectation Failed\r\n";
        case Status::header_fields_too_large:
            return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
        case Status::internal_error:
            return "HTTP/1.1 500 Internal Server Error\r\n";
        case Status::not_implemented:
            return "HTTP/1.1 501 Not Implemented\r\n";
        case Status::bad_gateway:
            return "HTTP/1.1 502 Bad Gateway\r\n";
        case Status::service_unavailable:
            return "HTTP/1.1 503 Service Unavailable\r\n";
        case Status::gateway_timeout:
            return "HTTP/1.1 504 Gateway Timeout\r\n";
        case Status::version_not_supported:
            return "HTTP/1.1 505 HTTP Version Not Supported\r\n";
        case Status::insufficient_storage:
            return "HTTP/1.1 507 Insufficient Storage\r\n";
    }
    return "HTTP/1.1 500 Internal Server Error\r\n";
}

std::string_view reason_of(Status status) noexcept {
    auto line = status_line(status);
    line.remove_prefix(std::string_view("HTTP/1.1 200 ").size());
    return line.substr(0, line.find('\r'));
}

}  // namespace nearcache::http
