#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nearcache::http::origin {

// A URL of http or https in its normal form (RFC 3986, 6.2.2): what is compared with the allow-list
// is byte for byte what is connected to and sent.
//
// Threads: any.
struct Url {
    bool is_https = false;
    // In lower case, without the brackets of an IPv6 address or the dot at the end of a name.
    std::string host;
    bool is_ipv6 = false;
    std::uint16_t port = 0;
    // Begins with '/', has no dot segments, and escapes only what needs it.
    std::string path;
    std::optional<std::string> query;  // as it was written

    std::uint16_t default_port() const noexcept { return is_https ? 443 : 80; }
    // "host", or "host:port" where the port is not the scheme's own: the Host field.
    std::string authority() const;
    // Path and query: the target of a request.
    std::string target() const;
    // All of it but the query, for logs: queries hold secrets.
    std::string without_query() const;
    std::string text() const;

    // Puts parameters, already escaped, behind those that are there.
    void add_to_query(std::string_view parameters);
};

// Empty for everything else: other schemes, relative references, user names, an empty host or one
// that is no host name (RFC 1123) nor address, an impossible port, bytes that no URL has. A
// fragment is left out.
std::optional<Url> parse_url(std::string_view text);

// Path without "." and ".." (RFC 3986, 5.2.4); never above its root. Begins with '/'.
std::string remove_dot_segments(std::string_view path);

}  // namespace nearcache::http::origin
