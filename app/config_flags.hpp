#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/config_setting.hpp"

namespace nearcache::app {

struct CommandLine {
    Action action = Action::run;
    bool banner = false;
    std::optional<std::string> config_file;
    std::vector<Setting> settings;  // in the order given
};

// Throws ConfigError for what is no flag and for a flag without its value. --help and --version
// go before everything else.
CommandLine read_flags(int argc, const char* const* argv);

}  // namespace nearcache::app
