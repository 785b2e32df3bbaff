#include "base/percent.hpp"

#include <string>

#include <doctest/doctest.h>

namespace nearcache {
namespace {

TEST_CASE("every byte is read back from its escape") {
    for (int value = 0; value < 256; ++value) {
        const auto byte = static_cast<char>(value);
        std::string text;
        append_percent_escape(text, byte);

        CHECK(text.size() == 3);
        CHECK(percent_escape(text, 0) == byte);
    }
}

TEST_CASE("an escape is a percent sign and two hexadecimal digits, of either case") {
    CHECK(percent_escape("a%2fb", 1) == '/');
    CHECK(percent_escape("a%2Fb", 1) == '/');
    CHECK(percent_escape("%41", 0) == 'A');

    for (const auto* const text : {"", "%", "%4", "%4g", "%g4", "%-1", "% 1", "%%1", "x41"}) {
        CAPTURE(text);
        CHECK_FALSE(percent_escape(text, 0));
    }
    CHECK_FALSE(percent_escape("a%4", 1));
    CHECK_FALSE(percent_escape("%41", 3));
}

}  // namespace
}  // namespace nearcache
