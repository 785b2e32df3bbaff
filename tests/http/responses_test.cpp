#include "http/responses.hpp"

#include <chrono>
#include <regex>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "http/entity_tag.hpp"
#include "tests/http/written.hpp"

namespace nearcache::http {
namespace {

using namespace std::chrono_literals;
using Kind = Source::Kind;

cache::EntryRef entry_of(std::string_view value) {
    return store::make_entry({.key = "k",
                              .hash = store::hash_of("k"),
                              .value = value,
                              .stored_at = TimePoint{},
                              .expires_at = TimePoint{}});
}

Manner without_body() {
    Manner manner;
    manner.without_body = true;
    return manner;
}

Manner closing() {
    Manner manner;
    manner.keeps_alive = false;
    return manner;
}

std::string value_reply(std::string_view value, const Source& source, const Manner& manner = {}) {
    Output out;
    append_value(out, manner, {*entry_of(value), {}}, source);
    return written(out);
}

std::string error_reply(const Complaint& complaint, const Manner& manner = {}) {
    Output out;
    append_error(out, manner, complaint);
    return written(out);
}

std::string failure_reply(Errc why) {
    Output out;
    append_failure(out, {}, why);
    return written(out);
}

std::string backend_reply(std::string_view line) {
    Output out;
    append_backend_error(out, {}, line);
    return written(out);
}

std::string status_of(const std::string& reply) {
    constexpr std::string_view version = "HTTP/1.1 ";
    return reply.substr(version.size(), reply.find("\r\n") - version.size());
}

bool asks_to_retry(const std::string& reply) {
    return reply.find("\r\nRetry-After: 1\r\n") != std::string::npos;
}

TEST_CASE("a value is answered with its exact bytes and their number") {
    CHECK(value_reply({"a\0\r\n", 4}, Source{}) ==
          std::string("HTTP/1.1 200 OK\r\nServer: nearcache\r\nX-Content-Type-Options: nosniff\r\n"
                      "Content-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\n"
                      "ETag: \"") +
              std::string(EntityTag(content_hash({"a\0\r\n", 4})).text().substr(1)) +
              "\r\nCache-Control: no-cache\r\nContent-Length: 4\r\n\r\n" +
              std::string("a\0\r\n", 4));
    CHECK(value_reply("", Source{}).ends_with("Content-Length: 0\r\n\r\n"));
}

TEST_CASE("the head of a value says where it came from") {
    const auto says = [](const Source& source, std::string_view fields) {
        return value_reply("v", source).find("\r\n" + std::string(fields) + "\r\n") !=
               std::string::npos;
    };

    CHECK(says({.kind = Kind::hit, .ttl = 59s, .age = 1s},
               "X-Cache: HIT\r\nCache-Status: nearcache; hit; ttl=59\r\nAge: 1"));
    CHECK(says({.kind = Kind::hit, .ttl = 0s},
               "X-Cache: HIT\r\nCache-Status: nearcache; hit; ttl=0\r\nAge: 0"));
    CHECK(says({.kind = Kind::hit}, "X-Cache: HIT\r\nCache-Status: nearcache; hit"));
    CHECK(says({.kind = Kind::stale, .ttl = -5s, .age = 65s, .detail = "max-stale"},
               "X-Cache: STALE\r\nCache-Status: nearcache; hit; ttl=-5; detail=max-stale\r\n"
               "Age: 65"));
    CHECK(says({.kind = Kind::stale, .ttl = 0s, .age = 1s, .detail = "stale-if-error"},
               "X-Cache: STALE\r\nCache-Status: nearcache; hit; ttl=0; detail=stale-if-error\r\n"
               "Age: 1"));
    CHECK(says({.kind = Kind::stale, .detail = "stale-if-error"},
               "X-Cache: STALE\r\nCache-Status: nearcache; hit; detail=stale-if-error"));
    CHECK(says({.kind = Kind::fetched}, "X-Cache: MISS\r\nCache-Status: nearcache; fwd=miss"));
    CHECK(says({.kind = Kind::fetched, .is_stored = true},
               "X-Cache: MISS\r\nCache-Status: nearcache; fwd=miss; stored"));
    CHECK(says({.kind = Kind::fetched, .is_stored = true, .is_collapsed = true},
               "X-Cache: MISS\r\nCache-Status: nearcache; fwd=miss; stored; collapsed"));
    CHECK(says({.kind = Kind::fetched, .is_collapsed = true},
               "X-Cache: MISS\r\nCache-Status: nearcache; fwd=miss; collapsed"));
    CHECK(says({.kind = Kind::fetched, .is_stored = true, .is_on_request = true},
               "X-Cache: MISS\r\nCache-Status: nearcache; fwd=request; stored"));
    CHECK(value_reply("v", Source{}).find("X-Cache") == std::string::npos);
}

TEST_CASE("no age is told of what was fetched for this request, or comes from nowhere") {
    CHECK(value_reply("v", {.kind = Kind::fetched}).find("Age:") == std::string::npos);
    CHECK(value_reply("v", Source{}).find("Age:") == std::string::npos);
}

// RFC 9111, 5.2.1.7. It did not go forward, and so says nothing of "fwd" (RFC 9211, 2.2).
TEST_CASE("what may come from the cache alone and is not there is a 504 that was not forwarded") {
    Output out;

    append_not_cached(out, {});

    CHECK(written(out) ==
          "HTTP/1.1 504 Gateway Timeout\r\nServer: nearcache\r\nX-Content-Type-Options: "
          "nosniff\r\nX-Cache: MISS\r\n"
          "Cache-Status: nearcache; detail=only-if-cached\r\n"
          "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 51\r\n\r\n"
          "not in the cache, and only-if-cached was asked for\n");
}

TEST_CASE("a short value is copied, a long one is shared and outlives its entry's other owners") {
    const std::string longest_copied(2 * 1024, 'v'), shared = longest_copied + "!";
    Output copied_out, shared_out;

    append_value(copied_out, {}, {*entry_of(longest_copied), {}}, Source{});
    append_value(shared_out, {}, {*entry_of(shared), {}}, Source{});

    CHECK_FALSE(copied_out.has_pinned());
    CHECK(written(copied_out).ends_with("\r\n\r\n" + longest_copied));
    CHECK(shared_out.has_pinned());
    CHECK(written(shared_out).ends_with("\r\n\r\n" + shared));
}

TEST_CASE("HEAD gets the head of the same answer, long or short, value or error") {
    const std::string shared(20'000, 'v');
    for (const std::string_view value : {std::string_view("short"), std::string_view(shared)}) {
        const auto whole = value_reply(value, Source{});
        CHECK(value_reply(value, Source{}, without_body()) + std::string(value) == whole);
    }

    const Complaint complaint{Status::bad_request, "no"};
    CHECK(error_reply(complaint, without_body()) + "no\n" == error_reply(complaint));
}

TEST_CASE("an absent key is a 404 without a body") {
    Output from_cache, from_backend;

    append_absent(from_cache, {}, {.kind = Kind::hit});
    append_absent(from_backend, {}, Source{});

    CHECK(written(from_cache) ==
          "HTTP/1.1 404 Not Found\r\nServer: nearcache\r\nX-Content-Type-Options: nosniff\r\n"
          "Cache-Control: no-cache\r\nX-Cache: HIT\r\n"
          "Cache-Status: nearcache; hit\r\nContent-Length: 0\r\n\r\n");
    CHECK(written(from_backend) ==
          "HTTP/1.1 404 Not Found\r\nServer: nearcache\r\nX-Content-Type-Options: nosniff\r\n"
          "Cache-Control: no-cache\r\nContent-Length: 0\r\n\r\n");
}

// RFC 9110, 8.6: a 204 has no Content-Length.
TEST_CASE("what was created has a head with a length, and the field that belongs to it") {
    Output out;

    append_empty(out, {}, Status::created, "ETag: \"x\"\r\n");

    CHECK(written(out) ==
          "HTTP/1.1 201 Created\r\nServer: nearcache\r\nX-Content-Type-Options: nosniff\r\n"
          "ETag: \"x\"\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a value says of what type it is, how long it is fresh, and which version it is") {
    const auto fields = [](const Source& source, std::string_view type) {
        Output out;
        append_value(out, {}, {*entry_of("hello"), type}, source);
        return written(out);
    };
    const auto says = [](const std::string& reply, std::string_view field) {
        return reply.find("\r\n" + std::string(field) + "\r\n") != reply.npos;
    };

    const auto fresh = fields({.kind = Kind::hit, .ttl = 59s}, "image/png");
    CHECK(says(fresh, "Content-Type: image/png"));
    CHECK(says(fresh, "Cache-Control: max-age=59"));
    CHECK(says(fresh, "ETag: \"9555e8555c62dcfd\""));
    CHECK(says(fields({.kind = Kind::stale, .ttl = -3s, .detail = "max-stale"}, ""),
               "Cache-Control: max-age=0"));
    CHECK(says(fields({.kind = Kind::fetched}, ""), "Cache-Control: no-cache"));
    CHECK(says(fields({.kind = Kind::fetched, .ttl = 7s, .is_stored = true}, ""),
               "Cache-Control: max-age=7"));
}

TEST_CASE("a part of a value says which, and shares a long one like the whole") {
    const auto value = "0123456789" + std::string(10'000, 'v');
    Output shorter, longer;

    append_value_part(shorter, {}, {*entry_of(value), {}}, Source{}, {ByteRange::Kind::part, 2, 4});
    append_value_part(longer, {}, {*entry_of(value), {}}, Source{},
                      {ByteRange::Kind::part, 9, 9'999});

    CHECK(written(shorter).starts_with("HTTP/1.1 206 Partial Content\r\n"));
    CHECK(written(shorter).find("Content-Range: bytes 2-4/10010\r\n") != std::string::npos);
    CHECK(written(shorter).ends_with("Content-Length: 3\r\n\r\n234"));
    CHECK(longer.has_pinned());
    CHECK(written(longer).ends_with("Content-Length: 9991\r\n\r\n9" + std::string(9'990, 'v')));
}

TEST_CASE("a client that has the value gets its validators and no body, nor a length of one") {
    Output out;

    append_not_modified(out, {}, {*entry_of("hello"), {}}, {.kind = Kind::hit, .ttl = 59s});

    CHECK(written(out) ==
          "HTTP/1.1 304 Not Modified\r\nServer: nearcache\r\nX-Content-Type-Options: nosniff\r\n"
          "ETag: \"9555e8555c62dcfd\"\r\nCache-Control: max-age=59\r\nX-Cache: HIT\r\n"
          "Cache-Status: nearcache; hit; ttl=59\r\nAge: 0\r\n\r\n");
}

TEST_CASE("a range that is not there is refused with the size that is") {
    Output out;

    append_not_satisfiable(out, {}, 5);

    CHECK(written(out).starts_with("HTTP/1.1 416 Range Not Satisfiable\r\n"));
    CHECK(written(out).find("\r\nContent-Range: bytes */5\r\n") != std::string::npos);
}

TEST_CASE("an error is a problem in JSON for those who ask for that") {
    Manner manner;
    manner.errors = ErrorForm::problem;

    CHECK(error_reply({Status::conflict, "WRONGTYPE \"x\"\n"}, manner)
              .ends_with("Content-Type: application/problem+json\r\nContent-Length: 84\r\n\r\n"
                         "{\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409,"
                         "\"detail\":\"WRONGTYPE \\\"x\\\"\\n\"}\n"));
}

TEST_CASE(
    "pages of other origins are told what they may read, and caches that it depends on them") {
    Manner allowed, foreign;
    allowed.varies_by_origin = foreign.varies_by_origin = true;
    allowed.allowed_origin = "https://app.example";

    CHECK(value_reply("v", Source{}).find("Vary") == std::string::npos);
    CHECK(value_reply("v", Source{}, foreign).find("\r\nVary: Origin\r\n") != std::string::npos);
    CHECK(value_reply("v", Source{}, foreign).find("Access-Control") == std::string::npos);
    CHECK(value_reply("v", Source{}, allowed)
              .find("\r\nVary: Origin\r\nAccess-Control-Allow-Origin: https://app.example\r\n"
                    "Access-Control-Expose-Headers: ") != std::string::npos);
}

TEST_CASE("a write that worked is a 204, which is all head and names no length") {
    Output out;

    append_empty(out, {}, Status::no_content);

    CHECK(
        written(out) ==
        "HTTP/1.1 204 No Content\r\nServer: nearcache\r\nX-Content-Type-Options: nosniff\r\n\r\n");
}

TEST_CASE("the client is told when the connection closes, and one of HTTP/1.0 when it does not") {
    Manner old_keep_alive, old_closing = closing();
    old_keep_alive.says_keep_alive = old_closing.says_keep_alive = true;
    const auto connection_field = [](const Manner& manner) -> std::string {
        const auto reply = value_reply("v", Source{}, manner);
        const auto at = reply.find("Connection: ");
        return at == reply.npos ? "" : reply.substr(at, reply.find("\r\n", at) - at);
    };

    CHECK(connection_field({}).empty());
    CHECK(connection_field(closing()) == "Connection: close");
    CHECK(connection_field(old_keep_alive) == "Connection: keep-alive");
    CHECK(connection_field(old_closing) == "Connection: close");
}

TEST_CASE("every answer carries a date of the form that HTTP wants") {
    Output out;
    append_empty(out, {}, Status::no_content);
    const std::string& text = out.text();

    const std::regex date(
        "\r\nDate: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] "
        "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
        "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT\r\n");
    CHECK(std::regex_search(text, date));
}

TEST_CASE("a complaint is one line of text, with the field that belongs to it") {
    CHECK(error_reply({Status::method_not_allowed, "not here", "Allow: GET\r\n"}) ==
          "HTTP/1.1 405 Method Not Allowed\r\nServer: nearcache\r\nX-Content-Type-Options: "
          "nosniff\r\nAllow: GET\r\n"
          "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 9\r\n\r\nnot here\n");
}

TEST_CASE("every status has its own line") {
    struct Row {
        Status status;
        std::string_view line;
    };
    for (const auto& [status, line] :
         {Row{Status::ok, "200 OK"},
          Row{Status::no_content, "204 No Content"},
          Row{Status::created, "201 Created"},
          Row{Status::partial_content, "206 Partial Content"},
          Row{Status::not_modified, "304 Not Modified"},
          Row{Status::unauthorized, "401 Unauthorized"},
          Row{Status::forbidden, "403 Forbidden"},
          Row{Status::length_required, "411 Length Required"},
          Row{Status::precondition_failed, "412 Precondition Failed"},
          Row{Status::range_not_satisfiable, "416 Range Not Satisfiable"},
          Row{Status::expectation_failed, "417 Expectation Failed"},
          Row{Status::bad_request, "400 Bad Request"},
          Row{Status::not_found, "404 Not Found"},
          Row{Status::method_not_allowed, "405 Method Not Allowed"},
          Row{Status::request_timeout, "408 Request Timeout"},
          Row{Status::conflict, "409 Conflict"},
          Row{Status::content_too_large, "413 Content Too Large"},
          Row{Status::uri_too_long, "414 URI Too Long"},
          Row{Status::header_fields_too_large, "431 Request Header Fields Too Large"},
          Row{Status::internal_error, "500 Internal Server Error"},
          Row{Status::not_implemented, "501 Not Implemented"},
          Row{Status::bad_gateway, "502 Bad Gateway"},
          Row{Status::service_unavailable, "503 Service Unavailable"},
          Row{Status::gateway_timeout, "504 Gateway Timeout"},
          Row{Status::version_not_supported, "505 HTTP Version Not Supported"},
          Row{Status::insufficient_storage, "507 Insufficient Storage"}}) {
        CHECK(status_of(error_reply({status, "why"})) == line);
    }
}

TEST_CASE("every failure has its status, and says when to come again if that helps") {
    CHECK(status_of(failure_reply(Errc::backend_unreachable)) == "503 Service Unavailable");
    CHECK(status_of(failure_reply(Errc::backend_connection_lost)) == "503 Service Unavailable");
    CHECK(status_of(failure_reply(Errc::backend_timeout)) == "504 Gateway Timeout");
    CHECK(status_of(failure_reply(Errc::backend_protocol_error)) == "502 Bad Gateway");
    CHECK(status_of(failure_reply(Errc::overloaded)) == "503 Service Unavailable");
    CHECK(status_of(failure_reply(Errc::shutting_down)) == "503 Service Unavailable");

    CHECK(asks_to_retry(failure_reply(Errc::backend_unreachable)));
    CHECK(asks_to_retry(failure_reply(Errc::backend_connection_lost)));
    CHECK(asks_to_retry(failure_reply(Errc::overloaded)));
    CHECK(asks_to_retry(failure_reply(Errc::shutting_down)));
    CHECK_FALSE(asks_to_retry(failure_reply(Errc::backend_timeout)));
    CHECK_FALSE(asks_to_retry(failure_reply(Errc::backend_protocol_error)));
}

TEST_CASE("an error line of the backend becomes the status of its code, and is shown") {
    CHECK(status_of(backend_reply("WRONGTYPE not a string")) == "409 Conflict");
    CHECK(status_of(backend_reply("OOM no memory")) == "507 Insufficient Storage");
    for (const std::string_view code :
         {"LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", "READONLY"}) {
        CAPTURE(code);
        const auto reply = backend_reply(std::string(code) + " come again");
        CHECK(status_of(reply) == "503 Service Unavailable");
        CHECK(asks_to_retry(reply));
    }
    CHECK(backend_reply("WRONGTYPE not a string").ends_with("\r\n\r\nWRONGTYPE not a string\n"));
}

TEST_CASE("an error line that nobody knows is a bad gateway") {
    for (const std::string_view line :
         {"ERR unknown", "NOAUTH please", "BUSYGROUP exists", "wrongtype", "OOMPH", ""}) {
        CAPTURE(line);
        CHECK(status_of(backend_reply(line)) == "502 Bad Gateway");
        CHECK_FALSE(asks_to_retry(backend_reply(line)));
    }
    CHECK(status_of(backend_reply("OOM")) == "507 Insufficient Storage");
}

}  // namespace
}  // namespace nearcache::http
