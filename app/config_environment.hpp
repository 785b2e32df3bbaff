#pragma once

#include <string>
#include <vector>

#include "app/config_setting.hpp"

namespace nearcache::app {

// What the variables say. A setting's NEARCACHE_ name silences its aliases, an alias those after it
// that set the same part; an empty variable says nothing.
std::vector<Setting> read_environment(const Environment& environment);

// One line for each NEARCACHE_ variable that is nearly, but not quite, the name of a setting.
std::vector<std::string> find_misspelt(const Environment& environment);

}  // namespace nearcache::app
