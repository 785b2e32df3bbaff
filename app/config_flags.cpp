#include "app/config_flags.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <utility>

#include <CLI/CLI.hpp>

#include "app/config_text.hpp"

namespace nearcache::app {

namespace {

// Which part of which setting a flag sets.
struct Target {
    const Option* option;
    Part part;
};

constexpr std::string_view doctor = "doctor";

using Targets = std::map<std::string, Target, std::less<>>;

// The doctor asks a backend whether it can be coherent, and serves nobody.
bool concerns_doctor(const Option& option) {
    return std::ranges::find(doctor_sections, option.section()) != doctor_sections.end();
}

Targets find_targets(bool is_for_doctor) {
    Targets targets;
    for (const auto& option : options()) {
        if (is_for_doctor && !concerns_doctor(option)) continue;
        targets.emplace(option.flag, Target{&option, Part::whole});
        for (const auto& alias : option.aliases()) {
            if (alias.name.starts_with("--")) {
                targets.emplace(alias.name, Target{&option, alias.part});
            }
        }
    }
    return targets;
}

// Flags that are no settings, and that only the server has.
constexpr std::array<std::string_view, 3> server_flags{"--check-config", "--print-config",
                                                       "--banner"};

bool is_of_server(std::string_view flag) {
    return std::ranges::find(server_flags, flag) != server_flags.end() ||
           find_targets(false).contains(flag);
}

// "--ttl=5" as two words: CLI11 would take the next word as the value of "--proxy-host=". In
// reverse, as CLI11 wants them.
std::vector<std::string> words_of(std::span<const char* const> arguments) {
    std::vector<std::string> words;
    for (const std::string_view word : arguments) {
        const auto equals = word.starts_with("--") ? word.find('=') : word.npos;
        words.emplace_back(word.substr(0, equals));
        if (equals != word.npos) words.emplace_back(word.substr(equals + 1));
    }
    return {words.rbegin(), words.rend()};
}

// The parser, and what it found.
class FlagParser {
  public:
    explicit FlagParser(bool is_for_doctor);

    CommandLine parse(std::vector<std::string> words);

  private:
    CLI::Option* add_value(const std::string& name);
    Action action() const;
    void collect_settings(CommandLine& line) const;
    [[noreturn]] void fail_extra(const std::string& word) const;
    [[noreturn]] void fail_unknown(const std::string& flag) const;

    const bool is_for_doctor_;
    const std::string manual_;
    CLI::App parser_;
    const Targets targets_;
    CLI::Option* config_;
    CLI::Option* help_;
    CLI::Option* version_;
    // Of the server alone, else null.
    CLI::Option* check_ = nullptr;
    CLI::Option* print_ = nullptr;
    CLI::Option* banner_ = nullptr;
};

FlagParser::FlagParser(bool is_for_doctor)
    : is_for_doctor_(is_for_doctor),
      manual_(is_for_doctor ? "see nearcache doctor --help" : "see --help"),
      targets_(find_targets(is_for_doctor)) {
    parser_.set_help_flag();
    parser_.allow_extras();
    help_ = parser_.add_flag("-h,--help");
    version_ = parser_.add_flag("--version");
    if (!is_for_doctor_) {
        check_ = parser_.add_flag("--check-config");
        print_ = parser_.add_flag("--print-config");
        banner_ = parser_.add_flag("--banner");
    }
    config_ = add_value("--config");
    for (const auto& [name, target] : targets_) add_value(name);
}

CLI::Option* FlagParser::add_value(const std::string& name) {
    return parser_.add_option(name)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Action FlagParser::action() const {
    if (help_->count() > 0) return Action::show_help;
    if (version_->count() > 0) return Action::show_version;
    if (is_for_doctor_) return Action::run_doctor;
    if (print_->count() > 0) return Action::print_config;
    return check_->count() > 0 ? Action::check_config : Action::run;
}

void FlagParser::fail_extra(const std::string& word) const {
    if (word.starts_with('-')) fail_unknown(word);
    if (word == doctor) {
        throw ConfigError("nearcache: 'doctor' goes before all flags: nearcache doctor [FLAG]...");
    }
    throw ConfigError("nearcache: unexpected " + in_quotes(word) + "; allowed: flags, " + manual_);
}

void FlagParser::fail_unknown(const std::string& flag) const {
    std::vector<std::string_view> names{"--help", "--version", "--config"};
    if (!is_for_doctor_) names.insert(names.end(), server_flags.begin(), server_flags.end());
    for (const auto& [name, target] : targets_) names.push_back(name);
    if (is_for_doctor_ && is_of_server(flag)) {
        throw ConfigError("nearcache: " + flag +
                          " is no flag of doctor; allowed: those of backend and coherence, " +
                          manual_);
    }
    auto close = nearest(flag, names);
    // The flag of cache.ttl is --ttl, but --cache-ttl is what one tries.
    for (const auto& option : options()) {
        std::string by_path = "--" + std::string(option.path);
        for (char& c : by_path) c = c == '.' || c == '_' ? '-' : c;
        if (flag == by_path) close = option.flag;
    }
    const auto hint = close.empty() ? manual_ : "did you mean '" + std::string(close) + "'?";
    throw ConfigError("nearcache: unknown flag " + in_quotes(flag) + "; " + hint);
}

void FlagParser::collect_settings(CommandLine& line) const {
    std::map<const CLI::Option*, std::size_t> seen;
    for (const auto* flag : parser_.parse_order()) {
        const auto name = flag->get_name();
        const auto target = targets_.find(name);
        if (target == targets_.end()) continue;
        line.settings.push_back({.option = target->second.option,
                                 .part = target->second.part,
                                 .text = flag->results().at(seen[flag]++),
                                 .level = Level::flag,
                                 .origin = "flag " + name,
                                 .speaker = name});
    }
}

CommandLine FlagParser::parse(std::vector<std::string> words) {
    const auto last = words.empty() ? std::string() : words.front();
    CommandLine line;
    line.is_for_doctor = is_for_doctor_;
    try {
        parser_.parse(std::move(words));
    } catch (const CLI::ArgumentMismatch&) {
        // Every flag takes the word behind it, whatever that is: only the last can lack one.
        throw ConfigError("nearcache: " + on_one_line(last) + ": a value is missing");
    } catch (const CLI::ParseError& error) {
        throw ConfigError("nearcache: " + on_one_line(error.what()));
    }
    line.action = action();
    if (line.action == Action::show_help || line.action == Action::show_version) return line;

    const auto extras = parser_.remaining();
    if (!extras.empty()) fail_extra(extras.front());
    line.banner = banner_ != nullptr && banner_->count() > 0;
    if (config_->count() > 0) line.config_file = config_->results().back();
    collect_settings(line);
    return line;
}

[[noreturn]] void fail_no_command(std::string_view word) {
    const bool is_close = !nearest(word, std::array{doctor}).empty();
    throw ConfigError(
        "nearcache: unknown command " + in_quotes(word) +
        (is_close ? "; did you mean 'doctor'?" : "; allowed: doctor, or flags alone, see --help"));
}

}  // namespace

CommandLine read_flags(int argc, const char* const* argv) {
    const std::span arguments(argv + 1, static_cast<std::size_t>(std::max(argc, 1) - 1));
    const std::string_view first = arguments.empty() ? "-" : arguments.front();
    if (first == doctor) return FlagParser(true).parse(words_of(arguments.subspan(1)));
    if (!first.starts_with('-')) fail_no_command(first);
    return FlagParser(false).parse(words_of(arguments));
}

}  // namespace nearcache::app
