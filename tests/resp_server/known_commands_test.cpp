#include "resp_server/known_commands.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/command_replies.hpp"

namespace nearcache::resp_server {
namespace {

std::vector<BackendCommand> commands_of(const std::vector<HandMade>& rows) {
    auto commands = read_commands(reply_of(rows));
    REQUIRE(commands.has_value());
    return std::move(*commands);
}

bool publish(KnownCommands& known, const std::vector<HandMade>& rows) {
    return known.publish(std::make_unique<const CommandCatalogue>(commands_of(rows)));
}

BackendCommand command_of(const HandMade& row) { return commands_of({row}).front(); }

const HandMade reading{.name = "json.get", .flags = "readonly"};
const HandMade writing{.name = "json.set", .flags = "write"};

TEST_CASE("nothing is known before the first catalogue") {
    const KnownCommands known;

    CHECK(known.current() == nullptr);
    CHECK(known.contradicting() == nullptr);
    CHECK(known.find("json.get", 1) == nullptr);
}

TEST_CASE("the newest catalogue is looked into, whatever connection it came by") {
    KnownCommands known;

    CHECK(publish(known, {reading}));
    CHECK(known.find("JSON.GET", 7) != nullptr);
    CHECK(publish(known, {writing}));
    CHECK(known.find("json.get", 7) == nullptr);
    CHECK(known.find("json.set", 7) != nullptr);
}

TEST_CASE("what is said again is no news, and takes no room") {
    KnownCommands known;
    publish(known, {reading});
    const auto* const first = known.current();
    publish(known, {writing});

    CHECK_FALSE(publish(known, {writing}));
    CHECK(publish(known, {reading}));
    CHECK(known.current() == first);
}

TEST_CASE("a command that was handed out stays as it is under newer catalogues") {
    KnownCommands known;
    publish(known, {reading});
    const auto* const command = known.find("json.get", 1);

    publish(known, {writing});

    CHECK(command->name == "json.get");
    CHECK(command->has(flags::readonly));
}

TEST_CASE("a catalogue that contradicts nothing is not in the way of common commands") {
    KnownCommands known;

    publish(known, {reading, {.name = "set", .flags = "write"}});
    CHECK(known.contradicting() == nullptr);
    publish(known, {{.name = "get", .flags = "write"}});
    CHECK(known.contradicting() == known.current());
    publish(known, {reading});
    CHECK(known.contradicting() == nullptr);
}

TEST_CASE("what was learned holds for the connections that it was learned by") {
    KnownCommands known;

    const auto* const learned = known.learn("Fetch", 3, command_of(reading));

    REQUIRE(learned != nullptr);
    CHECK(known.find("FETCH", 3) == learned);
    CHECK(known.find("fetch", 4) == nullptr);
    CHECK(known.find("json.get", 3) == nullptr);
}

TEST_CASE("what is learned again for newer connections takes no more room") {
    KnownCommands known;
    const auto* const first = known.learn("fetch", 3, command_of(reading));

    CHECK(known.learn("fetch", 4, command_of(reading)) == first);
    CHECK(known.find("fetch", 4) == first);
    CHECK(known.find("fetch", 3) == nullptr);
}

TEST_CASE("a name may come to mean another command") {
    KnownCommands known;
    const auto* const first = known.learn("fetch", 3, command_of(reading));

    const auto* const second = known.learn("fetch", 4, command_of(writing));

    CHECK(known.find("fetch", 4) == second);
    CHECK(second->name == "json.set");
    CHECK(first->name == "json.get");
}

TEST_CASE("a backend that says something new each time does not fill the memory") {
    KnownCommands known;
    for (int i = 0; i < 4096; ++i) {
        REQUIRE(known.learn("n" + std::to_string(i), 1,
                            command_of({.name = "n" + std::to_string(i)})) != nullptr);
    }

    CHECK(known.learn("more", 1, command_of({.name = "more"})) == nullptr);
    CHECK(known.learn("n7", 2, command_of({.name = "n7"})) != nullptr);
}

}  // namespace
}  // namespace nearcache::resp_server
