#pragma once

#include <ostream>
#include <string_view>

// Needs <ostream>, and leaves that to us.
#include <boost/beast/http/verb.hpp>

#include "http/target.hpp"

namespace nearcache::http {

enum class Action {
    look_up,      // GET, HEAD
    store,        // PUT, POST
    remove,       // DELETE
    not_allowed,  // 405
    no_such_key,  // 404: the empty key is nobody's
    bad_query,    // 400: /proxy without a key
};

struct Route {
    Action action;
    std::string_view encoded_key;
    Plus plus = Plus::is_plus;
    std::string_view allowed = {};  // the Allow field, for not_allowed
};

// (method, target) -> what to do. Every path but "/" is a key without its first slash; "/proxy?..."
// names the key in its parameter `key`. 404 and 405 are decided here.
Route route(boost::beast::http::verb method, const Target& target) noexcept;

}  // namespace nearcache::http
