#include "http/responses.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "base/json_text.hpp"
#include "http/entity_tag.hpp"
#include "http/head_writer.hpp"

namespace nearcache::http {

namespace {

constexpr std::string_view retry_soon = "Retry-After: 1\r\n";

// What every head has, the Date (RFC 9110, 6.6.1) among it: made anew once a second on each thread.
// All dates are of one size.
constexpr std::string_view common_form =
    "Server: nearcache\r\nX-Content-Type-Options: nosniff\r\n"
    "Date: Fri, 20 Nov 2026 11:34:12 GMT\r\n";
using CommonFields = std::array<char, common_form.size()>;

void make_common_fields(std::time_t now, CommonFields& fields) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, common_form.size() + 1> text{};
    // The names of days and months are English in the "C" locale, which is never changed here.
    std::strftime(text.data(), text.size(),
                  "Server: nearcache\r\nX-Content-Type-Options: nosniff\r\n"
                  "Date: %a, %d %b %Y %H:%M:%S GMT\r\n",
                  &utc);
    std::copy_n(text.begin(), fields.size(), fields.begin());
}

const CommonFields& common_fields() {
    thread_local std::time_t made_at = -1;
    thread_local CommonFields fields;
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != made_at) [[unlikely]] {
        made_at = now.tv_sec;
        make_common_fields(made_at, fields);
    }
    return fields;
}

// What a page of another origin may read of an answer beside its body.
void put_cors(HeadWriter& head, const Manner& manner) {
    head.put("Vary: Origin\r\n");
    if (manner.allowed_origin.empty()) return;
    head.put("Access-Control-Allow-Origin: ");
    head.put_any(manner.allowed_origin);
    head.put(
        "\r\nAccess-Control-Expose-Headers: Accept-Ranges, Age, Cache-Status, Content-Range, ETag, "
        "Retry-After, X-Cache\r\n");
}

// All behind the status line that every head has.
inline void put_common(HeadWriter& head, const Manner& manner) {
    head.put(common_fields());
    if (!manner.keeps_alive) head.put("Connection: close\r\n");
    if (manner.keeps_alive && manner.says_keep_alive) head.put("Connection: keep-alive\r\n");
    if (manner.varies_by_origin) [[unlikely]]
        put_cors(head, manner);
}

void begin(HeadWriter& head, Status status, const Manner& manner) {
    head.put_short(status_line(status));
    put_common(head, manner);
}

inline void put_ttl(HeadWriter& head, std::chrono::seconds ttl) {
    head.put("; ttl=");
    if (ttl.count() < 0) head.put("-");
    head.put_number(static_cast<std::uint64_t>(std::abs(ttl.count())));
}

inline void put_age(HeadWriter& head, std::chrono::seconds age) {
    head.put("\r\nAge: ");
    head.put_number(static_cast<std::uint64_t>(age.count()));
    head.put("\r\n");
}

void put_fetched(HeadWriter& head, const Source& source) {
    head.put("X-Cache: MISS\r\nCache-Status: nearcache; fwd=");
    source.is_on_request ? head.put("request") : head.put("miss");
    if (source.is_stored) head.put("; stored");
    if (source.is_collapsed) head.put("; collapsed");
    if (!source.detail.empty()) {
        head.put("; detail=");
        head.put_any(source.detail);
    }
    head.put("\r\n");
}

inline void put_source(HeadWriter& head, const Source& source) {
    switch (source.kind) {
        case Source::Kind::none:
            return;
        case Source::Kind::hit:
            head.put("X-Cache: HIT\r\nCache-Status: nearcache; hit");
            if (!source.ttl) return head.put("\r\n");
            put_ttl(head, *source.ttl);
            return put_age(head, source.age);
        case Source::Kind::stale:
            head.put("X-Cache: STALE\r\nCache-Status: nearcache; hit");
            if (source.ttl) put_ttl(head, *source.ttl);
            head.put("; detail=");
            head.put_any(source.detail);
            return source.ttl ? put_age(head, source.age) : head.put("\r\n");
        case Source::Kind::fetched:
            return put_fetched(head, source);
    }
}

// How long others may keep what they are given: as long as it is fresh here, and nothing that is
// not kept here.
inline void put_lifetime(HeadWriter& head, const Source& source) {
    if (!source.ttl) return head.put("Cache-Control: no-cache\r\n");
    head.put("Cache-Control: max-age=");
    head.put_number(static_cast<std::uint64_t>(std::max<std::int64_t>(0, source.ttl->count())));
    head.put("\r\n");
}

inline void put_type(HeadWriter& head, std::string_view content_type) {
    if (content_type.empty()) return head.put("Content-Type: application/octet-stream\r\n");
    head.put("Content-Type: ");
    head.put_any(content_type);
    head.put("\r\n");
}

// What tells one version of a value from another (RFC 9110, 8.8.3).
inline void put_validator(HeadWriter& head, const Shown& shown, const Source& source) {
    head.put("ETag: ");
    head.put(EntityTag(shown.entry.value_hash()).characters());
    head.put("\r\n");
    put_lifetime(head, source);
    put_source(head, source);
}

inline void end_with_length(HeadWriter& head, std::uint64_t length) {
    head.put("Content-Length: ");
    head.put_number(length);
    head.put("\r\n\r\n");
}

void append_bytes(Output& out, const cache::Entry& entry, std::string_view bytes) {
    if (bytes.size() <= net::copied_value_bytes) return out.append(bytes);
    out.append_pinned(bytes, cache::EntryRef::share(entry));
}

// RFC 9457, 3.1. Of type "about:blank" the title is that of the status.
std::string problem_of(const Complaint& complaint) {
    std::string json = "{\"type\":\"about:blank\",\"title\":\"";
    json.append(reason_of(complaint.status)).append("\",\"status\":");
    json.append(std::to_string(static_cast<int>(complaint.status))).append(",\"detail\":");
    nearcache::append_json(json, complaint.text);
    return json += "}\n";
}

// The form of the Upstash REST protocol.
std::string error_result_of(const Complaint& complaint) {
    std::string json = "{\"error\":";
    append_json_message(json, complaint.text);
    return json += "}\n";
}

}  // namespace

void append_value(Output& out, const Manner& manner, const Shown& shown, const Source& source) {
    const auto value = shown.entry.value();
    {
        HeadWriter head(out);
        head.put("HTTP/1.1 200 OK\r\n");
        put_common(head, manner);
        put_type(head, shown.content_type);
        head.put("Accept-Ranges: bytes\r\n");
        put_validator(head, shown, source);
        end_with_length(head, value.size());
    }
    if (!manner.without_body) append_bytes(out, shown.entry, value);
}

void append_value_part(Output& out, const Manner& manner, const Shown& shown, const Source& source,
                       const ByteRange& range) {
    const auto value = shown.entry.value();
    const auto part = value.substr(range.first, range.last - range.first + 1);
    {
        HeadWriter head(out);
        begin(head, Status::partial_content, manner);
        put_type(head, shown.content_type);
        head.put("Content-Range: bytes ");
        head.put_number(range.first);
        head.put("-");
        head.put_number(range.last);
        head.put("/");
        head.put_number(value.size());
        head.put("\r\n");
        put_validator(head, shown, source);
        end_with_length(head, part.size());
    }
    if (!manner.without_body) append_bytes(out, shown.entry, part);
}

void append_not_modified(Output& out, const Manner& manner, const Shown& shown,
                         const Source& source) {
    HeadWriter head(out);
    begin(head, Status::not_modified, manner);
    put_validator(head, shown, source);
    head.put("\r\n");
}

void append_not_satisfiable(Output& out, const Manner& manner, std::uint64_t size) {
    const auto field = "Content-Range: bytes */" + std::to_string(size) + "\r\n";
    append_error(out, manner,
                 {Status::range_not_satisfiable, "the value has no bytes in that range", field});
}

void append_absent(Output& out, const Manner& manner, const Source& source) {
    HeadWriter head(out);
    begin(head, Status::not_found, manner);
    put_lifetime(head, {});
    put_source(head, source);
    end_with_length(head, 0);
}

// RFC 9110, 8.6: a 204 has no Content-Length.
void append_empty(Output& out, const Manner& manner, Status status, std::string_view extra_fields) {
    HeadWriter head(out);
    begin(head, status, manner);
    head.put_any(extra_fields);
    if (status == Status::no_content) return head.put("\r\n");
    end_with_length(head, 0);
}

void append_body(Output& out, const Manner& manner, const Body& body) {
    {
        HeadWriter head(out);
        begin(head, body.status, manner);
        head.put_any(body.extra_fields);
        put_type(head, body.content_type);
        end_with_length(head, body.bytes.size());
    }
    if (!manner.without_body) out.append(body.bytes);
}

void append_error(Output& out, const Manner& manner, const Complaint& complaint) {
    const auto append = [&](std::string_view content_type, std::string_view text) {
        append_body(out, manner,
                    {.status = complaint.status,
                     .content_type = content_type,
                     .bytes = text,
                     .extra_fields = complaint.extra_field});
    };
    switch (manner.errors) {
        case ErrorForm::text:
            return append("text/plain; charset=utf-8", std::string(complaint.text) + "\n");
        case ErrorForm::problem:
            return append("application/problem+json", problem_of(complaint));
        case ErrorForm::result:
            return append("application/json", error_result_of(complaint));
    }
}

void append_not_cached(Output& out, const Manner& manner) {
    append_error(out, manner,
                 {Status::gateway_timeout, "not in the cache, and only-if-cached was asked for",
                  "X-Cache: MISS\r\nCache-Status: nearcache; detail=only-if-cached\r\n"});
}

Complaint complaint_of(Errc why) noexcept {
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
        case Errc::too_many_private_connections:
            return {Status::service_unavailable,
                    "too many connections to the backend of one client alone "
                    "(backend.max_private_connections)",
                    retry_soon};
        case Errc::shutting_down:
            return {Status::service_unavailable, "shutting down", retry_soon};
    }
    return {Status::internal_error, "internal error"};
}

void append_failure(Output& out, const Manner& manner, Errc why) {
    append_error(out, manner, complaint_of(why));
}

Status status_of_error(std::string_view line) noexcept {
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
    const auto* const found = std::ranges::find(by_code, line.substr(0, line.find(' ')),
                                                [](const auto& row) { return row.first; });
    return found == by_code.end() ? bad_gateway : found->second;
}

void append_backend_error(Output& out, const Manner& manner, std::string_view line) {
    const auto status = status_of_error(line);
    const bool is_for_now = status == Status::service_unavailable;
    append_error(out, manner, {status, line, is_for_now ? retry_soon : std::string_view{}});
}

}  // namespace nearcache::http
