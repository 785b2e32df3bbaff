#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/directives.hpp"

namespace nearcache::http {

// Several keys in one request: "keys=a,b&keys=c".

// The keys of every parameter `keys`, decoded, each once and in the order of their first mention. A
// comma parts keys, %2C is one within a key, '+' is a space; "keys=" names none. Empty when a '%'
// is not followed by two hexadecimal digits.
std::optional<std::vector<std::string>> read_keys(std::string_view query);

// The commands that ask for their values, as RESP arrays: one for all of them, or, when the request
// says how fresh they have to be, one for each.
std::string commands_for(const std::vector<std::string>& keys, const cache::Directives* directives);

// The replies to these as one JSON object of key and value. What is absent, or no string, is null;
// a value that is no UTF-8 is {"base64":"..."}; a key that is none goes by its percent-encoded
// form.
struct ValuesOrError {
    std::string json;
    std::string error;  // the first error line's text, when the whole is in vain
};
ValuesOrError values_in(std::string_view replies, const std::vector<std::string>& keys);

}  // namespace nearcache::http
