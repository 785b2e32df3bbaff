#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/config.hpp"

namespace nearcache::app {

// What may be said of a rule, "prefix" first.
std::vector<std::string_view> rule_members();

// What is wrong with such a name, or nothing.
std::optional<std::string> complain_unless_member(std::string_view name);

// Both return what is wrong with the text, or nothing; only then is the last argument changed.

// Adds the rules in "prefix=user:,ttl=5s;prefix=tmp:,never_cache". Nothing but blanks adds none.
std::optional<std::string> add_rules(std::string_view text, std::vector<cache::Rule>& rules);

// Says one thing more of a rule: "ttl=5s". Nothing parts it, so that commas are part of the value.
std::optional<std::string> extend_rule(std::string_view text, cache::Rule& rule);

// The text that add_rules() reads back.
std::string show_rules(const std::vector<cache::Rule>& rules);

// "{prefix: "user:", ttl: 5s}"
std::string as_yaml_map(const cache::Rule& rule);

}  // namespace nearcache::app
