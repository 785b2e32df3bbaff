#include "resp/reply_reader.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace nearcache::resp {
namespace {

TEST_CASE("values are read one after the other, each by its kind") {
    ReplyReader reader("*3\r\n$4\r\na\r\nb\r\n+OK\r\n:-12\r\n");

    CHECK(reader.read_array() == 3u);
    CHECK(reader.read_text() == "a\r\nb");
    CHECK(reader.read_text() == "OK");
    CHECK(reader.read_integer() == -12);
    CHECK(reader.is_at_end());
}

TEST_CASE("a value of another kind is left where it is") {
    ReplyReader reader(":7\r\n");

    CHECK_FALSE(reader.read_array().has_value());
    CHECK_FALSE(reader.read_text().has_value());
    CHECK_FALSE(reader.read_null());
    CHECK(reader.read_integer() == 7);
}

TEST_CASE("both nulls are null, and neither text nor array") {
    for (const std::string_view null : {"$-1\r\n", "*-1\r\n"}) {
        CAPTURE(null);
        ReplyReader reader(null);

        CHECK_FALSE(reader.read_text().has_value());
        CHECK_FALSE(reader.read_array().has_value());
        CHECK(reader.read_null());
        CHECK(reader.is_at_end());
    }
}

TEST_CASE("a skipped value takes with it all that it holds") {
    ReplyReader reader("*3\r\n*2\r\n:1\r\n$-1\r\n*-1\r\n*1\r\n-ERR no\r\n:5\r\n");

    CHECK(reader.skip());
    CHECK(reader.read_integer() == 5);
}

TEST_CASE("what ends too early is neither read nor skipped, wherever it ends") {
    const std::string whole = "*3\r\n$3\r\nabc\r\n*2\r\n:12\r\n+x\r\n$-1\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(ReplyReader(std::string_view(whole).substr(0, size)).skip());
    }
    CHECK(ReplyReader(whole).skip());
}

TEST_CASE("what is no reply is neither read nor skipped") {
    for (const std::string_view bytes :
         {"x\r\n", "*\r\n", "*x\r\n", "* 1\r\n+a\r\n", "*-2\r\n", "$-2\r\n", "$3\r\nabcd\r\n",
          "$3\r\nab\r\n\r\n", ":\r\n", ":1x\r\n", ":+1\r\n", ":99999999999999999999\r\n"}) {
        CAPTURE(bytes);
        ReplyReader reader(bytes);

        CHECK_FALSE(reader.read_array().has_value());
        CHECK_FALSE(reader.read_text().has_value());
        CHECK_FALSE(reader.read_integer().has_value());
        CHECK_FALSE(reader.skip());
    }
}

TEST_CASE("counts and lengths that the bytes do not bear out are not believed") {
    for (const std::string_view bytes :
         {"*999999999999\r\n:1\r\n", "*9223372036854775807\r\n", "$9223372036854775807\r\nab\r\n",
          "$999999999999\r\nab\r\n", "*2\r\n:1\r\n"}) {
        CAPTURE(bytes);
        CHECK_FALSE(ReplyReader(bytes).skip());
    }
    CHECK_FALSE(ReplyReader("*4\r\n+\r\n+\r\n+\r\n").read_array().has_value());
    CHECK(ReplyReader("*3\r\n+\r\n+\r\n+\r\n").read_array() == 3u);
}

TEST_CASE("arrays within arrays may be as deep as they like") {
    constexpr int depth = 1'000'000;
    std::string deep;
    for (int i = 0; i < depth; ++i) deep += "*1\r\n";

    CHECK_FALSE(ReplyReader(deep).skip());
    CHECK(ReplyReader(deep + ":1\r\n").skip());
}

}  // namespace
}  // namespace nearcache::resp
