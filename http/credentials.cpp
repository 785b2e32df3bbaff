#include "http/credentials.hpp"

#include <boost/beast/core/string.hpp>

#include "http/field_text.hpp"

namespace nearcache::http {

namespace {

// Every byte of what was shown is looked at, whatever those before it were.
bool equals(std::string_view shown, std::string_view token) noexcept {
    unsigned difference = shown.size() == token.size() ? 0 : 1;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto expected = static_cast<unsigned char>(token[i % token.size()]);
        difference |= static_cast<unsigned>(static_cast<unsigned char>(shown[i]) ^ expected);
    }
    return difference == 0;
}

}  // namespace

bool shows_token(std::string_view authorization, std::string_view token) noexcept {
    constexpr std::string_view scheme = "Bearer ";
    if (!boost::beast::iequals(authorization.substr(0, scheme.size()), scheme)) return false;
    return equals(trimmed(authorization.substr(scheme.size())), token);
}

}  // namespace nearcache::http
