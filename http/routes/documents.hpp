#pragma once

#include <string_view>

#include "http/asked.hpp"

namespace nearcache::http {

// GET and HEAD of "/?docs" and "/?openapi": the documentation of this very door, for who has
// nothing else of nearcache at hand.
void append_document(std::string_view name, const Asked& asked);

}  // namespace nearcache::http
