#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_table.hpp"

namespace nearcache::app {

// Reads `text` into its place in the draft, where a part leaves the other parts alone and a list
// grows. Returns what is wrong with it and what is allowed, or nothing; only then is the draft
// changed.
std::optional<std::string> set_value(const Option& option, Part part, std::string_view text,
                                     Draft& draft);

// The text that set_value() reads back as the same value; secrets are masked.
std::string show_value(const Option& option, const Draft& draft);

// Each element of a list as YAML; none of what is no list.
std::vector<std::string> list_elements(const Option& option, const Draft& draft);

void clear_list(const Option& option, Draft& draft);

// What may be said: "1 to 256", "lru", "1024, 64KiB, ... (1KiB to 4GiB)".
std::string allowed_values(const Option& option);

// Stands for a value in --help: "N", "SIZE", "HOST:PORT".
std::string_view placeholder(const Option& option);

}  // namespace nearcache::app
