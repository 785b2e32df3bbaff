#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp_server/commands/read_commands.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;
using Said = std::vector<std::string>;

// Has the value in the cache, with so much left of the key's own life.
void keep_for(House& house, std::string_view key, std::chrono::milliseconds remaining) {
    Visitor visitor(house);
    visitor.say_words({"GET", std::string(key)});
    house.backend.answer(0, key, "v", remaining);
}

void keep_absent(House& house, std::string_view key) {
    Visitor visitor(house);
    visitor.say_words({"GET", std::string(key)});
    house.backend.answer_absent(0, key);
}

TEST_CASE("keys that are all known are counted here, each as often as it is named") {
    House house;
    keep(house, "a", "1");
    keep(house, "b", "2");
    keep_absent(house, "absent");
    Visitor visitor(house);

    CHECK(visitor.ask("EXISTS a") == ":1\r\n");
    CHECK(visitor.ask("EXISTS absent") == ":0\r\n");
    CHECK(visitor.ask("EXISTS a b absent a") == ":3\r\n");
    CHECK(house.backend.forwards() == 0);
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("with one key that is not known the whole EXISTS goes to the backend") {
    House house;
    keep(house, "a", "1");
    Visitor visitor(house);

    visitor.say("EXISTS a unknown");
    CHECK(house.backend.commands().back() == "> EXISTS a unknown");
    house.backend.reply(0, ":2\r\n");

    CHECK(visitor.hear() == ":2\r\n");
    CHECK(house.cache.stats().entries == 1);
}

TEST_CASE("the end of a key is told where there is none, or no key") {
    House house;
    keep(house, "for ever", "v");
    keep_absent(house, "absent");
    Visitor visitor(house);

    for (const auto* command : {"TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "pttl"}) {
        visitor.say_words({command, "for ever"});
        visitor.say_words({command, "absent"});
        CHECK(visitor.hear() == ":-1\r\n:-2\r\n");
    }
    CHECK(house.backend.forwards() == 0);
}

TEST_CASE("the end of a key that has one is the backend's to tell") {
    House house;
    keep_for(house, "k", 10s);
    Visitor visitor(house);

    for (const auto* command : {"TTL k", "PTTL k", "EXPIRETIME k", "PEXPIRETIME k"}) {
        visitor.say(command);
        CHECK(house.backend.commands().back() == "> " + std::string(command));
        house.backend.reply(0, ":9\r\n");
        CHECK(visitor.hear() == ":9\r\n");
    }
}

TEST_CASE("the type is told of a string and of an absent key") {
    House house;
    keep(house, "k", "v");
    keep_absent(house, "absent");
    Visitor visitor(house);

    CHECK(visitor.ask("TYPE k") == "+string\r\n");
    CHECK(visitor.ask("TYPE absent") == "+none\r\n");
    visitor.say("TYPE unknown");
    CHECK(house.backend.commands().back() == "> TYPE unknown");
    house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("what is over is not known any more") {
    House house;
    keep_for(house, "k", 10s);
    keep_absent(house, "absent");
    Visitor visitor(house);
    house.clock.advance(10s);

    for (const auto* command : {"EXISTS k", "TYPE k", "EXISTS absent", "TTL absent"}) {
        visitor.say(command);
        CHECK(house.backend.commands().back() == "> " + std::string(command));
        house.backend.reply(0, ":0\r\n");
    }
}

TEST_CASE("who asks about a key does not use it") {
    Furnishing small;
    small.cache.store.max_entries = 2;
    for (const auto* command : {"EXISTS old", "TTL old", "TYPE old"}) {
        House house(small);
        keep(house, "old", "1");
        keep(house, "young", "2");
        Visitor visitor(house);

        visitor.ask(command);
        CHECK(house.backend.forwards() == 0);
        keep(house, "new", "3");

        visitor.say("EXISTS old");
        CHECK(house.backend.forwards() == 1);
        CHECK(house.cache.stats().hits == 0);
        house.backend.fail_all(Errc::shutting_down);
    }
}

TEST_CASE("behind an unanswered write of the key questions about it go the write's way") {
    House house;
    keep(house, "k", "old");
    keep(house, "other", "v");
    Visitor visitor(house);

    visitor.say("EXPIRE k 10");
    for (const auto* command : {"EXISTS other k", "TTL k", "TYPE k"}) {
        visitor.say(command);
        CHECK(house.backend.commands().back() == "> " + std::string(command));
    }
    visitor.say("EXISTS other");
    CHECK(house.backend.forwards() == 4);

    house.backend.fail_all(Errc::shutting_down);
}

}  // namespace
}  // namespace nearcache::resp_server
