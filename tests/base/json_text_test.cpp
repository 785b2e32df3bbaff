#include "base/json_text.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace nearcache {
namespace {

using namespace std::string_view_literals;

std::string json(std::string_view bytes) {
    std::string text;
    append_json(text, bytes);
    return text;
}

std::string base64(std::string_view bytes) {
    std::string text;
    append_base64(text, bytes);
    return text;
}

TEST_CASE("a text is a JSON string as it is") {
    CHECK(json("") == R"("")");
    CHECK(json("plain / text") == R"("plain / text")");
    CHECK(json("grün €") == "\"grün €\"");
    CHECK(json("\xf0\x9f\x98\x80") == "\"\xf0\x9f\x98\x80\"");
    CHECK(json("\x7f") == "\"\x7f\"");
}

TEST_CASE("what JSON does not let stand in a string is escaped, line ends among it") {
    CHECK(json("a\"b\\c") == R"("a\"b\\c")");
    CHECK(json("\r\n\t") == R"("\r\n\t")");
    CHECK(json("a\0\x01\x1f"sv) == R"("a\u0000\u0001\u001f")");
}

TEST_CASE("what is no text is base64, and so is what looks like it") {
    CHECK(json("\xff") == R"("base64:/w==")");
    CHECK(json("\xff\0"sv) == R"("base64:/wA=")");
    CHECK(json("base64:") == R"("base64:YmFzZTY0Og==")");
    CHECK(json("base64") == R"("base64")");
    CHECK(json("a base64:") == R"("a base64:")");
}

TEST_CASE("a text that is known to be one is itself, whatever it begins with") {
    std::string out = "x";
    append_json_text(out, "base64:\"\n\xc3\xa4");

    CHECK(out == "x\"base64:\\\"\\n\xc3\xa4\"");
}

TEST_CASE("in a message for people U+FFFD stands for each byte that is no text") {
    const auto message = [](std::string_view bytes) {
        std::string out;
        append_json_message(out, bytes);
        return out;
    };

    CHECK(message("") == R"("")");
    CHECK(message("ERR \"a\"") == R"("ERR \"a\"")");
    CHECK(message("\xff") == "\"\xef\xbf\xbd\"");
    CHECK(message("a\xc3\xa4\xc3(\xe2\x82") ==
          "\"a\xc3\xa4\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST_CASE("base64 is that of RFC 4648") {
    CHECK(base64("").empty());
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64("\xfb\xff\xfe") == "+//+");
}

TEST_CASE("UTF-8 has one form for each character, and none for what is no character") {
    for (const auto text :
         {"\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv,
          "\xee\x80\x80"sv, "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv}) {
        CAPTURE(text);
        CHECK(is_utf8(text));
    }
    for (const auto bytes :
         {"\x80"sv, "\xc1\x81"sv, "\xc3"sv, "\xc3("sv, "\xe0\x9f\xbf"sv, "\xe2\x82"sv,
          "\xed\xa0\x80"sv, "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv,
          "\xf0\x90\x80"sv, "a\xe2\x28\xa1"sv}) {
        CAPTURE(base64(bytes));
        CHECK_FALSE(is_utf8(bytes));
    }
}

}  // namespace
}  // namespace nearcache
