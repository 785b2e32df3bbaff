#pragma once

#include <string>
#include <string_view>

#include "tests/support/random_source.hpp"
#include "tests/support/resp_wire.hpp"
#include "tests/support/vocabulary.hpp"

namespace nearcache::tests {

// The ways in which clients write a command.
//
// A word is lost, added or replaced by another; never the name.
void spoil(Words& words, RandomSource& random, Vocabulary& vocabulary);
// Letters of the name become large or small.
void vary_case(std::string& name, RandomSource& random);
// As an array, or inline.
std::string wire_form(const Words& words, RandomSource& random);
// In quotes where it must be, and now and then where it need not.
std::string inline_form(const Words& words, RandomSource& random);

// Bytes as printable text, no longer than `limit`, and how many there are when it is cut.
std::string printable(std::string_view bytes, std::size_t limit);
// A command for reading.
std::string printable(const Words& words, std::size_t limit);

}  // namespace nearcache::tests
