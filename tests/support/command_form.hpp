#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/random_source.hpp"
#include "tests/support/resp_wire.hpp"
#include "tests/support/vocabulary.hpp"

namespace nearcache::tests {

// One line of the grammar of commands:
//
//   SET {s} {value} [NX|XX] [GET] [EX {seconds}|KEEPTTL]
//
// {name} is a word of the vocabulary, and may be part of a word; [..] may be left out; of what
// stands between bars one is taken; <..> groups; a star behind a group repeats it, up to four
// times. A semicolon between blanks separates commands that follow each other.
struct CommandForm {
    std::string_view text;
    // Whether a word of it may be lost or replaced, to see what the server says to that. Not where
    // the reply would come to depend on chance, or would not come at all.
    bool may_be_spoiled = true;
};

// For tables of forms.
inline constexpr bool as_is = false;

// Turns forms into commands.
//
// Threads: one at a time.
class FormExpander {
  public:
    FormExpander(RandomSource& random, Vocabulary& vocabulary)
        : random_(random), vocabulary_(vocabulary) {}

    std::vector<Words> commands(std::string_view form);

  private:
    void append(std::string_view form, Words& words);
    // Expands the group at the front of `form`; returns how much of the text it took.
    std::size_t append_group(std::string_view form, Words& words);
    std::string filled(std::string_view pattern);

    RandomSource& random_;
    Vocabulary& vocabulary_;
};

}  // namespace nearcache::tests
