#include "http/responses.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace nearcache::http {

namespace {

constexpr std::string_view retry_soon = "Retry-After: 1\r\n";

std::string_view status_line(Status status) noexcept {
    switch (status) {
        case Status::ok:
            return "HTTP/1.1 200 OK\r\n";
        case Status::no_content:
            return "HTTP/1.1 204 No Content\r\n";
        case Status::bad_request:
            return "HTTP/1.1 400 Bad Request\r\n";
        case Status::not_found:
            return "HTTP/1.1 404 Not Found\r\n";
        case Status::method_not_allowed:
            return "HTTP/1.1 405 Method Not Allowed\r\n";
        case Status::request_timeout:
            return "HTTP/1.1 408 Request Timeout\r\n";
        case Status::conflict:
            return "HTTP/1.1 409 Conflict\r\n";
        case Status::content_too_large:
            return "HTTP/1.1 413 Content Too Large\r\n";
        case Status::uri_too_long:
            return "HTTP/1.1 414 URI Too Long\r\n";
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

// "Date: ...\r\n" (RFC 9110, 6.6.1), made anew once a second on each thread.
std::string_view date_field() {
    thread_local std::time_t made_at = 0;
    thread_local std::array<char, 48> text;
    thread_local std::size_t size = 0;
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != made_at) {
        made_at = now.tv_sec;
        std::tm utc{};
        gmtime_r(&made_at, &utc);
        // The names of days and months are English in the "C" locale, which is never changed here.
        size = std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    }
    return {text.data(), size};
}

void append_number(Output& out, std::uint64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void begin(Output& out, Status status, const Manner& manner) {
    out.append(status_line(status));
    out.append("Server: nearcache\r\n");
    out.append(date_field());
    if (!manner.keeps_alive) out.append("Connection: close\r\n");
    if (manner.keeps_alive && manner.says_keep_alive) out.append("Connection: keep-alive\r\n");
}

void append_ttl(Output& out, std::chrono::seconds ttl) {
    out.append(ttl.count() < 0 ? "; ttl=-" : "; ttl=");
    append_number(out, static_cast<std::uint64_t>(std::abs(ttl.count())));
}

void append_age(Output& out, std::chrono::seconds age) {
    out.append("\r\nAge: ");
    append_number(out, static_cast<std::uint64_t>(age.count()));
    out.append("\r\n");
}

void append_source(Output& out, const Source& source) {
    switch (source.kind) {
        case Source::Kind::none:
            return;
        case Source::Kind::hit:
            out.append("X-Cache: HIT\r\nCache-Status: nearcache; hit");
            if (!source.ttl) return out.append("\r\n");
            append_ttl(out, *source.ttl);
            return append_age(out, source.age);
        case Source::Kind::stale:
            out.append("X-Cache: STALE\r\nCache-Status: nearcache; hit");
            if (source.ttl) append_ttl(out, *source.ttl);
            out.append("; detail=");
            out.append(source.detail);
            return source.ttl ? append_age(out, source.age) : out.append("\r\n");
        case Source::Kind::fetched:
            out.append("X-Cache: MISS\r\nCache-Status: nearcache; fwd=");
            out.append(source.is_on_request ? "request" : "miss");
            if (source.is_stored) out.append("; stored");
            if (source.is_collapsed) out.append("; collapsed");
            return out.append("\r\n");
    }
}

void end_with_length(Output& out, std::uint64_t length) {
    out.append("Content-Length: ");
    append_number(out, length);
    out.append("\r\n\r\n");
}

}  // namespace

void append_value(Output& out, const Manner& manner, const cache::Entry& entry,
                  const Source& source) {
    const auto value = entry.value();
    begin(out, Status::ok, manner);
    out.append("Content-Type: application/octet-stream\r\n");
    append_source(out, source);
    end_with_length(out, value.size());
    if (manner.without_body) return;
    if (value.size() <= net::copied_value_bytes) return out.append(value);
    out.append_pinned(value, cache::EntryRef::share(entry));
}

void append_absent(Output& out, const Manner& manner, const Source& source) {
    begin(out, Status::not_found, manner);
    append_source(out, source);
    end_with_length(out, 0);
}

void append_no_content(Output& out, const Manner& manner) {
    begin(out, Status::no_content, manner);
    out.append("\r\n");
}

void append_error(Output& out, const Manner& manner, const Complaint& complaint) {
    begin(out, complaint.status, manner);
    out.append(complaint.extra_field);
    out.append("Content-Type: text/plain; charset=utf-8\r\n");
    end_with_length(out, complaint.text.size() + 1);
    if (manner.without_body) return;
    out.append(complaint.text);
    out.append("\n");
}

void append_not_cached(Output& out, const Manner& manner) {
    append_error(out, manner,
                 {Status::gateway_timeout, "not in the cache, and only-if-cached was asked for",
                  "X-Cache: MISS\r\nCache-Status: nearcache; detail=only-if-cached\r\n"});
}

void append_failure(Output& out, const Manner& manner, Errc why) {
    const auto complaint = [why]() -> Complaint {
        switch (why) {
            case Errc::backend_unreachable:
                return {Status::service_unavailable, "backend unreachable", retry_soon};
            case Errc::backend_connection_lost:
                return {Status::service_unavailable, "backend connection lost", retry_soon};
            case Errc::backend_timeout:
                return {Status::gateway_timeout, "backend timed out"};
            case Errc::backend_protocol_error:
                return {Status::bad_gateway, "backend protocol error"};
            case Errc::overloaded:
                return {Status::service_unavailable, "too many requests in flight", retry_soon};
            case Errc::shutting_down:
                return {Status::service_unavailable, "shutting down", retry_soon};
        }
        return {Status::internal_error, "internal error"};
    }();
    append_error(out, manner, complaint);
}

void append_backend_error(Output& out, const Manner& manner, std::string_view line) {
    using enum Status;
    constexpr std::array<std::pair<std::string_view, Status>, 9> by_code{{
        {"WRONGTYPE", conflict},
        {"OOM", insufficient_storage},
        {"LOADING", service_unavailable},
        {"BUSY", service_unavailable},
        {"MASTERDOWN", service_unavailable},
        {"CLUSTERDOWN", service_unavailable},
        {"TRYAGAIN", service_unavailable},
        {"MISCONF", service_unavailable},
        {"READONLY", service_unavailable},
    }};
    Complaint complaint{bad_gateway, line};
    for (const auto& [code, status] : by_code) {
        if (line.substr(0, line.find(' ')) == code) complaint.status = status;
    }
    if (complaint.status == service_unavailable) complaint.extra_field = retry_soon;
    append_error(out, manner, complaint);
}

}  // namespace nearcache::http
