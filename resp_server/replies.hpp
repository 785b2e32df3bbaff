#pragma once

#include <string_view>

#include "base/error.hpp"
#include "cache/cache_service.hpp"
#include "net/output.hpp"

namespace nearcache::resp_server {

// What a client is sent; long values are shared with the cache, not copied.
using Output = net::Output<cache::EntryRef>;

using net::copied_value_bytes;

// "-TEXT\r\n"; text begins with its code, as "ERR ...".
void append_error(Output& out, std::string_view text);

// The one place that turns an Errc into an error line.
void append_failure(Output& out, Errc why);

// A bulk string: copied when short, else shared.
void append_value(Output& out, const cache::Entry& entry);

// "ERR wrong number of arguments for 'get' command"
void append_wrong_arity(Output& out, std::string_view command_name);

}  // namespace nearcache::resp_server
