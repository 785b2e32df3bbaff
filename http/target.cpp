#include "http/target.hpp"

#include "base/percent.hpp"

namespace nearcache::http {

namespace {

// "http://host:port/path" -> "/path"
std::string_view without_authority(std::string_view target) noexcept {
    const auto authority = target.find("://");
    if (authority == std::string_view::npos || target.find_first_of("/?") < authority) return {};
    const auto path = target.find_first_of("/?", authority + 3);
    return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

}  // namespace

std::optional<Target> split_target(std::string_view target) noexcept {
    if (!target.starts_with('/')) target = without_authority(target);
    if (target.empty()) return std::nullopt;
    // A fragment is the client's own business and should not have been sent.
    target = target.substr(0, target.find('#'));
    const auto mark = target.find('?');
    if (mark == std::string_view::npos) return Target{target, {}, false};
    return Target{target.substr(0, mark), target.substr(mark + 1), true};
}

bool percent_decode(std::string_view text, Plus plus, std::string& out) {
    out.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' && plus == Plus::is_space ? ' ' : text[i];
            continue;
        }
        const auto byte = percent_escape(text, i);
        if (!byte) return false;
        out += *byte;
        i += 2;
    }
    return true;
}

std::optional<std::string_view> query_parameter(std::string_view query,
                                                std::string_view name) noexcept {
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        const auto equals = pair.find('=');
        if (pair.substr(0, equals) == name) {
            return equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        }
        if (end == std::string_view::npos) break;
        query.remove_prefix(end + 1);
    }
    return std::nullopt;
}

}  // namespace nearcache::http
