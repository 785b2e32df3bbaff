#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "base/error.hpp"
#include "cache/cache_service.hpp"
#include "net/block.hpp"
#include "net/output.hpp"

namespace nearcache::resp_server {

// What keeps long bytes alive that are not copied: an entry of the cache, or what a reply of the
// backend was read into.
using Pin = std::variant<cache::EntryRef, net::Block>;

using Output = net::Output<Pin>;

using net::copied_value_bytes;

// "-TEXT\r\n"; text begins with its code, as "ERR ...".
void append_error(Output& out, std::string_view text);

// The one place that turns an Errc into an error line.
void append_failure(Output& out, Errc why);

// And back: what failed, when the text of an error line ("ERR backend unreachable") says that.
std::optional<Errc> failure_of(std::string_view text) noexcept;

// What is said when the backend has lent as many connections as it may.
inline constexpr std::string_view no_more_own_text =
    "ERR max number of own backend connections reached (backend.max_private_connections)";

// A bulk string: copied when short, else shared.
void append_value(Output& out, const cache::Entry& entry);

// The same for a part of its value.
void append_part(Output& out, const cache::Entry& entry, std::string_view part);

// Bytes that go on as they came.
using net::append_slice;

// Whether a reply of the backend is its plain consent.
constexpr bool is_ok(std::string_view reply) noexcept { return reply == "+OK\r\n"; }

// "ERR wrong number of arguments for 'get' command"
void append_wrong_arity(Output& out, std::string_view command_name);

}  // namespace nearcache::resp_server
