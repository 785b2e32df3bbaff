#include "base/glob.hpp"

#include <string>

#include <doctest/doctest.h>

namespace nearcache {
namespace {

struct Case {
    std::string_view pattern;
    std::string_view text;
    bool matches;
};

void check(std::initializer_list<Case> cases) {
    for (const auto& [pattern, text, matches] : cases) {
        CAPTURE(pattern);
        CAPTURE(text);
        CHECK(matches_glob(pattern, text) == matches);
    }
}

TEST_CASE("plain letters, ? and * match what they say") {
    check({
        {"abc", "abc", true},
        {"abc", "abcd", false},
        {"abc", "ab", false},
        {"Abc", "abc", false},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"*", "", true},
        {"*", "anything", true},
        {"a*", "a", true},
        {"*c", "abc", true},
        {"*b", "abc", false},
        {"a*c*e", "abcde", true},
        {"a*c*e", "abde", false},
        {"*ab", "aab", true},
        {"a**b", "ab", true},
        {"a*", "b", false},
        {"", "", true},
        {"", "a", false},
    });
}

TEST_CASE("sets match one byte of theirs") {
    check({
        {"[abc]", "b", true},
        {"[abc]", "d", false},
        {"[a-c]x", "bx", true},
        {"[c-a]", "b", true},
        {"[^a]", "b", true},
        {"[^a]", "a", false},
        {"[^a]", "", false},
        {"[\\]]", "]", true},
        {"[\\-x]", "-", true},
        {"[a-]", "-", false},
        {"[a-]", "a", true},
        {"[\xf0-\xff]", "\xf8", true},
        {"[a]b]", "ab]", true},
        {"[]", "a", false},
        {"[^]", "a", true},
    });
}

TEST_CASE("a backslash takes the next byte as it is") {
    check({
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a\\?c", "a?c", true},
        {"\\a", "a", true},
    });
}

TEST_CASE("odd patterns mean what they mean to Redis") {
    check({
        {"**", "", false},
        {"[a", "a", true},
        {"[a", "b", false},
        {"[", "[", false},
        {"a\\", "a\\", true},
        {"[^", "x", true},
        {"[a-", "-", true},
    });
}

TEST_CASE("a pattern of many stars is decided in no time") {
    std::string pattern;
    for (int i = 0; i < 200; ++i) pattern += "a*";
    const std::string text(2000, 'a');

    CHECK(matches_glob(pattern, text));
    CHECK_FALSE(matches_glob(pattern + "b", text));
}

}  // namespace
}  // namespace nearcache
