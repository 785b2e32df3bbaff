#include "app/config_environment.hpp"

#include <algorithm>
#include <utility>

#include <unistd.h>

#include "app/config_text.hpp"

namespace nearcache::app {

namespace {

constexpr std::string_view prefix = "NEARCACHE_";

bool is_variable(const Alias& alias) { return !alias.name.starts_with("--"); }

// Kubernetes sets REDIS_PORT=tcp://10.0.0.1:6379 in every container beside a service named redis:
// nobody's setting.
bool is_service_link(const Alias& alias, std::string_view text) {
    return alias.part == Part::port && text.find("://") != text.npos;
}

class Reader {
  public:
    explicit Reader(const Environment& environment) : environment_(environment) {}

    void read(const Option& option);
    std::vector<Setting> take() { return std::move(settings_); }

  private:
    // True when one of the setting's variables for this part says something.
    bool read_part(const Option& option, Part part);
    bool read_variable(const Option& option, const Alias& variable);

    const Environment& environment_;
    std::vector<Setting> settings_;
};

bool Reader::read_variable(const Option& option, const Alias& variable) {
    const auto found = environment_.find(variable.name);
    if (found == environment_.end() || found->second.empty()) return false;
    if (is_service_link(variable, found->second)) return false;
    const auto origin = "environment " + found->first;
    settings_.push_back({.option = &option,
                         .part = variable.part,
                         .text = found->second,
                         .level = Level::environment,
                         .origin = origin,
                         .speaker = origin});
    return true;
}

bool Reader::read_part(const Option& option, Part part) {
    return std::ranges::any_of(option.aliases(), [&](const Alias& alias) {
        return is_variable(alias) && alias.part == part && read_variable(option, alias);
    });
}

void Reader::read(const Option& option) {
    if (read_variable(option, {option.variable()}) || read_part(option, Part::whole)) return;
    if (!read_part(option, Part::address)) {
        read_part(option, Part::host);
        read_part(option, Part::port);
    }
    read_part(option, Part::database);
}

}  // namespace

std::vector<Setting> read_environment(const Environment& environment) {
    Reader reader(environment);
    for (const auto& option : options()) reader.read(option);
    return reader.take();
}

std::vector<std::string> find_misspelt(const Environment& environment) {
    std::vector<std::string> names;
    for (const auto& option : options()) names.push_back(option.variable());

    std::vector<std::string> lines;
    for (const auto& [name, text] : environment) {
        if (!name.starts_with(prefix) || std::ranges::find(names, name) != names.end()) continue;
        // Two letters: other things may be named NEARCACHE_ too, such as Kubernetes' service links.
        const auto close = std::ranges::find_if(
            names, [&](const auto& known) { return edits_between(name, known) <= 2; });
        if (close == names.end()) continue;
        lines.push_back(
            on_one_line("environment " + name + " is no setting; did you mean " + *close + "?"));
    }
    return lines;
}

Environment process_environment() {
    Environment variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals == text.npos) continue;
        variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

}  // namespace nearcache::app
