#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"

namespace nearcache::app {

// What --help prints.
std::string help_text();

// What doctor --help prints.
std::string doctor_help_text();

// What --print-config prints: a file for --config, each value with a comment saying where it is
// from.
std::string as_yaml(const std::vector<Origin>& origins);

}  // namespace nearcache::app
