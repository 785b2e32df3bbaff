#include "tests/support/reply_comparison.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/reply_frames.hpp"

namespace nearcache::tests {

TEST_CASE("a frame of every type is written as it was read") {
    const std::vector<std::string> frames{"+OK\r\n",
                                          "-ERR no\r\n",
                                          ":12\r\n",
                                          "$-1\r\n",
                                          "$0\r\n\r\n",
                                          "$4\r\n\r\n\r\n\r\n",
                                          "*-1\r\n",
                                          "*0\r\n",
                                          "_\r\n",
                                          ",1.5\r\n",
                                          "#t\r\n",
                                          "(12345678901234567890\r\n",
                                          "=8\r\ntxt:some\r\n",
                                          "!3\r\nERR\r\n",
                                          "%1\r\n+a\r\n*2\r\n:1\r\n~1\r\n:2\r\n",
                                          "|1\r\n+a\r\n:1\r\n:2\r\n",
                                          ">2\r\n+a\r\n_\r\n"};

    for (const auto& bytes : frames) {
        CAPTURE(bytes);
        const auto parsed = parse_frame(bytes + "+next\r\n");
        REQUIRE(parsed);
        CHECK(parsed->size == bytes.size());
        CHECK(parsed->frame.bytes() == bytes);
        CHECK(frame_size(bytes + "+next\r\n") == bytes.size());
    }
}

TEST_CASE("a frame is not whole before its last byte is there") {
    const std::string bytes = "%1\r\n$1\r\na\r\n*2\r\n:1\r\n$2\r\nbc\r\n";

    for (std::size_t i = 0; i < bytes.size(); ++i) {
        CAPTURE(i);
        CHECK_FALSE(frame_size(bytes.substr(0, i)));
        CHECK_FALSE(parse_frame(bytes.substr(0, i)));
    }
}

TEST_CASE("pushes and messages come out of band, and arrays do not") {
    CHECK(is_out_of_band(">2\r\n$10\r\ninvalidate\r\n_\r\n"));
    CHECK(is_out_of_band("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nv\r\n"));
    CHECK(is_out_of_band("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"));
    CHECK_FALSE(is_out_of_band("*2\r\n$4\r\npong\r\n$0\r\n\r\n"));
    CHECK_FALSE(is_out_of_band("*2\r\n$7\r\nmessage\r\n$1\r\nc\r\n"));
    CHECK(is_confirmation(">3\r\n$11\r\nunsubscribe\r\n_\r\n:0\r\n"));
    CHECK_FALSE(is_confirmation("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nv\r\n"));
}

TEST_CASE("the order of elements may differ only where it is a hash table's") {
    const std::string one = "*2\r\n$1\r\na\r\n$1\r\nb\r\n";
    const std::string other = "*2\r\n$1\r\nb\r\n$1\r\na\r\n";

    CHECK(is_same_reply(one, other, comparison_for({"smembers", "t"})));
    CHECK_FALSE(is_same_reply(one, other, comparison_for({"LRANGE", "l", "0", "-1"})));
    CHECK_FALSE(is_same_reply(one, "*1\r\n$1\r\na\r\n", comparison_for({"SMEMBERS", "t"})));
}

TEST_CASE("pairs may change places, and what is in them may not") {
    const auto hgetall = comparison_for({"HGETALL", "h"});

    CHECK(
        is_same_reply("*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "*4\r\n+b\r\n:2\r\n+a\r\n:1\r\n", hgetall));
    CHECK(
        is_same_reply("%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "%2\r\n+b\r\n:2\r\n+a\r\n:1\r\n", hgetall));
    CHECK_FALSE(
        is_same_reply("*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "*4\r\n+a\r\n:2\r\n+b\r\n:1\r\n", hgetall));
    CHECK_FALSE(is_same_reply("%1\r\n+a\r\n:1\r\n", "*2\r\n+a\r\n:1\r\n", hgetall));
}

TEST_CASE("times may differ by two seconds, and their absence not at all") {
    const auto ttl = comparison_for({"TTL", "s"});
    const auto pttl = comparison_for({"PTTL", "s"});

    CHECK(is_same_reply(":1000\r\n", ":998\r\n", ttl));
    CHECK_FALSE(is_same_reply(":1000\r\n", ":997\r\n", ttl));
    CHECK(is_same_reply(":1000000\r\n", ":998001\r\n", pttl));
    CHECK_FALSE(is_same_reply(":-1\r\n", ":-2\r\n", ttl));
    CHECK_FALSE(is_same_reply(":1\r\n", ":-1\r\n", pttl));
}

TEST_CASE("what only the server knows is not compared, and the rest of the reply is") {
    const auto hello = comparison_for({"HELLO", "3"});
    const auto pending = comparison_for({"XPENDING", "x", "g", "-", "+", "9"});

    CHECK(is_same_reply("%2\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:7\r\n",
                        "%2\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:9\r\n", hello));
    CHECK_FALSE(is_same_reply("%2\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:7\r\n",
                              "%2\r\n$5\r\nproto\r\n:2\r\n$2\r\nid\r\n:7\r\n", hello));
    CHECK(is_same_reply("*1\r\n*4\r\n+1-1\r\n+c\r\n:5\r\n:1\r\n",
                        "*1\r\n*4\r\n+1-1\r\n+c\r\n:8\r\n:1\r\n", pending));
    CHECK_FALSE(is_same_reply("*1\r\n*4\r\n+1-1\r\n+c\r\n:5\r\n:1\r\n",
                              "*1\r\n*4\r\n+1-1\r\n+c\r\n:5\r\n:2\r\n", pending));
    CHECK_FALSE(is_same_reply("$2\r\n12\r\n", "$-1\r\n", comparison_for({"DUMP", "s"})));
    CHECK_FALSE(is_same_reply("-ERR a\r\n", "-ERR b\r\n", comparison_for({"INFO"})));
}

TEST_CASE("the outcome of a transaction is compared by the commands in it") {
    const std::string one = "*2\r\n*2\r\n+a\r\n+b\r\n:1\r\n";
    const std::string other = "*2\r\n*2\r\n+b\r\n+a\r\n:1\r\n";

    CHECK(is_same_outcome(one, other, {Comparison::unordered, Comparison::exact}));
    CHECK_FALSE(is_same_outcome(one, other, {Comparison::exact, Comparison::exact}));
    CHECK_FALSE(is_same_outcome(one, "*-1\r\n", {Comparison::unordered, Comparison::exact}));
}

}  // namespace nearcache::tests
