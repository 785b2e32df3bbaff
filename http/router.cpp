#include "http/router.hpp"

namespace nearcache::http {

namespace {

using boost::beast::http::verb;

constexpr std::string_view methods_of_key = "GET, HEAD, PUT, POST, DELETE, OPTIONS";
constexpr std::string_view methods_of_root = "GET, HEAD, POST, OPTIONS";

bool reads(verb method) noexcept { return method == verb::get || method == verb::head; }

bool has_parameter(const Target& target, std::string_view name) noexcept {
    return target.has_query && query_parameter(target.query, name).has_value();
}

Route route_proxy(const Target& target) noexcept {
    const auto key = query_parameter(target.query, "key");
    if (!key) return {Action::bad_query};
    return {Action::look_up, *key, Plus::is_space};
}

Route route_root(verb method, const Target& target, const Sort& sort) noexcept {
    if (method == verb::options) return {Action::options, {}, Plus::is_plus, methods_of_root};
    if (method == verb::post && sort.is_json) return {Action::command};
    if (!reads(method)) return {Action::not_allowed, {}, Plus::is_plus, methods_of_root};
    if (has_parameter(target, "url")) return {Action::origin};
    if (has_parameter(target, "keys")) return {Action::many};
    for (const std::string_view name : {"docs", "openapi"}) {
        if (has_parameter(target, name)) return {Action::document, name};
    }
    return {sort.accepts_html ? Action::front_page : Action::no_such_key};
}

}  // namespace

Route route(verb method, const Target& target, const Sort& sort) noexcept {
    if (target.path == "/proxy" && target.has_query && reads(method)) {
        return route_proxy(target);
    }
    const auto key = target.path.substr(target.path.empty() ? 0 : 1);
    if (key.empty()) return route_root(method, target, sort);
    switch (method) {
        case verb::get:
        case verb::head:
            return {Action::look_up, key};
        case verb::post:
            if (sort.is_json && key == "pipeline") return {Action::pipeline};
            if (sort.is_json && key == "multi-exec") return {Action::transaction};
            return {Action::store, key};
        case verb::put:
            return {Action::store, key};
        case verb::delete_:
            return {Action::remove, key};
        case verb::options:
            return {Action::options, {}, Plus::is_plus, methods_of_key};
        default:
            return {Action::not_allowed, {}, Plus::is_plus, methods_of_key};
    }
}

}  // namespace nearcache::http
