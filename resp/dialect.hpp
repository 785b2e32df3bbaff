#pragma once

#include <cstdint>

namespace nearcache::resp {

// Which version of the protocol a connection speaks: what HELLO chooses. The values are the numbers
// that HELLO takes. https://redis.io/docs/latest/develop/reference/protocol-spec/
enum class Dialect : std::uint8_t { resp2 = 2, resp3 = 3 };

}  // namespace nearcache::resp
