#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nearcache::http {

// A request target in its parts, still encoded: "/a%20b?ttl=5" is path "/a%20b" and query "ttl=5".
// Of an absolute-form target (RFC 9112, 3.2.2) the scheme and authority are left out. The server as
// a whole ("*") is an empty path.
struct Target {
    std::string_view path;
    std::string_view query;
    bool has_query = false;
};

// Empty when it is none of these.
std::optional<Target> split_target(std::string_view target) noexcept;

// What stands between "http://" or "https://" and the path; empty when it is no such URL.
std::optional<std::string_view> authority_of(std::string_view target) noexcept;

// Whether this is a host with or without a port, as a Host field has it (RFC 9110, 7.2). Stricter
// than the grammar: no comma, which others take for a list of two hosts. An empty one is fine.
bool is_authority(std::string_view text) noexcept;

// What '+' stands for: itself in a path, a space in a query (the form encoding of HTML).
enum class Plus { is_plus, is_space };

// Decodes %XX once, into `out`. False when a '%' is not followed by two hexadecimal digits.
bool percent_decode(std::string_view text, Plus plus, std::string& out);

// The still encoded value of the first parameter of that name; empty when there is none.
std::optional<std::string_view> query_parameter(std::string_view query,
                                                std::string_view name) noexcept;

}  // namespace nearcache::http
