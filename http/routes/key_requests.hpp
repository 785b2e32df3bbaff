#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/asked.hpp"
#include "http/router.hpp"

// What all requests about one key have in common.
namespace nearcache::http {

// Says at debug level where the answer about a key comes from.
void note_source(std::string_view key, std::string_view source);

// The key that a request names. False when it is not well-formed, and the answer says so.
bool decode_key(const Route& to, const Asked& asked, std::string& key);

// For what has to ask the backend. None when no request more may be in flight, and the answer says
// so.
std::optional<net::Limiter::Permit> permit_or_refuse(Context& context, const Asked& asked);

// What a command changes that writes one key of the home database.
cache::Written writing(std::string_view key);

}  // namespace nearcache::http
