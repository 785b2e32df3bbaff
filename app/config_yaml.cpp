#include "app/config_yaml.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "app/config_prefixes.hpp"
#include "app/config_rules.hpp"
#include "app/config_text.hpp"
#include "app/config_values.hpp"

namespace nearcache::app {

namespace {

std::string_view shape_of(const YAML::Node& node) {
    if (node.IsMap()) return "a map";
    if (node.IsSequence()) return "a list";
    return node.IsNull() ? "nothing" : "a text";
}

std::string join(std::string_view section, std::string_view key) {
    if (section.empty()) return std::string(key);
    return std::string(section).append(".").append(key);
}

// What may stand in a section; for the empty one the sections and the keys that have none.
std::vector<std::string_view> keys_in(std::string_view section) {
    std::vector<std::string_view> keys;
    for (const auto& option : options()) {
        const bool is_below = section.empty() && !option.section().empty();
        if (!is_below && option.section() != section) continue;
        const auto key = is_below ? option.section() : option.key();
        if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
    return keys;
}

bool is_known(std::string_view section, std::string_view key) {
    const auto keys = keys_in(section);
    return std::ranges::find(keys, key) != keys.end();
}

// The setting elsewhere that has this very key, else the key in this section that is closest.
std::string suggestion(std::string_view section, std::string_view key) {
    const auto elsewhere = std::ranges::find(options(), key, &Option::key);
    if (elsewhere != options().end()) return std::string(elsewhere->path);
    const auto close = nearest(key, keys_in(section));
    return close.empty() ? std::string() : join(section, close);
}

// Walks one document and collects its settings.
class Reader {
  public:
    explicit Reader(const std::string& name) : name_(name) {}

    void read_section(std::string_view section, const YAML::Node& map);
    std::vector<Setting> take() { return std::move(settings_); }

    [[noreturn]] void fail(int line, const std::string& what) const {
        throw ConfigError("nearcache: " + at(line) + ": " + on_one_line(what));
    }

  private:
    void read_entry(const std::string& path, int line, const YAML::Node& value);
    void read_setting(const Option& option, int line, const YAML::Node& value);
    void read_list(const Option& option, int line, const YAML::Node& value);
    void read_text(const Setting& list, const YAML::Node& element);
    void read_rule(const Setting& list, const YAML::Node& element);
    void check_members(const Setting& list, const YAML::Node& element) const;
    void add(Setting setting, Part part, int line, std::string text);
    [[noreturn]] void fail_unknown(std::string_view section, std::string_view key, int line) const;
    // yaml-cpp counts from 0, and says -1 where it does not know.
    std::string at(int line) const { return name_ + ":" + std::to_string(std::max(line, 0) + 1); }

    const std::string& name_;
    std::vector<Setting> settings_;
};

void Reader::fail_unknown(std::string_view section, std::string_view key, int line) const {
    const auto path = join(section, key);
    const auto close = suggestion(section, key);
    if (const auto* option = find_option(path); option && section.empty()) {
        fail(line, in_quotes(path) + " is not written with a dot; write " +
                       std::string(option->key()) + " below " + std::string(option->section()));
    }
    if (!close.empty()) {
        fail(line, "unknown key " + in_quotes(path) + "; did you mean '" + close + "'?");
    }
    std::string list;
    for (const auto known : keys_in(section)) list.append(list.empty() ? "" : ", ").append(known);
    fail(line, "unknown key " + in_quotes(path) + "; allowed: " + list);
}

void Reader::read_section(std::string_view section, const YAML::Node& map) {
    // A section whose every line is commented out is null.
    if (map.IsNull()) return;
    std::map<std::string, int> lines;
    for (const auto& entry : map) {
        const int line = entry.first.Mark().line;
        if (!entry.first.IsScalar()) fail(line, "a key must be a plain word");
        const auto& key = entry.first.Scalar();
        const auto path = join(section, key);
        const auto [first, is_new] = lines.emplace(key, line);
        if (!is_new) {
            fail(line, in_quotes(path) + " is given twice; first in line " +
                           std::to_string(first->second + 1));
        }
        if (!is_known(section, key)) fail_unknown(section, key, line);
        read_entry(path, line, entry.second);
    }
}

void Reader::read_entry(const std::string& path, int line, const YAML::Node& value) {
    const auto* option = find_option(path);
    if (option != nullptr && option->is_list()) return read_list(*option, line, value);
    if (option != nullptr) return read_setting(*option, line, value);
    if (!value.IsMap() && !value.IsNull()) {
        fail(line, path + ": expected a map of settings, not " + std::string(shape_of(value)));
    }
    read_section(path, value);
}

void Reader::read_setting(const Option& option, int line, const YAML::Node& value) {
    const std::string path(option.path);
    if (!value.IsScalar()) {
        fail(line, path + ": expected a single value, not " + std::string(shape_of(value)) +
                       "; allowed: " + allowed_values(option));
    }
    settings_.push_back({.option = &option,
                         .text = value.Scalar(),
                         .level = Level::file,
                         .origin = at(line),
                         .speaker = at(line) + ": " + path});
}

// First a setting that says nothing but where the list is, then one or more for each element.
void Reader::read_list(const Option& option, int line, const YAML::Node& value) {
    const std::string path(option.path);
    // A list whose every line is commented out is null.
    if (!value.IsSequence() && !value.IsNull()) {
        fail(line, path + ": expected a list, not " + std::string(shape_of(value)) +
                       "; allowed: " + allowed_values(option));
    }
    const Setting list{.option = &option,
                       .text = {},
                       .level = Level::file,
                       .origin = at(line),
                       .speaker = at(line) + ": " + path};
    settings_.push_back(list);
    const bool has_rules = std::holds_alternative<RuleList>(option.kind);
    for (const auto& element : value) {
        if (has_rules) {
            read_rule(list, element);
        } else {
            read_text(list, element);
        }
    }
}

void Reader::read_text(const Setting& list, const YAML::Node& element) {
    const int line = element.Mark().line;
    const std::string path(list.option->path);
    if (!element.IsScalar()) {
        fail(line, path + ": expected a text, not " + std::string(shape_of(element)) +
                       (element.IsMap() ? " (a text that ends in ':' needs quotes)" : ""));
    }
    // Nothing would be taken for no element at all.
    if (element.Scalar().empty()) fail(line, path + ": an empty text; leave it out");
    const bool has_prefixes = std::holds_alternative<PrefixList>(list.option->kind);
    if (has_prefixes) return add(list, Part::whole, line, without_separators(element.Scalar()));
    add(list, Part::element, line, element.Scalar());
}

// The prefix begins the rule, wherever it stands in the map.
void Reader::read_rule(const Setting& list, const YAML::Node& element) {
    check_members(list, element);
    const auto prefix = element["prefix"];
    add(list, Part::whole, prefix.Mark().line, "prefix=" + without_separators(prefix.Scalar()));
    for (const auto& member : element) {
        const auto& name = member.first.Scalar();
        if (name == "prefix") continue;
        add(list, Part::more, member.first.Mark().line, name + "=" + member.second.Scalar());
    }
}

void Reader::check_members(const Setting& list, const YAML::Node& element) const {
    const std::string path(list.option->path);
    if (!element.IsMap()) {
        fail(element.Mark().line, path + ": expected a map, not " + std::string(shape_of(element)) +
                                      "; allowed: " + allowed_values(*list.option));
    }
    std::vector<std::string> seen;
    for (const auto& member : element) {
        const int line = member.first.Mark().line;
        if (!member.first.IsScalar()) fail(line, path + ": a key must be a plain word");
        const auto& name = member.first.Scalar();
        if (auto wrong = complain_unless_member(name)) fail(line, path + ": " + *wrong);
        if (std::ranges::find(seen, name) != seen.end()) {
            fail(line, path + ": " + name + " is given twice");
        }
        if (!member.second.IsScalar()) {
            fail(line, path + ": " + name + ": expected a single value, not " +
                           std::string(shape_of(member.second)));
        }
        seen.push_back(name);
    }
    if (std::ranges::find(seen, "prefix") == seen.end()) {
        fail(element.Mark().line, path + ": a rule without a prefix");
    }
}

// Errors name the element's own line, --print-config the list's.
void Reader::add(Setting setting, Part part, int line, std::string text) {
    setting.part = part;
    setting.text = std::move(text);
    setting.speaker = at(line) + ": " + std::string(setting.option->path);
    settings_.push_back(std::move(setting));
}

std::string why_not_yaml(const YAML::Exception& error) {
    // The commonest cause is a value such as embedded: without quotes.
    const bool is_colon = error.msg == "illegal map value";
    return "not YAML: " + error.msg +
           (is_colon ? " (a value that ends in ':' or has ': ' in it needs quotes)" : "");
}

}  // namespace

std::vector<Setting> read_yaml(const std::string& name, const std::string& text) {
    Reader reader(name);
    try {
        const auto documents = YAML::LoadAll(text);
        if (documents.empty()) return {};
        const auto& first = documents.front();
        if (documents.size() > 1) {
            reader.fail(documents[1].Mark().line, "a second document; expected only one");
        }
        if (!first.IsMap() && !first.IsNull()) {
            reader.fail(first.Mark().line,
                        "expected a map of settings, not " + std::string(shape_of(first)));
        }
        reader.read_section({}, first);
    } catch (const YAML::Exception& error) {
        reader.fail(error.mark.line, why_not_yaml(error));
    }
    return reader.take();
}

}  // namespace nearcache::app
