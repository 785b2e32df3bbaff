#include "http/byte_range.hpp"

#include <string_view>

#include <doctest/doctest.h>

namespace nearcache::http {
namespace {

using Kind = ByteRange::Kind;

TEST_CASE("a range of bytes is the part from its first to its last, as far as there are any") {
    struct Row {
        std::string_view field;
        std::uint64_t first;
        std::uint64_t last;
    };
    for (const auto& [field, first, last] :
         {Row{"bytes=0-0", 0, 0}, Row{"bytes=2-4", 2, 4}, Row{"bytes=5-", 5, 9},
          Row{"bytes=-3", 7, 9}, Row{"bytes=-100", 0, 9}, Row{"bytes=9-99999999999999999999", 9, 9},
          Row{"bytes=-99999999999999999999", 0, 9}, Row{"Bytes = 1-2 ", 1, 2},
          Row{"bytes=0-9", 0, 9}, Row{"bytes=0-10", 0, 9}}) {
        CAPTURE(field);
        const auto range = read_range(field, 10);
        CHECK(range.kind == Kind::part);
        CHECK(range.first == first);
        CHECK(range.last == last);
    }
}

TEST_CASE("what is behind the end cannot be had") {
    for (const std::string_view field :
         {"bytes=10-", "bytes=10-11", "bytes=99999999999999999999-", "bytes=-0"}) {
        CAPTURE(field);
        CHECK(read_range(field, 10).kind == Kind::unsatisfiable);
    }
    CHECK(read_range("bytes=0-", 0).kind == Kind::unsatisfiable);
    CHECK(read_range("bytes=-0", 0).kind == Kind::unsatisfiable);
}

TEST_CASE("anything else is passed over, and all is served") {
    for (const std::string_view field :
         {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=4-2", "bytes=1-2,4-5",
          "bytes=1-2,", "items=0-1", "bytes=--1", "bytes=1--2", "bytes=0x1-2", "bytes=1 -2",
          "bytes=+1-2", "=0-1"}) {
        CAPTURE(field);
        CHECK(read_range(field, 10).kind == Kind::whole);
    }
    CHECK(read_range("bytes=-5", 0).kind == Kind::whole);
}

}  // namespace
}  // namespace nearcache::http
