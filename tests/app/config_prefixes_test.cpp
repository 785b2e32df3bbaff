#include "app/config_prefixes.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace nearcache::app;

namespace {

using Prefixes = std::vector<std::string>;

Prefixes read(const std::string& text) {
    Prefixes prefixes;
    const auto wrong = add_prefixes(text, prefixes);
    CAPTURE(wrong.value_or(""));
    REQUIRE_FALSE(wrong.has_value());
    return prefixes;
}

// What is wrong with the text; empty when nothing is.
std::string complaint(const std::string& text) {
    Prefixes prefixes;
    return add_prefixes(text, prefixes).value_or("");
}

std::string all_bytes() {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    return bytes;
}

}  // namespace

TEST_CASE("commas part prefixes, and blanks around them mean nothing") {
    CHECK(read("user:") == Prefixes{"user:"});
    CHECK(read(" a ,\tb c\n") == Prefixes{"a", "b c"});
    CHECK(read("").empty());
    CHECK(read("  ").empty());
}

TEST_CASE("any byte of a prefix can be written with a percent sign") {
    CHECK(read("%20a%2C%3bb%25%00") == Prefixes{std::string(" a,;b%\0", 7)});
    for (const auto* const wrong : {"%", "a%", "%4", "%4x", "%x4", "%%"}) {
        CAPTURE(wrong);
        CHECK(complaint(wrong).find("has a '%' without two hex digits") != std::string::npos);
    }
}

TEST_CASE("a prefix of any bytes is shown so that it is read back, alone and in a list") {
    const auto bytes = all_bytes();

    CHECK(read(show_prefix(bytes)) == Prefixes{bytes});
    CHECK(read(show_prefix(bytes) + ",-") == Prefixes{bytes, "-"});
    CHECK(show_prefix("user:{1}/*") == "user:{1}/*");
}

TEST_CASE("what a file says means the same in a flag") {
    CHECK(read(without_separators(" a, b;c%41 ")) == Prefixes{" a, b;cA "});
}

TEST_CASE("an empty prefix is refused") {
    for (const auto* const wrong : {",", "a,", ",a", "a, ,b"}) {
        CAPTURE(wrong);
        CHECK(complaint(wrong) == "an empty prefix; for all keys name none");
    }
}

TEST_CASE("of two prefixes none may begin with the other, in either order") {
    CHECK(complaint("a,b,ab") ==
          "'ab' begins with 'a'; allowed: prefixes of which none begins with another");
    CHECK(complaint("ab,a") ==
          "'ab' begins with 'a'; allowed: prefixes of which none begins with another");
    CHECK(complaint("a,a") == "'a' is given twice");
    CHECK(complaint("ab,ac").empty());
}

TEST_CASE("prefixes that are bad together with those before add none") {
    Prefixes prefixes{"a"};

    CHECK(add_prefixes("b,ab", prefixes).has_value());
    CHECK(prefixes == Prefixes{"a"});
    CHECK_FALSE(add_prefixes("b", prefixes).has_value());
    CHECK(prefixes == Prefixes{"a", "b"});
}
