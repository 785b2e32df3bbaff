#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "http/request_parser.hpp"

namespace nearcache::http {

inline constexpr RequestLimits limits{.target_bytes = 40, .head_bytes = 300, .body_bytes = 50};

// Reads one request of bytes that arrive piece by piece, as a session does.
struct Reading {
    explicit Reading(std::string_view bytes) : Reading(bytes, bytes.size()) {}
    // In two parts.
    Reading(std::string_view bytes, std::size_t first_part) {
        read(bytes.substr(0, first_part));
        read(bytes);
    }
    static Reading byte_by_byte(std::string_view bytes) { return {bytes, Drops{}}; }

    bool is_whole() const { return parser.flaw() == Flaw::none && parser.is_done(); }

    Request request;
    RequestParser parser{request, limits};
    std::size_t used = 0;

  private:
    struct Drops {};
    Reading(std::string_view bytes, Drops) {
        for (std::size_t size = 1; size <= bytes.size(); ++size) read(bytes.substr(0, size));
    }
    // `arrived` is all that has arrived since the beginning. It lies where nothing else does: a
    // look too far is noticed.
    void read(std::string_view arrived) {
        if (parser.flaw() != Flaw::none || parser.is_done()) return;
        const std::vector<char> copy(arrived.begin() + static_cast<std::ptrdiff_t>(used),
                                     arrived.end());
        used += parser.read({copy.data(), copy.size()});
        REQUIRE(used <= arrived.size());
    }
};

// The same wherever the first part ends, and byte by byte.
template <class Check>
void read_in_parts(std::string_view bytes, Check&& check) {
    for (std::size_t first_part = 0; first_part <= bytes.size(); ++first_part) {
        CAPTURE(first_part);
        check(Reading(bytes, first_part));
    }
    check(Reading::byte_by_byte(bytes));
}

inline void check_refused(std::string_view bytes, Flaw flaw = Flaw::malformed) {
    CAPTURE(bytes);
    read_in_parts(bytes, [flaw](const Reading& reading) { CHECK(reading.parser.flaw() == flaw); });
}

inline void check_taken(std::string_view bytes) {
    CAPTURE(bytes);
    read_in_parts(bytes, [](const Reading& reading) { CHECK(reading.is_whole()); });
}

inline std::string get_with(std::string_view fields) {
    return "GET /k HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

inline std::string put_with(std::string_view fields, std::string_view body) {
    return "PUT /k HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

inline std::string in_chunks(std::string_view body) {
    return put_with("Transfer-Encoding: chunked\r\n", body);
}

}  // namespace nearcache::http
