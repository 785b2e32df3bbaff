#pragma once

#include <string_view>

namespace nearcache::app {

// Of the project() line in CMakeLists.txt.
inline constexpr std::string_view version = NEARCACHE_VERSION;

}  // namespace nearcache::app
