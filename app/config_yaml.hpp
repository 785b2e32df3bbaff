#pragma once

#include <string>
#include <vector>

#include "app/config_setting.hpp"

namespace nearcache::app {

// The settings in a file's text; `name` is for messages. Throws ConfigError with the line of
// what is no YAML, no known key, a key given twice, or not of the expected shape.
std::vector<Setting> read_yaml(const std::string& name, const std::string& text);

}  // namespace nearcache::app
