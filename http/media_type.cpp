#include "http/media_type.hpp"

#include <algorithm>

#include <boost/beast/core/string.hpp>

#include "http/field_text.hpp"
#include "http/request_parser.hpp"

namespace nearcache::http {

namespace {

using boost::beast::iequals;

std::string_view type_of(std::string_view range) noexcept {
    return trimmed(range.substr(0, range.find(';')));
}

// "q=0", "q=0.0", "q=0.000" (RFC 9110, 12.4.2).
bool is_refused(std::string_view range) noexcept {
    while (range.find(';') != range.npos) {
        range.remove_prefix(range.find(';') + 1);
        const auto parameter = trimmed(range.substr(0, range.find(';')));
        if (parameter.size() < 3 || !iequals(parameter.substr(0, 2), "q=")) continue;
        return parameter.substr(2).find_first_not_of("0.") == parameter.npos;
    }
    return false;
}

}  // namespace

bool is_media_type(std::string_view field, std::string_view type) noexcept {
    return iequals(type_of(field), type);
}

void read_accept(std::string_view field, Request& request) noexcept {
    // What curl and most libraries say.
    if (field == "*/*") return;
    for_each_element(field, [&request](std::string_view range) {
        const auto type = type_of(range);
        if (type.ends_with('*') || is_refused(range)) return;
        request.accepts_html |= iequals(type, "text/html");
        request.accepts_events |= iequals(type, "text/event-stream");
        request.accepts_json |=
            iequals(type, "application/json") || iequals(type, "application/problem+json");
    });
}

}  // namespace nearcache::http
