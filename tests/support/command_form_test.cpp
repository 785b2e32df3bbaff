#include "tests/support/command_form.hpp"

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::tests {

namespace {

struct Expander {
    RandomSource random{1};
    Vocabulary vocabulary{random};
    FormExpander forms{random, vocabulary};

    // All that comes of a form in many draws, words joined by blanks.
    std::set<std::string> outcomes(std::string_view form) {
        std::set<std::string> found;
        for (int i = 0; i < 500; ++i) {
            std::string line;
            const auto commands = forms.commands(form);
            for (const auto& word : commands.front()) {
                line += (line.empty() ? "" : " ") + word;
            }
            found.insert(line);
        }
        return found;
    }
};

using Outcomes = std::set<std::string>;

}  // namespace

TEST_CASE("words stand for themselves, and a semicolon separates commands") {
    Expander expander;

    const auto commands = expander.forms.commands("SELECT 1 ; GET a;b");

    CHECK(commands == std::vector<Words>{{"SELECT", "1"}, {"GET", "a;b"}});
}

TEST_CASE("what is in brackets may be left out, and of alternatives one is taken") {
    Expander expander;

    CHECK(expander.outcomes("A [B] C") == Outcomes{"A C", "A B C"});
    CHECK(expander.outcomes("A <B|C D>") == Outcomes{"A B", "A C D"});
    CHECK(expander.outcomes("A [B [C|D]|E]") == Outcomes{"A", "A B", "A B C", "A B D", "A E"});
}

TEST_CASE("a star repeats up to four times, and draws anew each time") {
    Expander expander;

    CHECK(expander.outcomes("<A>*") == Outcomes{"A", "A A", "A A A", "A A A A"});
    CHECK(expander.outcomes("A [B]*").contains("A"));
    CHECK(expander.outcomes("<A|B>*").contains("A B A"));
}

TEST_CASE("a placeholder becomes a word of the vocabulary, also within a word") {
    Expander expander;
    expander.vocabulary.define("own", {"x y", ""});

    CHECK(expander.outcomes("{own}") == Outcomes{"x y", ""});
    CHECK(expander.outcomes("({own}]-{own}").contains("(x y]-"));
    CHECK_THROWS_AS(expander.forms.commands("{nosuch}"), std::out_of_range);
}

TEST_CASE("the same seed draws the same commands") {
    Expander one;
    Expander other;

    for (int i = 0; i < 200; ++i) {
        const std::string form = "SET {key} {value} [EX {seconds}] <{member} {score}>*";
        CHECK(one.forms.commands(form) == other.forms.commands(form));
    }
}

}  // namespace nearcache::tests
