#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp_server/commands/read_commands.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using Said = std::vector<std::string>;

struct Case {
    const char* words;
    const char* part;
};

TEST_CASE("a length is told of what is cached, and is 0 of what is known to be absent") {
    House house;
    keep(house, "k", "value");
    keep(house, "empty", "");
    Visitor visitor(house);
    visitor.say("GET absent");
    house.backend.answer_absent(0, "absent");
    visitor.hear();

    CHECK(visitor.ask("STRLEN k") == ":5\r\n");
    CHECK(visitor.ask("STRLEN empty") == ":0\r\n");
    CHECK(visitor.ask("STRLEN absent") == ":0\r\n");
    CHECK(house.backend.forwards() == 0);
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("a part is counted as Redis counts it") {
    House house;
    keep(house, "k", "0123456789");
    Visitor visitor(house);

    for (const auto& [words, part] : {
             Case{"0 3", "0123"},
             Case{"3 3", "3"},
             Case{"0 -1", "0123456789"},
             Case{"-3 -1", "789"},
             Case{"-100 2", "012"},
             Case{"8 100", "89"},
             Case{"10 12", ""},
             Case{"5 4", ""},
             Case{"-1 -5", ""},
             Case{"-1 0", ""},
             Case{"-100 -90", "0"},
             Case{"-100 -100", "0"},
             Case{"0 9223372036854775807", "0123456789"},
             Case{"-9223372036854775808 9223372036854775807", "0123456789"},
             Case{"-9223372036854775808 -9223372036854775808", "0"},
             Case{"9223372036854775807 -9223372036854775808", ""},
         }) {
        CAPTURE(words);
        CHECK(visitor.ask("GETRANGE k " + std::string(words)) == bulk(part));
        CHECK(visitor.ask("substr k " + std::string(words)) == bulk(part));
    }
    CHECK(house.backend.forwards() == 0);
}

TEST_CASE("of an empty value and of an absent key every part is empty, in both dialects") {
    House house;
    keep(house, "empty", "");
    Visitor visitor(house);
    visitor.say("GET absent");
    house.backend.answer_absent(0, "absent");
    visitor.hear();

    for (const auto dialect : {resp::Dialect::resp2, resp::Dialect::resp3}) {
        visitor.client().set_dialect(dialect);
        for (const auto* range : {" 0 -1", " 0 0", " -1 -1", " -2 -1", " 5 3"}) {
            CHECK(visitor.ask("GETRANGE empty" + std::string(range)) == bulk(""));
            CHECK(visitor.ask("GETRANGE absent" + std::string(range)) == bulk(""));
        }
    }
    CHECK(house.backend.forwards() == 0);
}

TEST_CASE("a part that is too long to copy is the same to the client") {
    std::string value;
    while (value.size() < 3 * copied_value_bytes) value += std::to_string(value.size());
    House house;
    keep(house, "k", value);
    Visitor visitor(house);

    const auto last = std::to_string(2 * copied_value_bytes);
    CHECK(visitor.ask("GETRANGE k 1 " + last) == bulk(value.substr(1, 2 * copied_value_bytes)));
    CHECK(visitor.ask("GETRANGE k -1 -1") == bulk(value.substr(value.size() - 1)));
}

// Redis looks at them before it looks for the key, and has words for them.
TEST_CASE("what Redis takes for no integer goes to the backend, whatever is known of the key") {
    House house;
    keep(house, "k", "value");
    Visitor visitor(house);

    for (const auto* words : {"a 1", "0 b", "01 2", "-0 2", "+1 2", "0 1.5", "- 1", "00 1",
                              "0 9223372036854775808", "-9223372036854775809 1", "0x1 2"}) {
        const auto command = "GETRANGE k " + std::string(words);
        visitor.say(command);
        CHECK(house.backend.commands().back() == "> " + command);
        house.backend.reply(0, "-ERR value is not an integer or out of range\r\n");
    }
    CHECK(visitor.say_words({"GETRANGE", "k", "", "1"}) == Execution::done);
    CHECK(house.backend.unanswered() == 1);
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("what is not cached goes to the backend as it came, and nothing is kept of it") {
    House house;
    Visitor visitor(house);

    visitor.say("STRLEN k");
    visitor.say("GETRANGE k 0 1");
    CHECK(house.backend.commands() == Said{"> STRLEN k", "> GETRANGE k 0 1"});
    house.backend.reply(0, ":5\r\n");
    house.backend.reply(0, bulk("va"));

    CHECK(visitor.hear() == ":5\r\n" + bulk("va"));
    CHECK(house.cache.stats().entries == 0);
}

TEST_CASE("reading a part of a value, or its length, counts as a use of it") {
    Furnishing small;
    small.cache.store.max_entries = 2;
    for (const auto* command : {"STRLEN old", "GETRANGE old 0 0"}) {
        House house(small);
        keep(house, "old", "1");
        keep(house, "young", "2");
        Visitor visitor(house);

        visitor.ask(command);
        keep(house, "new", "3");

        CHECK(visitor.ask("EXISTS old") == ":1\r\n");
        CHECK(house.cache.stats().hits == 1);
    }
}

TEST_CASE("behind an unanswered write of the key a length and a part go the write's way") {
    House house;
    keep(house, "k", "old");
    Visitor visitor(house);

    visitor.say("APPEND k er");
    visitor.say("STRLEN k");
    visitor.say("GETRANGE k 0 -1");

    CHECK(house.backend.commands() ==
          Said{"GET k", "> APPEND k er", "> STRLEN k", "> GETRANGE k 0 -1"});
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("what is over is measured at once where its rule says so, and fetched anew") {
    Furnishing furnishing;
    furnishing.cache.rules = {{.prefix = "",
                               .ttl = std::chrono::seconds(10),
                               .stale_while_revalidate = std::chrono::seconds(60)}};
    House house(furnishing);
    keep(house, "k", "value");
    Visitor visitor(house);
    house.clock.advance(std::chrono::seconds(10));

    CHECK(visitor.ask("STRLEN k") == ":5\r\n");
    CHECK(visitor.ask("GETRANGE k 0 0") == bulk("v"));

    CHECK(house.backend.commands() == Said{"GET k", "GET k"});
    house.backend.fail_all(Errc::shutting_down);
}

}  // namespace
}  // namespace nearcache::resp_server
