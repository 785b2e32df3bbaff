#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nearcache::tests {

// A document that shows commands and what they print, in blocks that begin with ```console, so that
// a test can run them and compare. Pure code: who runs them gives it what they printed.

struct ConsoleCommand {
    std::size_t line = 0;        // of the document, from 1
    std::string command;         // without its "$ "; lines that end in a backslash are joined
    std::string shown;           // what the document shows below it, without the last line end
    std::size_t shown_from = 0;  // the lines of that, the last one excluded
    std::size_t shown_to = 0;
};

// All commands in their order. Throws std::runtime_error for a block that is not one of commands:
// nobody would notice when what it says is no longer so.
std::vector<ConsoleCommand> read_console_page(std::string_view document);

// The document with other texts shown below some of its commands.
struct Correction {
    ConsoleCommand command;
    std::string printed;
};
std::string corrected(std::string_view document, const std::vector<Correction>& corrections);

// What a command printed, as the document would show it: heads of HTTP end their lines without a
// CR, and a last line end is not there.
std::string as_shown(std::string_view printed);

// Fields that each answer has and that the document shows but once.
using CommonFields = std::vector<std::string_view>;

// `printed` without those common fields that `shown` leaves out. Only lines of heads count.
std::string without_common_fields(std::string_view printed, std::string_view shown,
                                  const CommonFields& fields);

// The text with what passing time changes in heads put out of the way: the number in ttl=,
// max-age= and Age, and all of a Date.
std::string without_times(std::string_view text);

}  // namespace nearcache::tests
