#include "backend/redis/lookup.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/backend/redis/sent_commands.hpp"

namespace nearcache::backend::redis {
namespace {

using namespace std::chrono_literals;
using Kind = GetReply::Kind;

template <std::size_t count>
std::array<GetReply, count> read_many(std::string_view values, std::string_view lives) {
    std::array<GetReply, count> replies;
    REQUIRE(read_lookup_of_many(values, lives, replies));
    return replies;
}

template <std::size_t count>
bool are_replies(std::string_view values, std::string_view lives) {
    std::array<GetReply, count> replies;
    return read_lookup_of_many(values, lives, replies);
}

}  // namespace

TEST_CASE("a lookup asks for the value, then for what is left of its life") {
    for (const std::string& key :
         {std::string("k"), std::string(), std::string("\0\r\n", 3), std::string(100'000, 'k')}) {
        std::string bytes = "before";

        append_lookup(bytes, key);

        REQUIRE(bytes.starts_with("before"));
        CHECK(read_commands(std::string_view(bytes).substr(6)) ==
              std::vector<Words>{{"GET", key}, {"PTTL", key}});
    }
}

TEST_CASE("a lookup of several keys asks once for their values, then for the life of each") {
    std::string bytes;

    append_lookup_of_many(bytes, std::vector<std::string_view>{"a", "b"});

    CHECK(read_commands(bytes) ==
          std::vector<Words>{{"MGET", "a", "b"}, {"PTTL", "a"}, {"PTTL", "b"}});
}

TEST_CASE("a value comes with what is left of its life, if it ends and that is known") {
    const auto ends = read_lookup("$1\r\nv\r\n", ":1500\r\n");
    const auto stays = read_lookup("$1\r\nv\r\n", ":-1\r\n");
    const auto just_gone = read_lookup("$1\r\nv\r\n", ":-2\r\n");
    const auto untold = read_lookup("$1\r\nv\r\n", "-NOPERM no\r\n");

    REQUIRE((ends && stays && just_gone && untold));
    CHECK(ends->kind == Kind::value);
    CHECK(ends->bytes == "v");
    CHECK(ends->remaining == 1500ms);
    CHECK(ends->is_life_known);
    CHECK(stays->remaining == std::nullopt);
    CHECK(stays->is_life_known);
    CHECK(just_gone->remaining == 0ms);
    CHECK(untold->remaining == 0ms);
    CHECK_FALSE(untold->is_life_known);
}

TEST_CASE("a key may be absent, or of another type, in both dialects") {
    CHECK(read_lookup("$-1\r\n", ":-2\r\n")->kind == Kind::absent);
    CHECK(read_lookup("_\r\n", ":-2\r\n")->kind == Kind::absent);
    const auto wrong = read_lookup("-WRONGTYPE it is a list\r\n", ":-1\r\n");
    CHECK(wrong->kind == Kind::error);
    CHECK(wrong->bytes == "WRONGTYPE it is a list");
}

TEST_CASE("what is no reply to a lookup is not taken for one") {
    CHECK_FALSE(read_lookup("+OK\r\n", ":-1\r\n"));
    CHECK_FALSE(read_lookup("*0\r\n", ":-1\r\n"));
    CHECK_FALSE(read_lookup("$1\r\nv\r\n", "$1\r\nv\r\n"));
    CHECK_FALSE(read_lookup("$1\r\nv\r\n", "+OK\r\n"));
}

TEST_CASE("the usual replies are read in one go as they are read one by one") {
    int usual = 0;
    for (const std::string value :
         {"$-1\r\n", "_\r\n", "$0\r\n\r\n", "$1\r\nv\r\n", "$4\r\n\r\n\r\n\r\n", "$01\r\nv\r\n",
          "$1\r\nvw\r\n", "$2\r\nv\r\n", "-WRONGTYPE no\r\n", "$-2\r\n", "$\r\n\r\n", "+v\r\n",
          "$0000000000000001\r\nv\r\n", "$99999999999999999999\r\nv\r\n"}) {
        for (const std::string life :
             {":-1\r\n", ":-2\r\n", ":0\r\n", ":1500\r\n", ":9223372036854775807\r\n", ":007\r\n",
              "-NOPERM no\r\n", ":\r\n", ":-\r\n", "+1\r\n", ":1\n\r"}) {
            CAPTURE(value);
            CAPTURE(life);
            const auto at_once = read_usual_lookup(value + life + "$5\r\nmore");
            if (!at_once) continue;
            ++usual;
            const auto in_turn = read_lookup(value, life);
            REQUIRE(in_turn);
            CHECK(at_once->size == value.size() + life.size());
            CHECK(at_once->reply.kind == in_turn->kind);
            CHECK(at_once->reply.bytes.size() == in_turn->bytes.size());
            CHECK(at_once->reply.remaining == in_turn->remaining);
            CHECK(at_once->reply.is_life_known == in_turn->is_life_known);
        }
    }
    CHECK(usual == 4 * 4);
}

TEST_CASE("replies that are not here as a whole are not read in one go") {
    const std::string_view whole = "$1\r\nv\r\n:-1\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CHECK_FALSE(read_usual_lookup(whole.substr(0, size)));
    }
    CHECK(read_usual_lookup(whole)->reply.bytes == "v");
}

TEST_CASE("of several keys each has a value and a life of its own") {
    const auto replies = read_many<3>("*3\r\n$1\r\na\r\n$0\r\n\r\n$4\r\n\r\n\r\n\r\n",
                                      ":-1\r\n:20\r\n-NOPERM no\r\n");

    CHECK(replies[0].bytes == "a");
    CHECK(replies[0].remaining == std::nullopt);
    CHECK(replies[1].kind == Kind::value);
    CHECK(replies[1].bytes == "");
    CHECK(replies[1].remaining == 20ms);
    CHECK(replies[2].bytes == "\r\n\r\n");
    CHECK_FALSE(replies[2].is_life_known);
}

TEST_CASE("nil from MGET is an absence only if the key has no life either") {
    for (const std::string_view nil : {"$-1\r\n", "_\r\n"}) {
        const auto values =
            "*4\r\n" + std::string(nil) + std::string(nil) + std::string(nil) + std::string(nil);

        const auto replies = read_many<4>(values, ":-2\r\n:-1\r\n:100\r\n-NOPERM no\r\n");

        CHECK(replies[0].kind == Kind::absent);
        CHECK(replies[1].kind == Kind::unsure);
        CHECK(replies[2].kind == Kind::unsure);
        CHECK(replies[3].kind == Kind::unsure);
    }
}

TEST_CASE("a refused MGET is the answer for every key") {
    const auto replies = read_many<2>("-NOPERM this user has no permissions\r\n", ":-1\r\n:-2\r\n");

    for (const auto& reply : replies) {
        CHECK(reply.kind == Kind::error);
        CHECK(reply.bytes == "NOPERM this user has no permissions");
    }
}

TEST_CASE("what is no reply to a lookup of several keys is not taken for one") {
    CHECK(are_replies<1>("*1\r\n$1\r\nv\r\n", ":-1\r\n"));
    CHECK_FALSE(are_replies<1>("*2\r\n$1\r\nv\r\n$1\r\nv\r\n", ":-1\r\n"));
    CHECK_FALSE(are_replies<2>("*1\r\n$1\r\nv\r\n", ":-1\r\n:-1\r\n"));
    CHECK_FALSE(are_replies<1>("*-1\r\n", ":-1\r\n"));
    CHECK_FALSE(are_replies<1>("$1\r\nv\r\n", ":-1\r\n"));
    CHECK_FALSE(are_replies<1>("*1\r\n:1\r\n", ":-1\r\n"));
    CHECK_FALSE(are_replies<1>("*1\r\n*0\r\n", ":-1\r\n"));
    CHECK_FALSE(are_replies<1>("*1\r\n-ERR no\r\n", ":-1\r\n"));
    CHECK_FALSE(are_replies<1>("*1\r\n$1\r\nv\r\n", "+OK\r\n"));
    CHECK_FALSE(are_replies<1>("*1\r\n$1\r\nv\r\n", "$1\r\nv\r\n"));
}

}  // namespace nearcache::backend::redis
