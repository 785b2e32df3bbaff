#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nearcache::app {

// What settings say in the terms of the web. The first two return what is wrong with the text, or
// nothing; only then is the last argument changed.

// The origin of pages as browsers name it (RFC 6454, 6.2), "https://app.example:8443", or "*" for
// all of them. It is put into lower case, and a port that goes without saying is left out.
std::optional<std::string> read_web_origin(std::string_view text, std::string& origin);

// What may be fetched: "https://api.example/v1".
std::optional<std::string> read_fetch_rule(std::string_view text, std::string& rule);

// A media type and its parameters (RFC 9110, 8.3.1): "text/html; charset=utf-8".
std::optional<std::string> complain_unless_media_type(std::string_view text);

}  // namespace nearcache::app
