#include "backend/redis/arming.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "backend/redis/codec.hpp"

namespace nearcache::backend::redis {

namespace {

using Verdict = Arming::Verdict;
using Prefixes = std::vector<std::string>;

constexpr std::string_view info_head =
    "*6\r\n$5\r\nflags\r\n*2\r\n$2\r\non\r\n$5\r\nbcast\r\n$8\r\nredirect\r\n:7\r\n"
    "$8\r\nprefixes\r\n";
constexpr std::string_view acknowledged =
    "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n";
constexpr std::string_view pong = "*2\r\n$4\r\npong\r\n$5\r\ntoken\r\n";

// What Redis 7 says, step by step, to a connection with the number 7 and no prefixes.
const std::vector<std::string> right_answers{
    ":7\r\n",
    "+OK\r\n",
    "+OK\r\n",
    std::string(info_head) + "*1\r\n$0\r\n\r\n",
    std::string(acknowledged),
    std::string(pong),
};

// How many of them come before the answer to that command.
enum Step : std::size_t { client_id, set_name, tracking, tracking_info, subscribe, ping };

Arming after(std::size_t steps, const Prefixes& prefixes = {}) {
    Arming arming(prefixes, "token");
    for (std::size_t i = 0; i < steps; ++i) {
        REQUIRE(arming.on_answer(decode(right_answers[i])) == Verdict::go_on);
    }
    return arming;
}

Verdict verdict_on(std::size_t step, std::string_view answer, const Prefixes& prefixes = {}) {
    auto arming = after(step, prefixes);
    return arming.on_answer(decode(answer));
}

std::string why_of(std::size_t step, std::string_view answer) {
    auto arming = after(step);
    CHECK(arming.on_answer(decode(answer)) == Verdict::refused);
    return arming.why();
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string info_with(std::string_view flags, std::string_view redirect = ":7\r\n",
                      std::string_view prefixes = "*1\r\n$0\r\n\r\n") {
    std::string info = "*6\r\n$5\r\nflags\r\n";
    info.append(flags).append("$8\r\nredirect\r\n").append(redirect);
    return info.append("$8\r\nprefixes\r\n").append(prefixes);
}

}  // namespace

TEST_CASE("a server that answers every step as Redis does is armed after the pong") {
    Arming arming({}, "token");

    for (std::size_t i = 0; i + 1 < right_answers.size(); ++i) {
        CHECK_FALSE(arming.is_last());
        CHECK(arming.on_answer(decode(right_answers[i])) == Verdict::go_on);
    }
    CHECK(arming.is_last());
    CHECK(arming.on_answer(decode(right_answers.back())) == Verdict::armed);
}

TEST_CASE("the sequence redirects tracking to its own connection, for all keys") {
    const std::vector<std::string> commands{
        "*2\r\n$6\r\nCLIENT\r\n$2\r\nID\r\n",
        "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$17\r\nnearcache-control\r\n",
        "*6\r\n$6\r\nCLIENT\r\n$8\r\nTRACKING\r\n$2\r\nON\r\n$8\r\nREDIRECT\r\n$1\r\n7\r\n"
        "$5\r\nBCAST\r\n",
        "*2\r\n$6\r\nCLIENT\r\n$12\r\nTRACKINGINFO\r\n",
        "*2\r\n$9\r\nSUBSCRIBE\r\n$20\r\n__redis__:invalidate\r\n",
        "*2\r\n$4\r\nPING\r\n$5\r\ntoken\r\n",
    };

    for (std::size_t step = 0; step < commands.size(); ++step) {
        CHECK(after(step).command() == commands[step]);
    }
}

TEST_CASE("with prefixes each is asked for, and all must be shown, in whatever order") {
    const Prefixes prefixes{"user:", "item:"};
    const auto shown = std::string(info_head) + "*2\r\n$5\r\nuser:\r\n$5\r\nitem:\r\n";
    const auto too_few = std::string(info_head) + "*1\r\n$5\r\nuser:\r\n";
    const auto all = std::string(info_head) + "*1\r\n$0\r\n\r\n";

    CHECK(after(tracking, prefixes)
              .command()
              .ends_with("$5\r\nBCAST\r\n$6\r\nPREFIX\r\n$5\r\nitem:\r\n"
                         "$6\r\nPREFIX\r\n$5\r\nuser:\r\n"));
    CHECK(verdict_on(tracking_info, shown, prefixes) == Verdict::go_on);
    CHECK(verdict_on(tracking_info, too_few, prefixes) == Verdict::refused);
    CHECK(verdict_on(tracking_info, all, prefixes) == Verdict::refused);
}

TEST_CASE("an answer of another kind than Redis gives is a refusal at each step but the name's") {
    const std::vector<std::string> odd_answers{
        ":0\r\n",  ":-1\r\n", "+OK\r\n", "+PONG\r\n", "$2\r\nOK\r\n",
        "$-1\r\n", "*-1\r\n", "*0\r\n",  ":7\r\n",    "$5\r\ntoken\r\n"};

    for (const std::size_t step : {client_id, tracking, tracking_info, subscribe, ping}) {
        for (const auto& answer : odd_answers) {
            if (answer == right_answers[step]) continue;
            CAPTURE(step);
            CAPTURE(answer);
            CHECK(verdict_on(step, answer) == Verdict::refused);
        }
        CHECK(after(step).on_answer(std::nullopt) == Verdict::refused);
    }
}

TEST_CASE("every answer of another step is a refusal") {
    for (const std::size_t step : {client_id, tracking, tracking_info, subscribe, ping}) {
        for (const auto& answer : right_answers) {
            if (answer != right_answers[step]) CHECK(verdict_on(step, answer) == Verdict::refused);
        }
    }
}

TEST_CASE("an error is a refusal, and tells what to do") {
    const auto no_channel = why_of(subscribe, "-NOPERM this user has no permissions\r\n");
    const auto too_old = why_of(tracking, "-ERR Unknown subcommand or wrong number\r\n");
    const auto renamed = why_of(client_id, "-ERR unknown command 'CLIENT'\r\n");
    const auto in_between = why_of(tracking, "-ERR 'x' is not offered by this proxy yet\r\n");

    CHECK(contains(no_channel, "SUBSCRIBE to __redis__:invalidate"));
    CHECK(contains(no_channel, "ACL SETUSER"));
    CHECK(contains(too_old, "CLIENT TRACKING is refused"));
    CHECK(contains(too_old, "Redis 6.2"));
    CHECK(contains(renamed, "not renamed"));
    CHECK(contains(in_between, "address of Redis itself"));
    CHECK(contains(why_of(ping, "-ERR no\r\n"), "PING"));
}

TEST_CASE("the connection's name is wanted, and not needed") {
    CHECK(verdict_on(set_name, "-NOPERM no\r\n") == Verdict::go_on);
    CHECK(verdict_on(set_name, "-ERR unknown subcommand\r\n") == Verdict::go_on);
    CHECK(verdict_on(set_name, ":1\r\n") == Verdict::go_on);
}

TEST_CASE("a server that cannot answer now is asked again, whatever the step") {
    for (std::size_t step = client_id; step <= ping; ++step) {
        for (const std::string_view error :
             {"-LOADING Redis is loading\r\n", "-MASTERDOWN Link with MASTER is down\r\n",
              "-BUSY Redis is busy\r\n", "-ERR max number of clients reached\r\n",
              "-NOAUTH Authentication required.\r\n"}) {
            CAPTURE(error);
            auto arming = after(step);
            CHECK(arming.on_answer(decode(error)) == Verdict::failed);
            CHECK(contains(error, arming.why()));
            CHECK_FALSE(arming.why().empty());
        }
    }
}

TEST_CASE("an OK to CLIENT TRACKING that TRACKINGINFO belies is a refusal") {
    const auto off = info_with("*1\r\n$3\r\noff\r\n", ":-1\r\n", "*0\r\n");
    const auto not_broadcasting = info_with("*1\r\n$2\r\non\r\n");
    const auto other_redirect = info_with("*2\r\n$2\r\non\r\n$5\r\nbcast\r\n", ":8\r\n");
    const auto broken = info_with("*3\r\n$2\r\non\r\n$5\r\nbcast\r\n$15\r\nbroken_redirect\r\n");
    const auto some_keys =
        info_with("*2\r\n$2\r\non\r\n$5\r\nbcast\r\n", ":7\r\n", "*1\r\n$5\r\nuser:\r\n");
    const auto incomplete = std::string("*2\r\n$5\r\nflags\r\n*1\r\n$2\r\non\r\n");

    for (const auto& info :
         {off, not_broadcasting, other_redirect, broken, some_keys, incomplete}) {
        CAPTURE(info);
        CHECK(verdict_on(tracking_info, info) == Verdict::refused);
    }
    CHECK(contains(why_of(tracking_info, off), "although the server said OK"));
}

TEST_CASE("an acknowledgement of another subscription is a refusal") {
    CHECK(verdict_on(subscribe, "*3\r\n$9\r\nsubscribe\r\n$5\r\nother\r\n:1\r\n") ==
          Verdict::refused);
    CHECK(verdict_on(subscribe, "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:2\r\n") ==
          Verdict::refused);
    CHECK(
        verdict_on(subscribe, "*3\r\n$10\r\npsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n") ==
        Verdict::refused);
}

TEST_CASE("a pong with another token, or of a connection that is not subscribed, is a refusal") {
    CHECK(verdict_on(ping, "*2\r\n$4\r\npong\r\n$5\r\nother\r\n") == Verdict::refused);
    CHECK(verdict_on(ping, "*2\r\n$4\r\nping\r\n$5\r\ntoken\r\n") == Verdict::refused);
    CHECK(verdict_on(ping, "$5\r\ntoken\r\n") == Verdict::refused);
    CHECK(contains(why_of(ping, "$5\r\ntoken\r\n"), "proxy in between"));
}

TEST_CASE("a Redis that cannot save answers pings with an error, and is armed all the same") {
    CHECK(verdict_on(ping, "-MISCONF Redis is configured to save RDB snapshots\r\n") ==
          Verdict::armed);
    CHECK(verdict_on(subscribe, "-MISCONF Redis is configured to save RDB snapshots\r\n") ==
          Verdict::refused);
}

}  // namespace nearcache::backend::redis
