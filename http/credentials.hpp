#pragma once

#include <string_view>

namespace nearcache::http {

// Whether an Authorization field is "Bearer" with that token (RFC 6750, 2.1). How long it takes
// says nothing of how much of the token was right.
bool shows_token(std::string_view authorization, std::string_view token) noexcept;

}  // namespace nearcache::http
