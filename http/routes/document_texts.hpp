#pragma once

#include <string_view>

namespace nearcache::http {

// The files docs/http.md and docs/openapi.yaml as they were when the program was built.
//
// Threads: any.
std::string_view docs_text() noexcept;
std::string_view openapi_text() noexcept;

}  // namespace nearcache::http
