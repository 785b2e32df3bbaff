#include "resp_server/commands/proxy_commands.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;
using Said = std::vector<std::string>;

constexpr std::string_view syntax_error =
    "-ERR syntax error: PROXY.GET key [NOCACHE | [MAXAGE ms] [MINFRESH ms] [MAXSTALE ms] "
    "[ONLYCACHED]] [NOSTORE]\r\n";
constexpr std::string_view number_error = "-ERR value is not an integer or out of range\r\n";
constexpr std::string_view not_cached =
    "-NOTCACHED nothing that the request lets pass is in the cache\r\n";

// Values are fresh for 10 seconds; the rule says what happens after that.
Furnishing with_rule(cache::Rule rule) {
    rule.ttl = 10s;
    Furnishing furnishing;
    furnishing.cache.rules = {std::move(rule)};
    return furnishing;
}

TEST_CASE("PROXY.GET without options is GET") {
    House house;
    Visitor visitor(house);

    visitor.say("PROXY.GET k");
    CHECK(house.backend.commands() == Said{"GET k"});
    house.backend.answer(0, "k", "v");
    CHECK(visitor.hear() == bulk("v"));
    CHECK(visitor.ask("proxy.get k") == bulk("v"));
    CHECK(visitor.ask("GET k") == bulk("v"));

    CHECK(house.backend.gets() == 1);
}

TEST_CASE("PROXY.GET without options has its part in stale-while-revalidate") {
    House house(with_rule({.prefix = "", .stale_while_revalidate = 60s}));
    Visitor visitor(house);
    keep(house, "k", "v");
    house.clock.advance(10s);

    CHECK(visitor.ask("PROXY.GET k") == bulk("v"));
    CHECK(house.cache.counters().refreshes == 1);
    house.backend.answer(0, "k", "new");

    CHECK(visitor.ask("PROXY.GET k") == bulk("new"));
}

TEST_CASE("NOCACHE has the value fetched though it is here, for the others too") {
    House house;
    Visitor visitor(house);
    keep(house, "k", "v");
    house.clock.advance(1ms);

    CHECK(visitor.ask("PROXY.GET k nocache").empty());
    house.backend.answer(0, "k", "new");

    CHECK(visitor.hear() == bulk("new"));
    CHECK(visitor.ask("GET k") == bulk("new"));
}

TEST_CASE("MAXAGE takes what was fetched that many milliseconds ago, and nothing older") {
    House house;
    Visitor visitor(house);
    keep(house, "k", "v");
    house.clock.advance(250ms);

    CHECK(visitor.ask("PROXY.GET k MAXAGE 250") == bulk("v"));
    CHECK(visitor.ask("PROXY.GET k MaxAge 249").empty());
    house.backend.answer(0, "k", "new");
    CHECK(visitor.hear() == bulk("new"));
    CHECK(visitor.ask("PROXY.GET k MAXAGE 0") == bulk("new"));
    CHECK(visitor.ask("PROXY.GET k MAXAGE 3155760000000") == bulk("new"));
}

TEST_CASE("MAXSTALE takes what has been over for less than so many milliseconds") {
    House house;
    Visitor visitor(house);
    keep(house, "k", "v");
    house.clock.advance(60s + 250ms);

    CHECK(visitor.ask("PROXY.GET k MAXSTALE 251") == bulk("v"));
    CHECK(visitor.ask("PROXY.GET k MAXSTALE 3155760000000 ONLYCACHED") == bulk("v"));
    CHECK(visitor.ask("PROXY.GET k MAXSTALE 250").empty());
    house.backend.answer(0, "k", "new");

    CHECK(visitor.hear() == bulk("new"));
    CHECK(house.cache.counters().refreshes == 0);
}

TEST_CASE("MINFRESH takes what stays fresh for so many milliseconds more") {
    House house;
    Visitor visitor(house);
    keep(house, "k", "v");
    house.clock.advance(59s);

    CHECK(visitor.ask("PROXY.GET k MINFRESH 1000") == bulk("v"));
    CHECK(visitor.ask("PROXY.GET k minfresh 1001").empty());
    house.backend.answer(0, "k", "new");

    CHECK(visitor.hear() == bulk("new"));
    CHECK(visitor.ask("PROXY.GET k MINFRESH 60000") == bulk("new"));
}

TEST_CASE("NOSTORE takes what is here, and what it has fetched is not kept") {
    House house;
    Visitor visitor(house);
    keep(house, "here", "v");

    CHECK(visitor.ask("PROXY.GET here NOSTORE") == bulk("v"));
    CHECK(visitor.ask("PROXY.GET k NOSTORE").empty());
    house.backend.answer(0, "k", "once");
    CHECK(visitor.hear() == bulk("once"));
    CHECK(visitor.ask("PROXY.GET k ONLYCACHED nostore") == not_cached);
    house.clock.advance(1ms);
    CHECK(visitor.ask("PROXY.GET here NOCACHE NOSTORE").empty());
    house.backend.answer(0, "here", "new");

    CHECK(visitor.hear() == bulk("new"));
}

TEST_CASE("ONLYCACHED takes what is here; what is not is an error, since nil is an answer") {
    House house;
    Visitor visitor(house);
    keep(house, "k", "v");
    visitor.say("GET none");
    house.backend.answer_absent(0, "none");
    visitor.hear();

    CHECK(visitor.ask("PROXY.GET k ONLYCACHED") == bulk("v"));
    CHECK(visitor.ask("PROXY.GET none onlycached") == null_bulk);
    CHECK(visitor.ask("PROXY.GET other ONLYCACHED") == not_cached);
    house.clock.advance(1s);
    CHECK(visitor.ask("PROXY.GET k MAXAGE 999 ONLYCACHED") == not_cached);
    CHECK(visitor.ask("PROXY.GET k ONLYCACHED MAXAGE 1000") == bulk("v"));

    CHECK(house.backend.commands() == Said{"GET k", "GET none"});
    CHECK(house.in_flight.taken() + house.in_flight.refusals() == 0);
}

TEST_CASE("options of PROXY.GET that make no sense are refused, and reach nobody") {
    House house;
    Visitor visitor(house);

    for (const std::string_view options :
         {"NOPE", "NOCACHE NOPE", "MAXAGE", "ONLYCACHED MAXSTALE", "NOCACHE MAXAGE 1",
          "MAXAGE 1 NOCACHE", "NOCACHE ONLYCACHED", "NOCACHE MAXSTALE 1", "5", "MAXAGE 1 2",
          "NO-CACHE", "MINFRESH", "NOCACHE MINFRESH 1", "NOSTORE 1"}) {
        CAPTURE(options);
        CHECK(visitor.ask("PROXY.GET k " + std::string(options)) == syntax_error);
    }
    for (const std::string_view number :
         {"x", "-1", "1.5", "+1", "1s", "3155760000001", "9223372036854775808", "ONLYCACHED"}) {
        CAPTURE(number);
        CHECK(visitor.ask("PROXY.GET k MAXAGE " + std::string(number)) == number_error);
        CHECK(visitor.ask("PROXY.GET k MINFRESH " + std::string(number)) == number_error);
        CHECK(visitor.ask("PROXY.GET k MAXSTALE " + std::string(number)) == number_error);
    }
    CHECK(visitor.ask("PROXY.GET") == "-ERR wrong number of arguments for 'proxy.get' command\r\n");

    CHECK(house.backend.commands().empty());
}

TEST_CASE("an empty number is none") {
    House house;
    Visitor visitor(house);

    visitor.say_words({"PROXY.GET", "k", "MAXAGE", ""});

    CHECK(visitor.hear() == number_error);
}

TEST_CASE("PROXY.GET of any key, and of a value that is too long to copy, is what GET is") {
    const std::string value(copied_value_bytes + 1, 'v'), key("a\0\r\n", 4);
    House house;
    Visitor visitor(house);

    visitor.say_words({"PROXY.GET", key, "NOCACHE"});
    house.backend.answer(0, key, value);

    CHECK(visitor.hear() == bulk(value));
}

TEST_CASE("PROXY.GET keeps its place among the replies") {
    House house;
    Visitor visitor(house);
    keep(house, "here", "1");

    visitor.say("PROXY.GET a MAXAGE 5");
    visitor.say("PROXY.GET here MAXAGE 5");
    visitor.say("PROXY.GET b ONLYCACHED");
    visitor.say("PING");
    CHECK(visitor.hear().empty());
    house.backend.answer(0, "a", "2");

    CHECK(visitor.hear() == bulk("2") + bulk("1") + std::string(not_cached) + "+PONG\r\n");
}

TEST_CASE("behind a write of its own client that is not answered PROXY.GET goes the write's way") {
    House house;
    Visitor writer(house, 0), reader(house, 1);
    writer.say("SET k new");
    reader.say("GET k");
    house.backend.answer(1, "k", "old");

    for (const std::string_view options :
         {"", " NOCACHE", " MAXAGE 1000", " MAXSTALE 1000", " MAXAGE 1000 MAXSTALE 1000"}) {
        CAPTURE(options);
        writer.say("PROXY.GET k" + std::string(options));
        CHECK(house.backend.commands().back() == "> GET k");
    }
    writer.say("PROXY.GET k ONLYCACHED");
    CHECK(house.backend.forwards() == 6);
    house.backend.reply(0, "+OK\r\n");
    std::string expected = "+OK\r\n";
    for (int i = 0; i < 5; ++i) {
        house.backend.reply(0, "$3\r\nnew\r\n");
        expected += bulk("new");
    }

    CHECK(writer.hear() == expected + std::string(not_cached));
}

TEST_CASE("a write waits while a PROXY.GET of the same client waits for another lane") {
    House house;
    Visitor opener(house, 1), visitor(house, 0);
    opener.say("GET k");
    visitor.say("PROXY.GET k MAXAGE 1000");

    CHECK(visitor.say("SET k new") == Execution::later);
    house.backend.answer(1, "k", "old");
    house.lanes.run(0);
    CHECK(visitor.say("SET k new") == Execution::done);

    house.backend.reply(0, "+OK\r\n");
    CHECK(visitor.hear() == bulk("old") + "+OK\r\n");
}

TEST_CASE("PROXY.GET that has to fetch needs a permit, and gives it back") {
    House house(1);
    Visitor visitor(house), other(house);
    keep(house, "here", "v");
    visitor.say("PROXY.GET k NOCACHE");
    CHECK(house.in_flight.taken() == 1);

    CHECK(other.ask("PROXY.GET here NOCACHE") == overloaded);
    CHECK(other.ask("PROXY.GET here MAXAGE 0") == bulk("v"));
    house.backend.fail(0, Errc::backend_timeout);

    CHECK(house.in_flight.taken() == 0);
    CHECK(visitor.hear() == "-ERR backend timed out, the command may have taken effect\r\n");
}

TEST_CASE("when the backend cannot be asked GET is told the old value, NOCACHE the error") {
    House house(with_rule({.prefix = "", .stale_if_error = 60s}));
    Visitor strict(house), plain(house);
    keep(house, "k", "v");
    house.clock.advance(10s);
    strict.say("PROXY.GET k NOCACHE");
    plain.say("GET k");

    house.backend.answer_error(0, "k", "LOADING the dataset");

    CHECK(strict.hear() == "-LOADING the dataset\r\n");
    CHECK(plain.hear() == bulk("v"));
    CHECK(house.backend.gets() == 2);
}

// The words of an array of bulk strings.
Said words_in(std::string_view reply) {
    Said words;
    std::string_view rest = reply.substr(reply.find("\r\n") + 2);
    while (!rest.empty()) {
        const auto end = rest.find("\r\n");
        const auto size = std::stoul(std::string(rest.substr(1, end - 1)));
        words.emplace_back(rest.substr(end + 2, size));
        rest.remove_prefix(end + 2 + size + 2);
    }
    CHECK(reply.starts_with("*" + std::to_string(words.size()) + "\r\n"));
    return words;
}

std::string explained(Visitor& visitor, std::string_view key, std::string_view name) {
    const auto words = words_in(visitor.ask("PROXY.EXPLAIN " + std::string(key)));
    REQUIRE(words.size() % 2 == 0);
    for (std::size_t i = 0; i < words.size(); i += 2) {
        if (words[i] == name) return words[i + 1];
    }
    return "(none)";
}

TEST_CASE("PROXY.EXPLAIN gives names and values in turn, the key and the source first") {
    House house;
    Visitor visitor(house);
    keep(house, "k", "value");
    house.clock.advance(5ms);

    const auto words = words_in(visitor.ask("proxy.explain k"));

    CHECK(words == Said{"key",
                        "k",
                        "source",
                        "cache",
                        "why",
                        "held and fresh",
                        "held",
                        "value",
                        "fresh",
                        "1",
                        "age_ms",
                        "5",
                        "ttl_ms",
                        "59995",
                        "bytes",
                        "5",
                        "epoch",
                        "1",
                        "current_epoch",
                        "1",
                        "lease",
                        "none",
                        "write_hot",
                        "0",
                        "rule",
                        "all keys",
                        "mode",
                        "exclusive",
                        "backend_reachable",
                        "1"});
}

TEST_CASE("PROXY.EXPLAIN tells where an answer would come from") {
    House house;
    Visitor visitor(house), other(house);
    keep(house, "here", "v");
    other.say("GET asked");

    CHECK(explained(visitor, "here", "source") == "cache");
    CHECK(explained(visitor, "asked", "source") == "flight");
    CHECK(explained(visitor, "none", "source") == "backend");
    CHECK(explained(visitor, "none", "age_ms") == "(none)");
    house.backend.set_reachable(false);
    CHECK(explained(visitor, "none", "source") == "none");

    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("PROXY.EXPLAIN asks nobody, needs no permit and counts nothing") {
    House house(0);
    Visitor visitor(house);

    explained(visitor, "k", "source");

    CHECK(house.backend.commands().empty());
    CHECK(house.in_flight.refusals() == 0);
    CHECK(house.cache.stats().misses == 0);
}

TEST_CASE("PROXY.EXPLAIN takes any key, but only one") {
    House house;
    Visitor visitor(house);
    const std::string key("a\0\r\n$", 5);

    visitor.say_words({"PROXY.EXPLAIN", key});
    CHECK(words_in(visitor.hear())[1] == key);
    CHECK(visitor.ask("PROXY.EXPLAIN") ==
          "-ERR wrong number of arguments for 'proxy.explain' command\r\n");
    CHECK(visitor.ask("PROXY.EXPLAIN a b") ==
          "-ERR wrong number of arguments for 'proxy.explain' command\r\n");
}

}  // namespace
}  // namespace nearcache::resp_server
