#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "http/request_parser.hpp"

namespace nearcache::http {
namespace {

using namespace std::chrono_literals;
using cache::Directives;

// Reads one whole request into what may hold an older one, as a session does.
void read(Request& request, std::string_view bytes) {
    RequestParser parser(request,
                         {.target_bytes = 1000, .head_bytes = 10'000, .body_bytes = 10'000});
    parser.read(bytes);
    REQUIRE(parser.flaw() == Flaw::none);
    REQUIRE(parser.is_done());
}

Request with_fields(std::string_view fields) {
    Request request;
    read(request, "GET /k HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n");
    return request;
}

TEST_CASE("a request without Cache-Control asks for nothing") {
    const auto request = with_fields("Accept: */*\r\n");

    CHECK_FALSE(request.has_directives);
    CHECK(request.directives == Directives{});
}

TEST_CASE("what Cache-Control says is part of the request") {
    const auto request = with_fields("cache-control: No-Cache, max-age=5\r\n");

    CHECK(request.has_directives);
    CHECK(request.directives.no_cache);
    CHECK(request.directives.max_age == 5s);
}

TEST_CASE("several fields add up") {
    const auto request = with_fields(
        "Cache-Control: no-store\r\nX: y\r\nCache-Control: max-age=9\r\nCACHE-CONTROL: "
        "max-age=7\r\n");

    CHECK(request.directives.no_store);
    CHECK_FALSE(request.directives.no_cache);
    CHECK(request.directives.max_age == 7s);
}

TEST_CASE("a field that says nothing of the cache leaves a request like any other") {
    for (const std::string_view value : {"", "no-transform", "foo=bar, ,", "max-ages=5"}) {
        CAPTURE(value);
        const auto request = with_fields("Cache-Control: " + std::string(value) + "\r\n");

        CHECK_FALSE(request.has_directives);
    }
}

TEST_CASE("Pragma: no-cache counts where there is no Cache-Control") {
    CHECK(with_fields("Pragma: no-cache\r\n").directives.no_cache);
    CHECK(with_fields("Pragma: no-cache\r\n").has_directives);
    CHECK(with_fields("pragma: a=b , No-Cache\r\n").directives.no_cache);
    CHECK(with_fields("Pragma: no-cache\r\nPragma: other\r\n").directives.no_cache);
    CHECK_FALSE(with_fields("Pragma: no-cached\r\n").has_directives);
    CHECK_FALSE(with_fields("Pragma: \"no-cache\"\r\n").has_directives);
}

TEST_CASE("with Cache-Control, before it or behind it, Pragma does not count") {
    CHECK_FALSE(with_fields("Pragma: no-cache\r\nCache-Control: x\r\n").directives.no_cache);
    CHECK_FALSE(
        with_fields("Cache-Control: max-age=1\r\nPragma: no-cache\r\n").directives.no_cache);
}

TEST_CASE("nothing is left over for the next request of a connection") {
    Request request;
    for (const std::string_view fields : {"Cache-Control: no-cache, no-store, only-if-cached, "
                                          "max-age=1, min-fresh=1, max-stale\r\n",
                                          "Pragma: no-cache\r\n"}) {
        CAPTURE(fields);
        read(request, "GET /k HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n");
        CHECK(request.has_directives);

        request.clear();
        read(request, "GET /k HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK_FALSE(request.has_directives);
        CHECK(request.directives == Directives{});
        request.clear();
    }
}

// RFC 9110, 6.5.1. It would be taken for part of the next request's directives, too.
TEST_CASE("a trailer asks for nothing, and leaves nothing over") {
    Request request;
    read(request,
         "PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nv\r\n0\r\n"
         "Cache-Control: no-cache\r\nPragma: no-cache\r\nHost: other\r\nExpect: 100-continue\r\n"
         "\r\n");
    CHECK(request.body == "v");
    CHECK_FALSE(request.has_directives);
    CHECK_FALSE(request.directives.no_cache);
    CHECK_FALSE(request.expects_continue);
    CHECK(request.hosts == 1);

    request.clear();
    read(request, "GET /k HTTP/1.1\r\nHost: h\r\nCache-Control: max-age=5\r\n\r\n");

    CHECK_FALSE(request.directives.no_cache);
    CHECK(request.directives.max_age == 5s);
}

}  // namespace
}  // namespace nearcache::http
