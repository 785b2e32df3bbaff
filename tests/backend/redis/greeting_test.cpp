#include "backend/redis/greeting.hpp"

#include <string>

#include <doctest/doctest.h>

namespace nearcache::backend::redis {

namespace {

Greeting greeting_for(std::string_view text) {
    std::string why;
    const auto url = parse_url(text, why);
    REQUIRE_MESSAGE(url, why);
    return make_greeting(*url);
}

}  // namespace

TEST_CASE("a greeting asks for what the URL wants and ends with PING") {
    const auto plain = greeting_for("redis://h");
    const auto full = greeting_for("redis://u:p@h/3");

    CHECK(plain.commands == "*1\r\n$4\r\nPING\r\n");
    CHECK(plain.replies == 1);
    CHECK(full.commands ==
          "*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$1\r\np\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"
          "*1\r\n$4\r\nPING\r\n");
    CHECK(full.replies == 3);
}

TEST_CASE("a server that answers as it should lets us in") {
    CHECK_FALSE(refusal_in("+OK\r\n"));
    CHECK_FALSE(refusal_in("+PONG\r\n"));
}

TEST_CASE("a server that refuses or is not ready does not let us in, and says why") {
    CHECK(refusal_in("-NOAUTH Authentication required.\r\n") == "NOAUTH Authentication required.");
    CHECK(refusal_in("-LOADING Redis is loading\r\n") == "LOADING Redis is loading");
    CHECK(refusal_in(":1\r\n") == "unexpected answer to the greeting");
}

TEST_CASE("a Redis that cannot save still serves reads, although it refuses PING") {
    CHECK_FALSE(refusal_in("-MISCONF Redis is configured to save RDB snapshots, but...\r\n"));
}

}  // namespace nearcache::backend::redis
