#pragma once

#include <string>

namespace nearcache::http {

// What differs from one front page to another.
struct FrontPage {
    std::string http;  // "127.0.0.1:8080"
    std::string resp_host;
    std::string resp_port;
    bool needs_token = false;
};

// The page as HTML. Nothing of `page` is taken for markup.
//
// Threads: any.
std::string front_page_text(const FrontPage& page);

}  // namespace nearcache::http
