#include "backend/redis/greeting.hpp"

#include <string>

#include <doctest/doctest.h>

namespace nearcache::backend::redis {

namespace {

Config config_with(std::string_view text) {
    std::string why;
    const auto url = parse_url(text, why);
    REQUIRE_MESSAGE(url, why);
    Config config;
    config.url = *url;
    return config;
}

Greeting greeting_for(std::string_view text, bool asks_run_id = false) {
    auto config = config_with(text);
    config.tracking.is_wanted = asks_run_id;
    return make_greeting(config.url, home_footing(config));
}

Greeting greeting_on(const Footing& footing, std::string_view text) {
    return make_greeting(config_with(text).url, footing);
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

TEST_CASE(
    "who wants to know which server it is asks before the PING, and knows which answer it is") {
    const auto plain = greeting_for("redis://h", true);
    const auto full = greeting_for("redis://u:p@h/3", true);

    CHECK(plain.commands == "*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n*1\r\n$4\r\nPING\r\n");
    CHECK(plain.replies == 2);
    CHECK(plain.info_at == 0);
    CHECK(full.replies == 4);
    CHECK(full.info_at == 2);
    CHECK_FALSE(greeting_for("redis://h").info_at);
}

TEST_CASE("a connection in RESP3 says so first, and who it is along with it") {
    const Footing resp3{.database = 2, .dialect = resp::Dialect::resp3};

    const auto plain = greeting_on(resp3, "redis://h/9");
    const auto secret = greeting_on(resp3, "redis://:p@h");
    const auto named = greeting_on(resp3, "redis://u:p@h");

    CHECK(plain.commands ==
          "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n"
          "*1\r\n$4\r\nPING\r\n");
    CHECK(plain.replies == 3);
    CHECK(plain.hello_at == 0);
    CHECK(secret.commands.starts_with(
        "*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$1\r\np\r\n"));
    CHECK(named.commands.starts_with(
        "*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$1\r\np\r\n"));
}

TEST_CASE("a connection that goes its own way takes its own database, not the URL's") {
    const auto first = greeting_on({.database = 0, .asks_id = true}, "redis://h/9");

    CHECK(first.commands == "*2\r\n$6\r\nCLIENT\r\n$2\r\nID\r\n*1\r\n$4\r\nPING\r\n");
    CHECK(first.id_at == 0);
    CHECK_FALSE(first.hello_at);
    CHECK_FALSE(greeting_for("redis://h").id_at);
}

TEST_CASE("a server agrees to RESP3 by a map") {
    CHECK_FALSE(refusal_in_hello("%1\r\n$5\r\nproto\r\n:3\r\n"));
    CHECK(refusal_in_hello("-NOPROTO unsupported protocol version\r\n") ==
          "NOPROTO unsupported protocol version");
    CHECK(refusal_in_hello("*0\r\n") == "unexpected answer to the greeting");
}

TEST_CASE("the run_id is read from an answer to INFO, and nothing from a refusal") {
    CHECK(run_id_in("$43\r\n# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\n\r\n") == "abc");
    CHECK(run_id_in("=20\r\ntxt:# Server\r\nrun_id:abc\r\n\r\n") == "abc");
    CHECK(run_id_in("$28\r\n# Server\r\nredis_version:7.0\r\n") == "");
    CHECK(run_id_in("-NOPERM no\r\n") == "");
    CHECK(run_id_in("$-1\r\n") == "");
    CHECK(run_id_in("") == "");
}

TEST_CASE("a field of INFO is found by its whole name only") {
    const std::string info = "# Server\r\nmaster_run_id:no\r\nrun_id:yes\r\nrun_id_2:no\r\n";

    CHECK(info_field(info, "run_id") == "yes");
    CHECK(info_field(info, "run") == "");
}

TEST_CASE("a run_id is compared by a number that is 0 only for none") {
    CHECK(run_fingerprint("") == 0);
    CHECK(run_fingerprint("abc") != 0);
    CHECK(run_fingerprint("abc") == run_fingerprint("abc"));
    CHECK(run_fingerprint("abc") != run_fingerprint("abd"));
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
