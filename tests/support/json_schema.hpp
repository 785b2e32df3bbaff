#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace nearcache::tests {

// JSON is YAML, so one library reads the schemas and what is held against them.

// What a JSON Pointer within the document leads to: "#/components/schemas/Problem". Throws
// std::runtime_error when that is nothing.
YAML::Node resolved(const YAML::Node& document, const std::string& reference);
// The node itself, or what its $ref leads to.
YAML::Node followed(const YAML::Node& document, const YAML::Node& node);

// What is wrong with a value by a schema (JSON Schema 2020-12, as much of it as is used here), a
// line for each thing. Throws std::runtime_error for a keyword that nobody here understands.
std::vector<std::string> complaints_about(const YAML::Node& value, const YAML::Node& schema,
                                          const YAML::Node& document);

// A text as a value: what is not in quotes would be taken for a number or null.
YAML::Node as_text(const std::string& text);

}  // namespace nearcache::tests
