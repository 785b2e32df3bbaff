#include "backend/embedded/words.hpp"

#include <limits>
#include <string>

#include <doctest/doctest.h>

namespace nearcache::backend::embedded {
namespace {

TEST_CASE("a number is taken only as Redis writes it") {
    using Limits = std::numeric_limits<std::int64_t>;
    CHECK(parse_integer("0") == 0);
    CHECK(parse_integer("-17") == -17);
    CHECK(parse_integer("9223372036854775807") == Limits::max());
    CHECK(parse_integer("-9223372036854775808") == Limits::min());
    for (const auto* text : {"", "-", "+1", "01", "-0", "-01", " 1", "1 ", "1.0", "1e3", "x",
                             "9223372036854775808", "-9223372036854775809"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_integer(text).has_value());
    }
}

TEST_CASE("a float is taken and written with all its digits and no idle ones") {
    CHECK(format_float(*parse_float("3.0")) == "3");
    CHECK(format_float(*parse_float("-0.0")) == "0");
    CHECK(format_float(*parse_float("100")) == "100");
    CHECK(format_float(*parse_float("0.1")) == "0.1");
    CHECK(format_float(*parse_float("1e20")) == "100000000000000000000");
    CHECK(format_float(*parse_float("-1.25")) == "-1.25");
    for (const auto* text : {"", " 1", "1 ", "nan", "1x", "1e5000", "1e-5000"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_float(text).has_value());
    }
    CHECK_FALSE(parse_float(std::string(6000, '1')).has_value());
    CHECK_FALSE(parse_float(std::string_view("1\0", 2)).has_value());
}

TEST_CASE("words are equal whatever their case, and only then") {
    CHECK(same_word("KeepTTL", "keepttl"));
    CHECK_FALSE(same_word("nx", "nxx"));
    CHECK_FALSE(same_word("nx", "xx"));
    CHECK_FALSE(same_word("[", "{"));
}

}  // namespace
}  // namespace nearcache::backend::embedded
