#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "cache/cache_service.hpp"
#include "http/byte_range.hpp"
#include "http/status.hpp"
#include "net/output.hpp"

namespace nearcache::http {

// What a client is sent; long values are shared with the cache, not copied.
using Output = net::Output<cache::EntryRef>;

// How an error is told.
enum class ErrorForm {
    text,     // one line
    problem,  // in JSON, as RFC 9457 has it
    result,   // in JSON, as in place of a command's result: {"error":"..."}
};

// How the client wants to be answered.
struct Manner {
    bool keeps_alive = true;
    bool says_keep_alive = false;  // an HTTP/1.0 client must be told
    bool without_body = false;     // HEAD: everything but the body
    ErrorForm errors = ErrorForm::text;
    bool varies_by_origin = false;
    std::string_view allowed_origin = {};  // Access-Control-Allow-Origin; of the config
};

// Where an answer came from: X-Cache, Age, and Cache-Status as RFC 9211 has it.
struct Source {
    enum class Kind {
        none,
        hit,
        stale,    // held, but not fresh: detail says why it was served all the same
        fetched,  // for want of an entry, or because the request's directives forbid it
    };

    Kind kind = Kind::none;
    // Of what is held: what is left of its life (none: not told), and how long ago it was fetched.
    std::optional<std::chrono::seconds> ttl = {};
    std::chrono::seconds age{0};
    std::string_view detail = {};  // a token; fetched: by whom, if not from the backend
    // Of what is fetched:
    bool is_stored = false;      // kept for the next one
    bool is_collapsed = false;   // by another request's flight
    bool is_on_request = false;  // the request's own directives had it fetched
};

// A value as it is shown.
struct Shown {
    const cache::Entry& entry;
    std::string_view content_type;  // empty: application/octet-stream
};

// 200 with a cached or fetched value; a long one is shared, not copied.
void append_value(Output& out, const Manner& manner, const Shown& shown, const Source& source);

// 206 with the bytes from `first` to `last`, both included.
void append_value_part(Output& out, const Manner& manner, const Shown& shown, const Source& source,
                       const ByteRange& range);

// 304: the client has it.
void append_not_modified(Output& out, const Manner& manner, const Shown& shown,
                         const Source& source);

// 416 for a value of that size.
void append_not_satisfiable(Output& out, const Manner& manner, std::uint64_t size);

// 404 of an absent key: nothing but the head.
void append_absent(Output& out, const Manner& manner, const Source& source);

// 204, or another status that goes without a body. The extra fields are whole lines.
void append_empty(Output& out, const Manner& manner, Status status,
                  std::string_view extra_fields = {});

struct Body {
    Status status = Status::ok;
    std::string_view content_type;
    std::string_view bytes;
    std::string_view extra_fields = {};  // header fields, each with its CR LF
};
void append_body(Output& out, const Manner& manner, const Body& body);

struct Complaint {
    Status status;
    std::string_view text;              // one line, shown as text/plain or in JSON
    std::string_view extra_field = {};  // a header field with its CR LF
};
void append_error(Output& out, const Manner& manner, const Complaint& complaint);

// 504: nothing that the request lets pass is held, and it forbids to fetch (RFC 9111, 5.2.1.7).
void append_not_cached(Output& out, const Manner& manner);

// The one place that turns an Errc into a status.
Complaint complaint_of(Errc why) noexcept;
void append_failure(Output& out, const Manner& manner, Errc why);

// The one place that turns an error line of the backend ("WRONGTYPE ...") into a status.
Status status_of_error(std::string_view line) noexcept;
void append_backend_error(Output& out, const Manner& manner, std::string_view line);

}  // namespace nearcache::http
