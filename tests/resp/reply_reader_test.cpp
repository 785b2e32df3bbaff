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

TEST_CASE("what RESP3 has forms for is read as what RESP2 has instead") {
    for (const std::string_view reply :
         {"*6\r\n+a\r\n$3\r\n1.5\r\n+b\r\n:1\r\n+c\r\n$1\r\nx\r\n*1\r\n:0\r\n*2\r\n+m\r\n*-1\r\n",
          "%3\r\n+a\r\n,1.5\r\n+b\r\n#t\r\n+c\r\n=5\r\ntxt:x\r\n~1\r\n#f\r\n>2\r\n+m\r\n_\r\n"}) {
        CAPTURE(reply);
        ReplyReader reader(reply);
        ReplyReader by_pairs(reply);

        CHECK(by_pairs.read_map() == 3u);
        CHECK(reader.read_array() == 6u);
        CHECK(reader.read_text() == "a");
        CHECK(reader.read_text() == "1.5");
        CHECK(reader.read_text() == "b");
        CHECK(reader.read_integer() == 1);
        CHECK(reader.read_text() == "c");
        CHECK(reader.read_text() == "x");
        CHECK(reader.read_array() == 1u);
        CHECK(reader.read_integer() == 0);
        CHECK(reader.read_array() == 2u);
        CHECK(reader.read_text() == "m");
        CHECK(reader.read_null());
        CHECK(reader.is_at_end());
    }
}

TEST_CASE("big numbers are texts, empty maps and sets are empty") {
    ReplyReader reader("(3492890328409238509324850943850943825024385\r\n%0\r\n~0\r\n%0\r\n");

    CHECK(reader.read_text() == "3492890328409238509324850943850943825024385");
    CHECK(reader.read_array() == 0u);
    CHECK(reader.read_array() == 0u);
    CHECK(reader.read_map() == 0u);
    CHECK(reader.is_at_end());
}

TEST_CASE("an array of an odd number of elements is no map, nor is a set one") {
    CHECK_FALSE(ReplyReader("*3\r\n:1\r\n:2\r\n:3\r\n").read_map().has_value());
    CHECK_FALSE(ReplyReader("~2\r\n:1\r\n:2\r\n").read_map().has_value());
}

TEST_CASE("attributes are passed over, wherever they stand") {
    const std::string attribute = "|1\r\n+ttl\r\n*2\r\n:1\r\n|1\r\n+x\r\n_\r\n:2\r\n";
    const std::string reply = attribute + attribute + "*2\r\n" + attribute + ":7\r\n" + attribute +
                              "$1\r\na\r\n" + attribute + "_\r\n" + attribute + "%1\r\n" +
                              attribute + "+k\r\n:1\r\n:5\r\n";
    ReplyReader reader(reply);

    CHECK_FALSE(reader.read_text().has_value());
    CHECK(reader.read_array() == 2u);
    CHECK_FALSE(reader.read_null());
    CHECK(reader.read_integer() == 7);
    CHECK(reader.read_text() == "a");
    CHECK(reader.read_null());
    CHECK(reader.skip());
    CHECK(reader.read_integer() == 5);
    CHECK(reader.is_at_end());
}

TEST_CASE("an attribute without its value is neither read nor skipped") {
    for (const std::string_view bytes : {"|1\r\n+a\r\n+b\r\n", "|1\r\n+a\r\n", "|0\r\n"}) {
        CAPTURE(bytes);
        ReplyReader reader(bytes);

        CHECK_FALSE(reader.skip());
        CHECK_FALSE(reader.read_text().has_value());
        CHECK_FALSE(reader.is_at_end());
    }
}

TEST_CASE("every kind of RESP3 is skipped with what it holds") {
    const std::string whole =
        "%3\r\n+a\r\n~2\r\n#t\r\n_\r\n|1\r\n+b\r\n,inf\r\n>1\r\n(12\r\n=5\r\ntxt:x\r\n"
        "!5\r\nERR x\r\n-no\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(ReplyReader(std::string_view(whole).substr(0, size)).skip());
    }
    const std::string followed = whole + ":5\r\n";
    ReplyReader reader(followed);
    CHECK(reader.skip());
    CHECK(reader.read_integer() == 5);
}

TEST_CASE("all nulls are null, and neither text nor array") {
    for (const std::string_view null : {"$-1\r\n", "*-1\r\n", "_\r\n"}) {
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
    constexpr std::string_view no_replies[] = {"x\r\n",
                                               "*\r\n",
                                               "*x\r\n",
                                               "* 1\r\n+a\r\n",
                                               "*-2\r\n",
                                               "$-2\r\n",
                                               "*01\r\n+a\r\n",
                                               "%-1\r\n",
                                               "$3\r\nabcd\r\n",
                                               "$01\r\na\r\n",
                                               "*-0\r\n",
                                               "$3\r\nab\r\n\r\n",
                                               "~-1\r\n",
                                               "|x\r\n+a\r\n",
                                               "?\r\n",
                                               "%x\r\n",
                                               "_",
                                               "#t\r",
                                               "=3\r\ntxt\r"};
    for (const auto bytes : no_replies) {
        CAPTURE(bytes);
        ReplyReader reader(bytes);

        CHECK_FALSE(reader.read_array().has_value());
        CHECK_FALSE(reader.read_text().has_value());
        CHECK_FALSE(reader.read_integer().has_value());
        CHECK_FALSE(reader.skip());
    }
}

TEST_CASE("a line that says nothing is not read, but skipped: where it ends is plain") {
    for (const std::string_view bytes :
         {":\r\n", ":1x\r\n", ":+1\r\n", ":99999999999999999999\r\n", "_x\r\n", "#x\r\n"}) {
        CAPTURE(bytes);
        ReplyReader reader(bytes);

        CHECK_FALSE(reader.read_integer().has_value());
        CHECK_FALSE(reader.read_text().has_value());
        CHECK_FALSE(reader.read_null());
        CHECK(reader.skip());
        CHECK(reader.is_at_end());
    }
}

TEST_CASE("counts and lengths that the bytes do not bear out are not believed") {
    for (const std::string_view bytes :
         {"*999999999999\r\n:1\r\n", "*9223372036854775807\r\n", "$9223372036854775807\r\nab\r\n",
          "$999999999999\r\nab\r\n", "*2\r\n:1\r\n", "%9223372036854775808\r\n",
          "%4611686018427387904\r\n:1\r\n:1\r\n", "|999999999999\r\n:1\r\n",
          "~3\r\n:1\r\n:1\r\n"}) {
        CAPTURE(bytes);
        CHECK_FALSE(ReplyReader(bytes).skip());
    }
    CHECK_FALSE(ReplyReader("*4\r\n+\r\n+\r\n+\r\n").read_array().has_value());
    CHECK(ReplyReader("*3\r\n+\r\n+\r\n+\r\n").read_array() == 3u);
    CHECK_FALSE(ReplyReader("%2\r\n+\r\n+\r\n+\r\n").read_map().has_value());
    CHECK_FALSE(ReplyReader("=4\r\ntext\r\n").read_text().has_value());
}

TEST_CASE("arrays within arrays may be as deep as they like") {
    constexpr int depth = 1'000'000;
    std::string deep;
    for (int i = 0; i < depth; ++i) deep += "*1\r\n";

    CHECK_FALSE(ReplyReader(deep).skip());
    CHECK(ReplyReader(deep + ":1\r\n").skip());
}

TEST_CASE("attributes of attributes may be as deep as they like") {
    constexpr int depth = 300'000;
    std::string deep;
    for (int i = 0; i < depth; ++i) deep += "|1\r\n";
    for (int i = 0; i < 2 * depth; ++i) deep += ":1\r\n";
    deep += ":7\r\n";
    ReplyReader reader(deep);

    CHECK(reader.read_integer() == 7);
    CHECK(reader.is_at_end());
}

}  // namespace
}  // namespace nearcache::resp
