#include "app/config.hpp"

#include <optional>
#include <system_error>

#include "app/config_assembly.hpp"
#include "app/config_environment.hpp"
#include "app/config_flags.hpp"
#include "app/config_print.hpp"
#include "app/config_text.hpp"
#include "app/config_yaml.hpp"

namespace nearcache::app {

namespace {

constexpr std::size_t longest_file = 1024 * 1024;

std::vector<Setting> read_config_file(const std::string& speaker, const std::string& name) {
    std::string text;
    try {
        text = read_file(name, longest_file);
    } catch (const std::system_error& error) {
        throw ConfigError("nearcache: " + on_one_line(speaker + ": cannot read " + name + ": " +
                                                      error.code().message()));
    }
    return read_yaml(name, text);
}

std::vector<Setting> read_config_file(const CommandLine& line, const Environment& environment) {
    if (line.config_file) return read_config_file("--config", *line.config_file);
    const auto found = environment.find("NEARCACHE_CONFIG");
    if (found == environment.end() || found->second.empty()) return {};
    return read_config_file("environment NEARCACHE_CONFIG", found->second);
}

}  // namespace

Loaded load_config(int argc, const char* const* argv, const Environment& environment) {
    const auto line = read_flags(argc, argv);
    Loaded loaded;
    loaded.action = line.action;
    loaded.banner = line.banner;
    if (line.action == Action::show_help) {
        loaded.output = line.is_for_doctor ? doctor_help_text() : help_text();
    }
    if (line.action == Action::show_help || line.action == Action::show_version) return loaded;

    Assembly assembly;
    for (const auto& setting : read_config_file(line, environment)) assembly.apply(setting);
    for (const auto& setting : read_environment(environment)) assembly.apply(setting);
    for (const auto& setting : line.settings) assembly.apply(setting);
    assembly.finish();

    loaded.config = assembly.config();
    loaded.origins = assembly.origins();
    loaded.warnings = find_misspelt(environment);
    if (line.action == Action::print_config) loaded.output = as_yaml(loaded.origins);
    return loaded;
}

}  // namespace nearcache::app
