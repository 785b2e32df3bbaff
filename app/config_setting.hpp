#pragma once

#include <string>

#include "app/config_table.hpp"

namespace nearcache::app {

// The sources of a setting; a later one goes before an earlier one.
enum class Level { by_default, file, environment, flag };

// What one source says about one setting, not yet read. The readers of the sources give them in the
// order in which they are to be applied: what comes later stands.
struct Setting {
    const Option* option;
    Part part = Part::whole;
    std::string text;
    Level level;
    std::string origin;  // for --print-config: "nearcache.yaml:12", "environment TTL", "flag --ttl"
    std::string speaker;  // begins an error line: "nearcache.yaml:12: cache.ttl", "--ttl"
};

}  // namespace nearcache::app
