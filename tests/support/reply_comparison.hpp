#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/resp_wire.hpp"

namespace nearcache::tests {

// What may differ in the replies of two servers that were told the same.
enum class Comparison {
    exact,       // nothing
    unordered,   // the order of elements: a hash table's, seeded anew by each process
    pairs,       // the same, of pairs
    deep,        // the same at every depth
    scan,        // the order of a scan's elements
    near_in_s,   // a time that is measured from now, by 2 s
    near_in_ms,  // the same
    identity,    // the id of the connection in the reply to HELLO
    ages,        // moments, and how long ago something was
    pending,     // the same, where no name says which field it is
    length,      // bytes, but not how many
    shape,       // all but the types
};

// How the reply to a command is to be compared.
Comparison comparison_for(const Words& command);

// The reply with all that may differ made alike, but for times, which are compared as numbers.
std::string comparable(std::string_view reply, Comparison comparison);

bool is_same_reply(std::string_view one, std::string_view other, Comparison comparison);
// The reply to EXEC of these commands.
bool is_same_outcome(std::string_view one, std::string_view other,
                     const std::vector<Comparison>& queued);

}  // namespace nearcache::tests
