#include "resp_server/command_answers.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;
using resp::Dialect;

constexpr TimePoint noon{1000h};

std::string question(std::vector<std::string_view> words, Dialect dialect = Dialect::resp2) {
    return CommandAnswers::question(dialect, words);
}

TEST_CASE("an answer is found again by the server that gave it") {
    CommandAnswers answers;
    answers.keep("q", {.connections_made = 3, .now = noon}, "answer");

    const auto found = answers.find("q", {.connections_made = 3, .now = noon + 1s});
    REQUIRE(found != nullptr);
    CHECK(*found == "answer");
    CHECK(answers.find("q", {.connections_made = 4, .now = noon}) == nullptr);
    CHECK(answers.find("r", {.connections_made = 3, .now = noon}) == nullptr);
}

TEST_CASE("an answer grows old, and then serves only where nobody can be asked") {
    CommandAnswers answers;
    answers.keep("q", {.connections_made = 3, .now = noon}, "answer");
    const auto late = noon + CommandAnswers::longest_life;

    CHECK(answers.find("q", {.connections_made = 3, .now = late - 1ms}) != nullptr);
    CHECK(answers.find("q", {.connections_made = 3, .now = late}) == nullptr);
    CHECK(answers.find_last("q", 3) != nullptr);
    CHECK(answers.find_last("q", 4) == nullptr);
}

TEST_CASE("a newer answer takes the place of an older one, which its readers keep") {
    CommandAnswers answers;
    answers.keep("q", {.connections_made = 3, .now = noon}, "old");
    const auto old = answers.find_last("q", 3);
    answers.keep("q", {.connections_made = 4, .now = noon}, "new");

    CHECK(*old == "old");
    CHECK(*answers.find_last("q", 4) == "new");
}

TEST_CASE("of too many answers the first go") {
    CommandAnswers answers;
    const CommandAnswers::Moment moment{.connections_made = 1, .now = noon};
    for (std::size_t i = 0; i <= CommandAnswers::most_answers; ++i) {
        answers.keep(std::to_string(i), moment, "a");
    }

    CHECK(answers.find("0", moment) == nullptr);
    CHECK(answers.find("1", moment) != nullptr);
    CHECK(answers.find(std::to_string(CommandAnswers::most_answers), moment) != nullptr);
}

TEST_CASE("of too many bytes the first go, and one answer never takes more than half") {
    CommandAnswers answers;
    const CommandAnswers::Moment moment{.connections_made = 1, .now = noon};
    const std::string large(CommandAnswers::most_bytes / 3, 'x');
    for (const std::string_view name : {"1", "2", "3"})
        answers.keep(std::string(name), moment, large);

    CHECK(answers.find("1", moment) == nullptr);
    CHECK(answers.find("2", moment) != nullptr);
    CHECK(answers.find("3", moment) != nullptr);

    answers.keep("4", moment, std::string(CommandAnswers::most_bytes / 2, 'x'));
    CHECK(answers.find("4", moment) == nullptr);
    CHECK(answers.find("3", moment) != nullptr);
}

TEST_CASE("names of commands may be in any case, keys may not") {
    CHECK(question({"COMMAND"}) == question({"command"}));
    CHECK(question({"COMMAND", "INFO", "GET"}) == question({"command", "info", "get"}));
    CHECK(question({"COMMAND", "docs", "GET"}) == question({"command", "DOCS", "get"}));
    CHECK(question({"COMMAND", "GETKEYS", "GET", "k"}) ==
          question({"COMMAND", "getkeys", "GET", "k"}));
    CHECK(question({"COMMAND", "GETKEYS", "GET", "k"}) !=
          question({"COMMAND", "GETKEYS", "GET", "K"}));
}

TEST_CASE("other words, other bounds between them and another dialect are other questions") {
    CHECK(question({"COMMAND", "INFO", "ab"}) != question({"COMMAND", "INFO", "a", "b"}));
    CHECK(question({"COMMAND", "INFO", "a"}) != question({"COMMAND", "DOCS", "a"}));
    CHECK(question({"COMMAND"}) != question({"COMMAND"}, Dialect::resp3));
    CHECK(question({"COMMAND"}) != question({"COMMAND", ""}));
}

}  // namespace
}  // namespace nearcache::resp_server
