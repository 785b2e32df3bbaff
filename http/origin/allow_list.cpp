#include "http/origin/allow_list.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/percent.hpp"

namespace nearcache::http::origin {

namespace {

// How often a path may be escaped: nobody does it more than twice.
constexpr int most_layers = 4;

// As servers may read it that decode early: every escape undone once, and a backslash as a slash.
std::string decoded_once(std::string_view path) {
    std::string decoded;
    decoded.reserve(path.size());
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto byte = path[i] == '%' ? percent_escape(path, i) : std::nullopt;
        if (byte) i += 2;
        const char c = byte.value_or(path[i]);
        decoded += c == '\\' ? '/' : c;
    }
    return decoded;
}

// As servers may read it that cut "..;x" to "..", or take "//" for "/".
std::string loosely_read(std::string_view path) {
    std::string loose;
    loose.reserve(path.size());
    bool is_parameter = false;
    for (const char c : path) {
        if (c == ';') is_parameter = true;
        if (c == '/') is_parameter = false;
        const bool is_repeated = c == '/' && loose.ends_with('/');
        if (!is_parameter && !is_repeated) loose += c;
    }
    return loose;
}

bool is_below(std::string_view path, std::string_view prefix) {
    if (!path.starts_with(prefix)) return false;
    return prefix.ends_with('/') || path.size() == prefix.size() || path[prefix.size()] == '/';
}

// However early or often the origin decodes it, the path must not come out above the prefix.
bool stays_below(std::string path, std::string prefix) {
    for (int layer = 0; layer < most_layers; ++layer) {
        if (!is_below(remove_dot_segments(path), prefix)) return false;
        if (!is_below(remove_dot_segments(loosely_read(path)), loosely_read(prefix))) return false;
        auto decoded = decoded_once(path);
        if (decoded == path) return path.find('\0') == path.npos;
        path = std::move(decoded);
        prefix = decoded_once(prefix);
    }
    return false;
}

}  // namespace

AllowList::AllowList(const std::vector<std::string>& rules) {
    for (const auto& rule : rules) {
        if (auto url = parse_url(rule)) rules_.push_back(*std::move(url));
    }
}

bool AllowList::needs_tls() const noexcept { return std::ranges::any_of(rules_, &Url::is_https); }

bool AllowList::allows(const Url& url) const {
    return std::ranges::any_of(rules_, [&url](const Url& rule) {
        return url.is_https == rule.is_https && url.host == rule.host && url.port == rule.port &&
               stays_below(url.path, rule.path);
    });
}

std::optional<std::string> complain_about_rule(std::string_view text) {
    const auto url = parse_url(text);
    if (!url) return "must be scheme://host[:port][/path] with http or https, and no user name";
    if (text.find_first_of("?#") != text.npos) return "must have no query and no fragment";
    if (!stays_below(url->path, url->path)) {
        return "its path must not be escaped more than twice, nor have a zero byte";
    }
    return std::nullopt;
}

}  // namespace nearcache::http::origin
