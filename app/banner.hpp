#pragma once

#include <string>
#include <vector>

namespace nearcache::app {

// What a person who has just started the program wants to know: where it listens, and three
// commands to try. For scripts too: a line for each address, "HTTP  http://127.0.0.1:8080".
std::string banner(const std::vector<std::string>& http, const std::vector<std::string>& resp);

}  // namespace nearcache::app
