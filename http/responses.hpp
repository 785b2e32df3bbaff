#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "cache/cache_service.hpp"
#include "net/output.hpp"

namespace nearcache::http {

// What a client is sent; long values are shared with the cache, not copied.
using Output = net::Output<cache::EntryRef>;

enum class Status {
    ok = 200,
    no_content = 204,
    bad_request = 400,
    not_found = 404,
    method_not_allowed = 405,
    request_timeout = 408,
    conflict = 409,
    content_too_large = 413,
    uri_too_long = 414,
    header_fields_too_large = 431,
    internal_error = 500,
    not_implemented = 501,
    bad_gateway = 502,
    service_unavailable = 503,
    gateway_timeout = 504,
    version_not_supported = 505,
    insufficient_storage = 507,
};

// How the client wants to be answered.
struct Manner {
    bool keeps_alive = true;
    bool says_keep_alive = false;  // an HTTP/1.0 client must be told
    bool without_body = false;     // HEAD: everything but the body
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
    std::string_view detail = {};  // stale: a token
    // Of what is fetched:
    bool is_stored = false;      // kept for the next one
    bool is_collapsed = false;   // by another request's flight
    bool is_on_request = false;  // the request's own directives had it fetched
};

// 200 with a cached or fetched value; a long one is shared, not copied.
void append_value(Output& out, const Manner& manner, const cache::Entry& entry,
                  const Source& source);

// 404 of an absent key: nothing but the head.
void append_absent(Output& out, const Manner& manner, const Source& source);

// 204.
void append_no_content(Output& out, const Manner& manner);

struct Complaint {
    Status status;
    std::string_view text;              // one line, shown as text/plain
    std::string_view extra_field = {};  // a header field with its CR LF
};
void append_error(Output& out, const Manner& manner, const Complaint& complaint);

// 504: nothing that the request lets pass is held, and it forbids to fetch (RFC 9111, 5.2.1.7).
void append_not_cached(Output& out, const Manner& manner);

// The one place that turns an Errc into a status.
void append_failure(Output& out, const Manner& manner, Errc why);

// The one place that turns an error line of the backend ("WRONGTYPE ...") into a status.
void append_backend_error(Output& out, const Manner& manner, std::string_view line);

}  // namespace nearcache::http
