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
    options,      // OPTIONS
    command,      // POST / with JSON: one command
    pipeline,     // POST /pipeline with JSON: several
    transaction,  // POST /multi-exec with JSON: several, together
    many,         // GET /?keys=
    origin,       // GET /?url=
    front_page,   // GET / by a browser
    document,     // GET /?docs or /?openapi
    not_allowed,  // 405
    no_such_key,  // 404: the empty key is nobody's
    bad_query,    // 400: /proxy without a key
};

struct Route {
    Action action;
    std::string_view encoded_key = {};
    Plus plus = Plus::is_plus;
    std::string_view allowed = {};  // the Allow field, for options and not_allowed
};

// What decides beside method and target.
struct Sort {
    bool is_json = false;       // the body is application/json
    bool accepts_html = false;  // asked by a browser
};

// (method, target) -> what to do. Every path but "/" is a key without its first slash; "/proxy?..."
// names the key in its parameter `key`; and a POST of JSON to "/", "/pipeline" or "/multi-exec" is
// commands. 404 and 405 are decided here.
Route route(boost::beast::http::verb method, const Target& target, const Sort& sort = {}) noexcept;

// Whether it is one to execute commands.
constexpr bool is_for_commands(Action action) noexcept {
    return action == Action::command || action == Action::pipeline || action == Action::transaction;
}

}  // namespace nearcache::http
