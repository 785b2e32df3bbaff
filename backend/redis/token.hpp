#pragma once

#include <string>

namespace nearcache::backend::redis {

// 32 hexadecimal digits that nobody else comes up with.
//
// Threads: any.
std::string random_token();

}  // namespace nearcache::backend::redis
