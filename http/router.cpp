#include "http/router.hpp"

namespace nearcache::http {

namespace {

using boost::beast::http::verb;

bool reads(verb method) noexcept { return method == verb::get || method == verb::head; }

Route route_proxy(const Target& target) noexcept {
    const auto key = query_parameter(target.query, "key");
    if (!key) return {Action::bad_query, {}};
    return {Action::look_up, *key, Plus::is_space};
}

}  // namespace

Route route(verb method, const Target& target) noexcept {
    if (target.path == "/proxy" && target.has_query && reads(method)) {
        return route_proxy(target);
    }
    const auto key = target.path.substr(target.path.empty() ? 0 : 1);
    if (key.empty()) {
        if (!reads(method)) return {Action::not_allowed, {}, Plus::is_plus, "GET, HEAD"};
        return {Action::no_such_key, {}};
    }
    switch (method) {
        case verb::get:
        case verb::head:
            return {Action::look_up, key};
        case verb::put:
        case verb::post:
            return {Action::store, key};
        case verb::delete_:
            return {Action::remove, key};
        default:
            return {Action::not_allowed, {}, Plus::is_plus, "GET, HEAD, PUT, POST, DELETE"};
    }
}

}  // namespace nearcache::http
