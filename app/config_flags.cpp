#include "app/config_flags.hpp"

#include <map>
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

std::map<std::string, Target, std::less<>> all_targets() {
    std::map<std::string, Target, std::less<>> targets;
    for (const auto& option : options()) {
        targets.emplace(option.flag, Target{&option, Part::whole});
        for (const auto& alias : option.aliases()) {
            if (alias.name.starts_with("--")) {
                targets.emplace(alias.name, Target{&option, alias.part});
            }
        }
    }
    return targets;
}

// "--ttl=5" as two words: CLI11 would take the next word as the value of "--proxy-host=". In
// reverse, as CLI11 wants them.
std::vector<std::string> words_of(int argc, const char* const* argv) {
    std::vector<std::string> words;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word(argv[i]);
        const auto equals = word.starts_with("--") ? word.find('=') : word.npos;
        words.emplace_back(word.substr(0, equals));
        if (equals != word.npos) words.emplace_back(word.substr(equals + 1));
    }
    return {words.rbegin(), words.rend()};
}

// The parser, and what it found.
class FlagParser {
  public:
    FlagParser();

    CommandLine parse(std::vector<std::string> words);

  private:
    CLI::Option* add_value(const std::string& name);
    Action action() const;
    void collect_settings(CommandLine& line) const;
    [[noreturn]] void fail_unknown(const std::string& word) const;

    CLI::App parser_;
    std::map<std::string, Target, std::less<>> targets_ = all_targets();
    CLI::Option* config_;
    CLI::Option* help_;
    CLI::Option* version_;
    CLI::Option* check_;
    CLI::Option* print_;
    CLI::Option* banner_;
};

FlagParser::FlagParser() {
    parser_.set_help_flag();
    parser_.allow_extras();
    help_ = parser_.add_flag("-h,--help");
    version_ = parser_.add_flag("--version");
    check_ = parser_.add_flag("--check-config");
    print_ = parser_.add_flag("--print-config");
    banner_ = parser_.add_flag("--banner");
    config_ = add_value("--config");
    for (const auto& [name, target] : targets_) add_value(name);
}

CLI::Option* FlagParser::add_value(const std::string& name) {
    return parser_.add_option(name)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Action FlagParser::action() const {
    if (help_->count() > 0) return Action::show_help;
    if (version_->count() > 0) return Action::show_version;
    if (print_->count() > 0) return Action::print_config;
    return check_->count() > 0 ? Action::check_config : Action::run;
}

void FlagParser::fail_unknown(const std::string& word) const {
    if (!word.starts_with('-')) {
        throw ConfigError("nearcache: unexpected " + in_quotes(word) +
                          "; allowed: flags, see --help");
    }
    std::vector<std::string_view> names{"--help",         "--version", "--check-config",
                                        "--print-config", "--banner",  "--config"};
    for (const auto& [name, target] : targets_) names.push_back(name);
    auto close = nearest(word, names);
    // The flag of cache.ttl is --ttl, but --cache-ttl is what one tries.
    for (const auto& option : options()) {
        std::string by_path = "--" + std::string(option.path);
        for (char& c : by_path) c = c == '.' || c == '_' ? '-' : c;
        if (word == by_path) close = option.flag;
    }
    const auto hint =
        close.empty() ? std::string("see --help") : "did you mean '" + std::string(close) + "'?";
    throw ConfigError("nearcache: unknown flag " + in_quotes(word) + "; " + hint);
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
    if (!extras.empty()) fail_unknown(extras.front());
    line.banner = banner_->count() > 0;
    if (config_->count() > 0) line.config_file = config_->results().back();
    collect_settings(line);
    return line;
}

}  // namespace

CommandLine read_flags(int argc, const char* const* argv) {
    return FlagParser().parse(words_of(argc, argv));
}

}  // namespace nearcache::app
