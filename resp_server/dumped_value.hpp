#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nearcache::resp_server {

// How a value of each of Redis's types is read and written as JSON: a string as a string, a list
// and a set as an array, a hash as an object, a sorted set as an array of [member, score], a stream
// as an array of [id, [field, value, ...]], as its fields may repeat.

// The command that reads the whole value; empty for a type that is none of Redis's own.
std::vector<std::string_view> reading_of(std::string_view type, std::string_view key);

enum class Dumped {
    written,
    vanished,   // there is no such key any more
    malformed,  // the reply is not what the type has
};
// `reply` answers that command in RESP2; nothing is written unless all of it is.
Dumped append_dumped(std::string& out, std::string_view type, std::string_view reply);

}  // namespace nearcache::resp_server
