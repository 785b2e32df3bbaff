#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nearcache::http::origin {

// A flat JSON object as a query: {"q":"a b","n":1} is "q=a%20b&n=1". Its members are strings,
// numbers (as they are written) and booleans, in their order. Empty for everything else.
//
// Threads: any.
std::optional<std::string> query_of_params(std::string_view json);

}  // namespace nearcache::http::origin
