#include <cctype>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/http/reading.hpp"

// Where a request ends: two readers of one stream who disagree on it can be played off against each
// other, so what can be read in two ways is refused.
namespace nearcache::http {
namespace {

TEST_CASE("the line of a chunk and a trailer are bounded like a head") {
    check_taken(in_chunks("1;" + std::string(200, 'x') + "\r\nv\r\n0\r\n\r\n"));
    check_refused(in_chunks("1;" + std::string(400, 'x')), Flaw::head_too_large);
    check_refused(in_chunks(std::string(400, '0')), Flaw::head_too_large);
    check_taken(in_chunks("0\r\nT: " + std::string(200, 'x') + "\r\n\r\n"));
    check_refused(in_chunks("0\r\nT: " + std::string(400, 'x')), Flaw::head_too_large);
}

TEST_CASE("a body whose length is given twice, as a list, or in two ways, is refused") {
    check_taken(put_with("Content-Length: 3\r\n", "abc"));
    check_taken(put_with("Content-Length: \t 003 \t\r\n", "abc"));
    for (const std::string_view fields :
         {"Content-Length: 3\r\nContent-Length: 4\r\n",
          "Content-Length: 3\r\nContent-Length: 3\r\n",
          "Content-Length: 3\r\nX: y\r\ncontent-length: 3\r\n", "Content-Length: 3, 3\r\n",
          "Content-Length: 3,3\r\n", "Content-Length: ,3\r\n", "Content-Length: 3,\r\n",
          "Content-Length: 3;\r\n", "Content-Length: 3 3\r\n",
          "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
          "Content-Length: 3\r\nTransfer-Encoding: identity\r\n",
          "Transfer-Encoding: gzip\r\nContent-Length: 3\r\n",
          "Transfer-Encoding:\r\nContent-Length: 3\r\n"}) {
        check_refused(put_with(fields, "abc"));
    }
}

TEST_CASE("a length that is no plain number is refused") {
    for (const std::string_view length :
         {"", "-3", "+3", "3x", "x3", "0x3", "3.0", "3e0", "\"3\"", "'3'", "٣", "-0",
          "18446744073709551616", "99999999999999999999", "3\v", "3\f"}) {
        check_refused(put_with("Content-Length: " + std::string(length) + "\r\n", "abc"));
    }
}

TEST_CASE("a body whose end is coded in a way that is not known here is refused") {
    constexpr std::string_view body = "0\r\n\r\n";
    for (const std::string_view field :
         {"Transfer-Encoding: Chunked\r\n", "transfer-encoding:chunked\r\n",
          "Transfer-Encoding: \t chunked \t\r\n"}) {
        check_taken(put_with(field, body));
    }
    for (const std::string_view encoding :
         {"",          "gzip",      "gzip, chunked", "chunked, gzip",     "identity",
          "xchunked",  "chunkedx",  "chunked;x",     "chunked;q=1",       "chunked, chunked",
          "chunked,",  ",chunked",  "\"chunked\"",   "chunked chunked",   "\vchunked",
          "chunked\v", "\fchunked", "chunked\xa0",   "identity, chunked", "x\tchunked"}) {
        check_refused(put_with("Transfer-Encoding: " + std::string(encoding) + "\r\n", body));
    }
    for (const std::string_view fields :
         {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"}) {
        check_refused(put_with(fields, body));
    }
    check_refused("PUT /k HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    check_refused("PUT /k HTTP/1.0\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n");
}

TEST_CASE("chunks are read as RFC 9112 has them, and refused where another could differ") {
    for (const std::string_view body :
         {"0\r\n\r\n", "00\r\n\r\n", "1\r\nv\r\n0\r\n\r\n", "0001\r\nv\r\n0\r\n\r\n",
          "a\r\n0123456789\r\n0\r\n\r\n", "1;a\r\nv\r\n0;b=c\r\n\r\n",
          "1 ; a = \"b \\\" c\"\r\nv\r\n0\r\n\r\n", "1\r\nv\r\n0\r\nA: b\r\nC:\r\n\r\n"}) {
        check_taken(in_chunks(body));
    }
    for (const std::string_view body : {"\r\n\r\n\r\n",
                                        "zz\r\n\r\n",
                                        "-1\r\nv\r\n",
                                        "+1\r\nv\r\n",
                                        " 1\r\nv\r\n",
                                        "0x1\r\nv\r\n0\r\n\r\n",
                                        "1 \r\nv\r\n",
                                        "1\t\r\nv\r\n",
                                        "1\v\r\nv\r\n",
                                        "1,1\r\nv\r\n",
                                        "10000000000000000\r\n",
                                        "FFFFFFFFFFFFFFFFF\r\n",
                                        "1\r\nvw\r\n0\r\n\r\n",
                                        "2\r\nv\r\n0\r\n\r\n",
                                        "1\r\nv0\r\n\r\n",
                                        "1\nv\r\n0\r\n\r\n",
                                        "1\nv\n0\n\n",
                                        "1\r\nv\n0\r\n\r\n",
                                        "1\r\nv\r0\r\n\r\n",
                                        "1\rv\r\n0\r\n\r\n",
                                        "1;\r\nv\r\n",
                                        "1;a\nv\r\n0\r\n\r\n",
                                        "1;a=\r\nv\r\n",
                                        "1;a=\"\n\"\r\nv\r\n0\r\n\r\n",
                                        "1;a=\"\x01\"\r\nv\r\n0\r\n\r\n",
                                        "0;a=\"\n\"\r\n\r\n",
                                        "0;a=\"\x7f\"\r\n\r\n",
                                        "1;a=\"b\r\nv\"\r\n0\r\n\r\n",
                                        "1;a b\r\nv\r\n",
                                        "1\r\nv\r\n\r\n0\r\n\r\n",
                                        "0\n\n\r\n",
                                        "0\r\n\n\r\n"}) {
        check_refused(in_chunks(body));
    }
}

TEST_CASE("the bytes of a chunk may look like anything") {
    for (const std::string_view value :
         {"0\n", "0\r\n\r\n", "\n0\n0", "0\r0", "00000\n", "\r\n0\r\n\r\n"}) {
        const auto size = std::to_string(value.size());
        std::string body = size + "\r\n";
        body.append(value).append("\r\n" + size + "\r\n").append(value).append("\r\n0\r\n\r\n");
        read_in_parts(in_chunks(body), [value](const Reading& reading) {
            CHECK(reading.is_whole());
            CHECK(reading.request.body == std::string(value).append(value));
        });
    }
}

TEST_CASE("a trailer is held to the rules of a head, and says nothing of the request") {
    read_in_parts(in_chunks("1\r\nv\r\n0\r\nHost: x\r\nExpect: y\r\nIf-Match: z\r\n\r\n"),
                  [](const Reading& reading) {
                      CHECK(reading.is_whole());
                      CHECK(reading.request.host == "h");
                      CHECK_FALSE(reading.request.expects_the_unknown);
                      CHECK_FALSE(reading.request.has_fields);
                  });
    for (const std::string_view trailer :
         {"A b\r\n", "A : b\r\n", " A: b\r\n", ": b\r\n", "A: b\r\n c\r\n", "A:\r\n c\r\n",
          "A: b\n", "A: b\rC: d\r\n", "A: b\x01\r\n", "A\x01: b\r\n", "Content-Length: 1\r\n",
          "Transfer-Encoding: chunked\r\n"}) {
        check_refused(in_chunks("1\r\nv\r\n0\r\n" + std::string(trailer) + "\r\n"));
    }
}

TEST_CASE(
    "a field that goes on in another line is refused, whichever it is and however it is split") {
    for (const std::string_view field :
         {"X: a\r\n b\r\n", "X: a\r\n\tb\r\n", "X:\r\n b\r\n", "X: \r\n \r\n", "X: a\r\n \r\n",
          "X: a\r\n b\r\n c\r\n", "X:\r\n \r\n b\r\n", "Content-Length: 3\r\n 4\r\n",
          "Content-Length:\r\n 3\r\n", "Transfer-Encoding:\r\n chunked\r\n",
          "Transfer-Encoding: chunked\r\n ,gzip\r\n",
          "Transfer-Encoding: gzip,\r\n\tchunked\r\n"}) {
        check_refused(put_with(field, "abc"));
    }
    check_refused("GET /k HTTP/1.1\r\nHost: a\r\n b\r\n\r\n");
    check_refused("GET /k HTTP/1.1\r\n Host: a\r\n\r\n");
    check_refused("GET /k HTTP/1.1\r\n\tX: y\r\nHost: a\r\n\r\n");
    check_refused("GET /k HTTP/1.1\r\n \r\nHost: a\r\n\r\n");
    check_taken(get_with("X:\r\nY: \r\nZ: \t \r\nA:b\r\nC: \t d \t\r\n"));
}

TEST_CASE("a line that does not end in CR LF is refused") {
    for (const std::string_view bytes :
         {"GET /k HTTP/1.1\nHost: h\n\n", "GET /k HTTP/1.1\nHost: h\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost: h\n\r\n", "GET /k HTTP/1.1\r\nHost: h\r\n\n",
          "GET /k HTTP/1.1\r\nHost: h\r\nX: a\nY: b\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost: h\r\nX: a\rY: b\r\n\r\n", "GET /k HTTP/1.1\rHost: h\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost: h\r\r\n\r\n", "GET /k HTTP/1.1\r\nHost: h\r\n\r\r\n",
          "GET /k HTTP/1.1\r\r\nHost: h\r\n\r\n", "\nGET /k HTTP/1.1\r\nHost: h\r\n\r\n",
          "\rGET /k HTTP/1.1\r\nHost: h\r\n\r\n", "GET /k HTTP/2.0\nHost: h\r\n\r\n"}) {
        check_refused(bytes);
    }
}

TEST_CASE("a name or a value with a byte that does not belong there is refused") {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        CAPTURE(byte);
        const bool is_control = (byte < 0x20 && c != '\t') || byte == 0x7f;
        const auto value = get_with("X: a" + std::string(1, c) + "b\r\n");
        CHECK(Reading(value).is_whole() == !is_control);
        CHECK(Reading::byte_by_byte(value).is_whole() == !is_control);

        const bool is_token =
            byte < 0x80 && (std::isalnum(byte) != 0 ||
                            std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
        const auto name = get_with("X" + std::string(1, c) + "Y: b\r\n");
        // A colon ends the name.
        CHECK(Reading(name).is_whole() == (is_token || c == ':'));
        CHECK(Reading::byte_by_byte(name).is_whole() == (is_token || c == ':'));
    }
}

TEST_CASE("a method is a token, a target has no blanks and no control bytes") {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        CAPTURE(byte);
        const std::string_view others = "!#$%&'*+-.^_`|~";
        const bool is_token =
            byte < 0x80 && (std::isalnum(byte) != 0 || others.find(c) != others.npos);
        const std::string rest = " HTTP/1.1\r\nHost: h\r\n\r\n";
        const auto method = "G" + std::string(1, c) + "T /k" + rest;
        CHECK(Reading(method).is_whole() == is_token);
        CHECK(Reading::byte_by_byte(method).is_whole() == is_token);

        const auto target = "GET /" + std::string(1, c) + "k" + rest;
        const bool is_visible = byte > 0x20 && byte != 0x7f;
        CHECK(Reading(target).is_whole() == is_visible);
        CHECK(Reading::byte_by_byte(target).is_whole() == is_visible);
    }
}

TEST_CASE("what is no request is refused") {
    for (const std::string_view bytes :
         {"hello\r\n\r\n",
          "GET\r\n\r\n",
          "GET \r\n\r\n",
          "GET /k\r\n\r\n",
          "GET /k \r\n\r\n",
          " GET /k HTTP/1.1\r\n\r\n",
          "GET  /k HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /k  HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET\t/k HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /k\tHTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /k HTTP/1.1\t\r\nHost: h\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost h\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost : h\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost\t: h\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost: h\r\nA\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost: h\r\nA b: c\r\n\r\n",
          "GET /k HTTP/1.1\r\nHost: h\r\nConnection: close,,;\r\n\r\n",
          "*1\r\n$4\r\nPING\r\n",
          "PING\r\n",
          "\x16\x03\x01\x02\x01"}) {
        check_refused(bytes);
    }
}

}  // namespace
}  // namespace nearcache::http
