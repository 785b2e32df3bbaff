#pragma once

#include <string>
#include <string_view>

namespace nearcache::net {

// SHA-256 of some bytes, in 64 lower-case hexadecimal digits: for what nobody may be able to
// imitate.
//
// Threads: any.
std::string sha256_hex(std::string_view bytes);

}  // namespace nearcache::net
