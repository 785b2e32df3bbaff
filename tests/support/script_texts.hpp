#pragma once

#include <string>
#include <vector>

namespace nearcache::tests {

// Lua scripts whose replies have every type that a script can return, in both dialects. What they
// write has been named to them as a key.
std::vector<std::string> script_texts();

// Libraries of functions; some are wrong.
std::vector<std::string> library_texts();

}  // namespace nearcache::tests
