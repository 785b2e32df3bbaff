#pragma once

#include "http/asked.hpp"
#include "http/request_parser.hpp"

namespace nearcache::http {

// GET and HEAD of "/" for a browser: what this is, and what to try, in one page without anything
// from elsewhere. It shows the address that the browser asked, for that one is known to work.
void append_front_page(const Context& context, const Request& request, const Asked& asked);

}  // namespace nearcache::http
