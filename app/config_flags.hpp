#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/config_setting.hpp"

namespace nearcache::app {

struct CommandLine {
    Action action = Action::run;
    // nearcache doctor ...: takes fewer flags, and has a help of its own.
    bool is_for_doctor = false;
    bool banner = false;
    std::optional<std::string> config_file;
    std::vector<Setting> settings;  // in the order given
};

// Throws ConfigError for what is no command, no flag, no flag of that command, and for a flag
// without its value. --help and --version go before everything else.
CommandLine read_flags(int argc, const char* const* argv);

}  // namespace nearcache::app
