#include "http/reply_json.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace nearcache::http {
namespace {

using enum Strings;

std::string json(std::string_view reply, Strings strings = plain) {
    std::string out;
    if (!append_value(out, reply, strings)) return "(none)";
    return out;
}

std::string outcome(std::string_view reply, Strings strings = plain) {
    std::string out;
    resp::ReplyReader reader(reply);
    return append_outcome(out, reader, strings) ? out : "(none)";
}

TEST_CASE("each kind of reply has its kind of JSON") {
    CHECK(json("+OK\r\n") == R"("OK")");
    CHECK(json("+PONG\r\n") == R"("PONG")");
    CHECK(json("$5\r\nhel\"o\r\n") == R"("hel\"o")");
    CHECK(json("$0\r\n\r\n") == R"("")");
    CHECK(json(":-42\r\n") == "-42");
    CHECK(json("$-1\r\n") == "null");
    CHECK(json("*-1\r\n") == "null");
    CHECK(json("*0\r\n") == "[]");
    CHECK(json("*2\r\n$1\r\na\r\n:1\r\n") == R"(["a",1])");
}

TEST_CASE("arrays may be in arrays, as deep as a script likes") {
    CHECK(json("*3\r\n*2\r\n:1\r\n*0\r\n*1\r\n*1\r\n$-1\r\n+x\r\n") == R"([[1,[]],[[null]],"x"])");
    CHECK(json("*1\r\n*-1\r\n") == "[null]");

    constexpr std::size_t depth = 100'000;
    std::string reply, expected;
    for (std::size_t i = 0; i < depth; ++i) reply += "*1\r\n";
    expected.append(depth, '[').append("1").append(depth, ']');
    CHECK(json(reply + ":1\r\n") == expected);
}

TEST_CASE("an error within is an object of its own") {
    CHECK(json("*2\r\n-WRONGTYPE a \"list\"\r\n:1\r\n") ==
          R"([{"error":"WRONGTYPE a \"list\""},1])");
}

TEST_CASE("an integer that JavaScript would round is a string") {
    CHECK(json(":9007199254740991\r\n") == "9007199254740991");
    CHECK(json(":-9007199254740991\r\n") == "-9007199254740991");
    CHECK(json(":9007199254740992\r\n") == R"("9007199254740992")");
    CHECK(json(":-9223372036854775808\r\n") == R"("-9223372036854775808")");
    CHECK(json("*1\r\n:9223372036854775807\r\n") == R"(["9223372036854775807"])");
    CHECK(json(":9007199254740992\r\n", base64) == R"("OTAwNzE5OTI1NDc0MDk5Mg==")");
}

TEST_CASE("bytes that are no UTF-8 are told as such, and not altered") {
    CHECK(json("$2\r\n\xff\x01\r\n") == R"({"base64":"/wE="})");
    CHECK(json("*1\r\n$1\r\n\xff\r\n") == R"([{"base64":"/w=="}])");
    CHECK(json("$2\r\n\xff\x01\r\n", base64) == R"("/wE=")");
}

TEST_CASE("in base64 is every string but the status OK as a whole reply") {
    CHECK(json("+OK\r\n", base64) == R"("OK")");
    CHECK(json("$2\r\nOK\r\n", base64) == R"("T0s=")");
    CHECK(json("*1\r\n+OK\r\n", base64) == R"(["T0s="])");
    CHECK(json("+PONG\r\n", base64) == R"("UE9ORw==")");
    CHECK(json("*3\r\n$1\r\na\r\n$-1\r\n:7\r\n", base64) == R"(["YQ==",null,7])");
}

TEST_CASE("an outcome is a result or an error, whose text is never in base64") {
    CHECK(outcome("+OK\r\n", base64) == R"({"result":"OK"})");
    CHECK(outcome("$1\r\na\r\n", base64) == R"({"result":"YQ=="})");
    CHECK(outcome("$-1\r\n") == R"({"result":null})");
    CHECK(outcome("-ERR no\r\n", base64) == R"({"error":"ERR no"})");
    CHECK(outcome("-ERR \xff\r\n") == "{\"error\":\"ERR \xef\xbf\xbd\"}");
}

TEST_CASE("outcomes are read one behind the other, as many as there are") {
    std::string out;
    resp::ReplyReader reader(":1\r\n*1\r\n:2\r\n-ERR x\r\n");

    CHECK(append_outcome(out, reader, plain));
    CHECK(append_outcome(out, reader, plain));
    CHECK(append_outcome(out, reader, plain));
    CHECK_FALSE(append_outcome(out, reader, plain));

    CHECK(out == R"({"result":1}{"result":[2]}{"error":"ERR x"})");
}

TEST_CASE("only an error line is an error") {
    CHECK(error_in("-ERR a b\r\n") == "ERR a b");
    CHECK(error_in("+OK\r\n") == std::nullopt);
    CHECK(error_in("$4\r\n-ERR\r\n") == std::nullopt);
    CHECK(error_in("") == std::nullopt);
}

}  // namespace
}  // namespace nearcache::http
