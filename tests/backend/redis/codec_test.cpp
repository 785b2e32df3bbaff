#include "backend/redis/codec.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/backend/redis/sent_commands.hpp"

namespace nearcache::backend::redis {
namespace {

using Kind = resp::Value::Kind;

std::string format(std::vector<std::string_view> words) { return format_command(words); }

std::string value_of(std::string_view reply) {
    const auto value = read_lookup_value(reply);
    switch (value.kind) {
        case LookupValue::Kind::value:
            return "value " + std::string(value.bytes);
        case LookupValue::Kind::absent:
            return "absent";
        case LookupValue::Kind::error:
            return "error " + std::string(value.bytes);
        case LookupValue::Kind::malformed:
            break;
    }
    return "malformed";
}

TEST_CASE("a command is an array of its words, whatever bytes are in them") {
    const std::string key("a\0\r\n b", 6);

    CHECK(format({"PING"}) == "*1\r\n$4\r\nPING\r\n");
    CHECK(format({"SET", "k", ""}) == "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n");
    CHECK(read_commands(format({"GET", key})) == std::vector<Words>{{"GET", key}});
    CHECK(read_commands(format({"AUTH", "%s%d", "100%"})) ==
          std::vector<Words>{{"AUTH", "%s%d", "100%"}});
}

TEST_CASE("the reply to a lookup is a value, an absence or an error") {
    CHECK(value_of("$5\r\nvalue\r\n") == "value value");
    CHECK(value_of("$0\r\n\r\n") == "value ");
    CHECK(value_of({"$4\r\na\0\r\n\r\n", 10}) == std::string("value a\0\r\n", 10));
    CHECK(value_of("$-1\r\n") == "absent");
    CHECK(value_of("_\r\n") == "absent");
    CHECK(value_of("-WRONGTYPE not a string\r\n") == "error WRONGTYPE not a string");
    CHECK(value_of("-\r\n") == "error ");
}

TEST_CASE("what is no answer to GET is malformed, not a value") {
    for (const std::string_view reply :
         {"", "$", ":1\r\n", "+OK\r\n", "*1\r\n$1\r\nv\r\n", "*-1\r\n", "%0\r\n"}) {
        CAPTURE(reply);
        CHECK(value_of(reply) == "malformed");
    }
}

TEST_CASE("a value is not copied") {
    const std::string reply = "$5\r\nvalue\r\n";

    CHECK(read_lookup_value(reply).bytes.data() == reply.data() + 4);
}

TEST_CASE("the number of an integer reply is read in its whole range") {
    CHECK(read_integer(":0\r\n") == 0);
    CHECK(read_integer(":-1\r\n") == -1);
    CHECK(read_integer(":9223372036854775807\r\n") == std::numeric_limits<std::int64_t>::max());
    CHECK(read_integer(":-9223372036854775808\r\n") == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("what is no integer reply has no number") {
    for (const std::string_view reply :
         {"", ":", ":\r\n", "1\r\n", "$1\r\n1\r\n", ":1x\r\n", ":x\r\n", ": 1\r\n",
          ":9223372036854775808\r\n", "-ERR no\r\n", "+1\r\n"}) {
        CAPTURE(reply);
        CHECK_FALSE(read_integer(reply));
    }
}

TEST_CASE("a reply is decoded to what it is") {
    const auto simple = decode("+PONG\r\n"), error = decode("-ERR no\r\n"),
               integer = decode(":-7\r\n"), null = decode("$-1\r\n"),
               bulk = decode({"$3\r\na\0b\r\n", 9}), none = decode("*-1\r\n");

    REQUIRE((simple && error && integer && null && bulk && none));
    CHECK(simple->is_simple("PONG"));
    CHECK_FALSE(simple->is_simple("OK"));
    CHECK(error->kind == Kind::error);
    CHECK(error->text == "ERR no");
    CHECK(integer->kind == Kind::integer);
    CHECK(integer->number == -7);
    CHECK(null->kind == Kind::null);
    CHECK(none->kind == Kind::null);
    CHECK(bulk->kind == Kind::bulk);
    CHECK(bulk->text == std::string("a\0b", 3));
}

TEST_CASE("a bulk string that says OK is not the status OK") {
    const auto bulk = decode("$2\r\nOK\r\n");

    REQUIRE(bulk);
    CHECK_FALSE(bulk->is_simple("OK"));
}

TEST_CASE("an array is decoded with all that is in it") {
    const auto array = decode("*3\r\n:1\r\n*2\r\n+a\r\n$-1\r\n*0\r\n");

    REQUIRE(array);
    REQUIRE(array->kind == Kind::array);
    REQUIRE(array->elements.size() == 3);
    CHECK(array->elements[0].number == 1);
    REQUIRE(array->elements[1].elements.size() == 2);
    CHECK(array->elements[1].elements[0].is_simple("a"));
    CHECK(array->elements[1].elements[1].kind == Kind::null);
    CHECK(array->elements[2].kind == Kind::array);
    CHECK(array->elements[2].elements.empty());
}

TEST_CASE("what is no whole reply is not decoded") {
    for (const std::string_view reply :
         {"", "?\r\n", "+PONG", "$5\r\nval\r\n", "*2\r\n:1\r\n", "HTTP/1.1 400 Bad Request\r\n"}) {
        CAPTURE(reply);
        CHECK_FALSE(decode(reply));
    }
}

}  // namespace
}  // namespace nearcache::backend::redis
