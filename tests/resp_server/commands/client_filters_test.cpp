#include "resp_server/commands/client_filters.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/guest.hpp"

namespace nearcache::resp_server {
namespace {

using Words = std::vector<std::string>;

// What is said at once of a command; empty when other clients have to be asked.
std::string refusal(const Words& words) {
    House house;
    Guest guest(house);
    guest.say_words(words);
    return guest.hear();
}

std::optional<Redirection> redirection_in(const Words& words) {
    resp::Command command;
    command.words.assign(words.begin(), words.end());
    return find_redirection(command);
}

TEST_CASE("numbers are as strict as Redis's") {
    CHECK(parse_integer("0") == 0);
    CHECK(parse_integer("-1") == -1);
    CHECK(parse_integer("9223372036854775807") == INT64_MAX);
    CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
    for (const std::string_view text :
         {"", "-", "-0", "01", "-01", "+1", " 1", "1 ", "1x", "x", "9223372036854775808"}) {
        CAPTURE(text);
        CHECK(!parse_integer(text));
    }
}

TEST_CASE("options are read in any case, up to a byte of zero") {
    CHECK(is_word("SkipMe", "skipme"));
    CHECK(is_word({"on\0x", 4}, "on"));
    CHECK(!is_word("o", "on"));
    CHECK(!is_word("onn", "on"));
}

TEST_CASE("what is wrong with a command is said in Redis's words, and in its order") {
    const std::string syntax = "-ERR syntax error\r\n";
    const std::string no_number = "-ERR value is not an integer or out of range\r\n";
    const std::string no_id = "-ERR client-id should be greater than 0\r\n";
    const std::pair<Words, std::string> refused[] = {
        {{"CLIENT", "LIST", "x"}, syntax},
        {{"CLIENT", "LIST", "ID"}, syntax},
        {{"CLIENT", "LIST", "TYPE"}, syntax},
        {{"CLIENT", "LIST", "TYPE", "normal", "x"}, syntax},
        {{"CLIENT", "LIST", "TYPE", "x\ny"}, "-ERR Unknown client type 'x y'\r\n"},
        {{"CLIENT", "LIST", "TYPE", std::string("a\0b", 3)}, "-ERR Unknown client type 'a'\r\n"},
        {{"CLIENT", "LIST", "ID", "1", "01"}, "-ERR Invalid client ID\r\n"},
        {{"CLIENT", "KILL", "ID", "1", "ADDR"}, syntax},
        {{"CLIENT", "KILL", "ID", "0"}, no_id},
        {{"CLIENT", "KILL", "ID", "x", "foo", "bar"}, no_id},
        {{"CLIENT", "KILL", "foo", "bar", "ID", "x"}, syntax},
        {{"CLIENT", "KILL", "ID", "9223372036854775808"}, no_id},
        {{"CLIENT", "KILL", "SKIPME", "maybe"}, syntax},
        {{"CLIENT", "KILL", "MAXAGE", "1"}, syntax},
        {{"CLIENT", "KILL", "TYPE", "nobody"}, "-ERR Unknown client type 'nobody'\r\n"},
        {{"CLIENT", "KILL", "USER", "me"}, "-ERR No such user 'me'\r\n"},
        {{"CLIENT", "KILL", "USER", std::string("default\0", 8)},
         "-ERR No such user 'default'\r\n"},
        {{"CLIENT", "UNBLOCK", "x", "y"},
         "-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR\r\n"},
        {{"CLIENT", "UNBLOCK", "x", "ERROR"}, no_number},
        {{"CLIENT", "UNBLOCK", ""}, no_number},
        {{"CLIENT", "UNBLOCK", "1", "ERROR", "x"},
         "-ERR unknown subcommand or wrong number of arguments for 'UNBLOCK'. Try CLIENT "
         "HELP.\r\n"},
        {{"CLIENT", "REPLY", "x"}, syntax},
    };
    for (const auto& [words, text] : refused) {
        CAPTURE(words[2]);
        CHECK(refusal(words) == text);
    }
}

TEST_CASE("what is right is not refused") {
    for (const Words& words : {Words{"CLIENT", "LIST"}, Words{"client", "list", "type", "SLAVE"},
                               Words{"CLIENT", "LIST", "ID", "-1", "7"},
                               Words{"CLIENT", "KILL", "ID"}, Words{"CLIENT", "UNBLOCK", "-1"},
                               Words{"CLIENT", "KILL", "USER", "default", "skipme", "NO"}}) {
        CHECK(refusal(words).empty());
    }
}

TEST_CASE("CLIENT KILL means those who are all that it says, and not its own client by default") {
    House house;
    Guest asker(house), other(house, 0, "127.0.0.1:50001");
    const auto killed_by = [&](const Words& words) {
        resp::Command command;
        command.words.assign(words.begin(), words.end());
        const auto killed = *read_client_kill(asker.client(), command);
        return std::pair(killed.include(asker.client()), killed.include(other.client()));
    };
    const Words kill{"CLIENT", "KILL"};
    const auto with = [&kill](Words more) {
        more.insert(more.begin(), kill.begin(), kill.end());
        return more;
    };

    CHECK(killed_by(with({"127.0.0.1:50000"})) == std::pair(true, false));
    CHECK(killed_by(with({"ADDR", "127.0.0.1:50000"})) == std::pair(false, false));
    CHECK(killed_by(with({"ADDR", "127.0.0.1:50000", "SKIPME", "no"})) == std::pair(true, false));
    CHECK(killed_by(with({"LADDR", "127.0.0.1:6380"})) == std::pair(false, true));
    CHECK(killed_by(with({"ID", "2"})) == std::pair(false, true));
    CHECK(killed_by(with({"ID", "2", "ADDR", "127.0.0.1:50000"})) == std::pair(false, false));
    CHECK(killed_by(with({"TYPE", "normal", "SKIPME", "no"})) == std::pair(true, true));
    CHECK(killed_by(with({"TYPE", "pubsub"})) == std::pair(false, false));
    CHECK(killed_by(with({"TYPE", "master"})) == std::pair(false, false));
    CHECK(killed_by(with({"USER", "default"})) == std::pair(false, true));
    CHECK(killed_by(with({"ID", "1", "ID", "2"})) == std::pair(false, true));
}

TEST_CASE("a redirection is found where Redis would come to look for the client") {
    const Words start{"CLIENT", "TRACKING", "ON"};
    const auto find = [&start](Words more) {
        more.insert(more.begin(), start.begin(), start.end());
        return redirection_in(more);
    };

    REQUIRE(find({"REDIRECT", "7"}));
    CHECK(find({"REDIRECT", "7"})->word == 4);
    CHECK(find({"REDIRECT", "7"})->id == 7);
    CHECK(find({"BCAST", "PREFIX", "redirect", "noloop", "redirect", "8"})->word == 8);
    CHECK(find({"REDIRECT", "7", "REDIRECT", "8"})->word == 4);
    CHECK(!find({}));
    CHECK(!find({"REDIRECT"}));
    CHECK(!find({"REDIRECT", "x"}));
    CHECK(!find({"FOO", "REDIRECT", "7"}));
    CHECK(!find({"PREFIX", "REDIRECT", "7"}));
}

}  // namespace
}  // namespace nearcache::resp_server
