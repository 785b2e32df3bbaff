#include "resp_server/dumped_value.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp/reply_writer.hpp"

namespace nearcache::resp_server {
namespace {

using Words = std::vector<std::string_view>;

std::string dumped(std::string_view type, std::string_view reply) {
    std::string text;
    CHECK(append_dumped(text, type, reply) == Dumped::written);
    return text;
}

std::string array(const Words& words) {
    std::string reply;
    resp::append_command(reply, words);
    return reply;
}

TEST_CASE("each type of Redis's is read by one command, and a module's by none") {
    CHECK(reading_of("string", "k") == Words{"GET", "k"});
    CHECK(reading_of("list", "k") == Words{"LRANGE", "k", "0", "-1"});
    CHECK(reading_of("set", "k") == Words{"SMEMBERS", "k"});
    CHECK(reading_of("hash", "k") == Words{"HGETALL", "k"});
    CHECK(reading_of("zset", "k") == Words{"ZRANGE", "k", "0", "-1", "WITHSCORES"});
    CHECK(reading_of("stream", "k") == Words{"XRANGE", "k", "-", "+"});
    CHECK(reading_of("ReJSON-RL", "k").empty());
    CHECK(reading_of("none", "k").empty());
}

TEST_CASE("a value is written in the form that its type has in JSON") {
    CHECK(dumped("string", "$3\r\na\"b\r\n") == R"("a\"b")");
    CHECK(dumped("string", "$0\r\n\r\n") == R"("")");
    CHECK(dumped("list", array({"b", "a", "b"})) == R"(["b","a","b"])");
    CHECK(dumped("set", array({"one"})) == R"(["one"])");
    CHECK(dumped("hash", array({"f", "1", "\xff", "2"})) == R"({"f":"1","base64:/w==":"2"})");
    CHECK(dumped("zset", array({"a", "1.5", "b", "-1e+20"})) == R"([["a",1.5],["b",-1e+20]])");
    CHECK(dumped("stream", "*2\r\n*2\r\n$3\r\n1-1\r\n" + array({"f", "v", "f", "w"}) +
                               "*2\r\n$3\r\n1-2\r\n" + array({"g", "x"})) ==
          R"([["1-1",["f","v","f","w"]],["1-2",["g","x"]]])");
}

TEST_CASE("scores that are no numbers to JSON are strings") {
    CHECK(dumped("zset", array({"a", "inf", "b", "-inf"})) == R"([["a","inf"],["b","-inf"]])");
}

TEST_CASE("a key that is gone has no value: nothing is written") {
    std::string text = "before";
    CHECK(append_dumped(text, "string", "$-1\r\n") == Dumped::vanished);
    for (const std::string_view type : {"list", "set", "hash", "zset", "stream"}) {
        CHECK(append_dumped(text, type, "*0\r\n") == Dumped::vanished);
    }
    CHECK(text == "before");
}

TEST_CASE("a reply of another form than its type has leaves nothing behind") {
    std::string text = "before";
    CHECK(append_dumped(text, "string", ":1x\r\n") == Dumped::malformed);
    CHECK(append_dumped(text, "string", "-ERR no\r\n") == Dumped::malformed);
    CHECK(append_dumped(text, "list", "$1\r\na\r\n") == Dumped::malformed);
    CHECK(append_dumped(text, "list", "*2\r\n$1\r\na\r\n:x\r\n") == Dumped::malformed);
    CHECK(append_dumped(text, "hash", array({"f", "v", "g"})) == Dumped::malformed);
    CHECK(append_dumped(text, "stream", array({"f"})) == Dumped::malformed);
    CHECK(append_dumped(text, "zset", "*2\r\n$1\r\na\r\n*0\r\n") == Dumped::malformed);
    CHECK(append_dumped(text, "other", "$1\r\na\r\n") == Dumped::malformed);
    CHECK(text == "before");
}

}  // namespace
}  // namespace nearcache::resp_server
