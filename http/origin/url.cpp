#include "http/origin/url.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <vector>

#include <boost/asio/ip/address_v6.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/percent.hpp"

namespace nearcache::http::origin {

namespace urls = boost::urls;

namespace {

constexpr std::size_t most_host_bytes = 253;
constexpr std::size_t most_label_bytes = 63;

template <class Text>
std::string_view plain(const Text& text) noexcept {
    return {text.data(), text.size()};
}

bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 3986, 2.3: escaped or not, these are the same.
bool is_unreserved(char c) noexcept {
    return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (auto& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

// RFC 1123, 2.1, and '_', which names of containers have.
bool is_label(std::string_view label) noexcept {
    return !label.empty() && label.size() <= most_label_bytes &&
           std::ranges::all_of(
               label, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

bool is_host_name(std::string_view name) noexcept {
    if (name.size() > most_host_bytes) return false;
    for (;;) {
        const auto dot = name.find('.');
        if (!is_label(name.substr(0, dot))) return false;
        if (dot == name.npos) return true;
        name.remove_prefix(dot + 1);
    }
}

bool set_host(Url& url, const urls::url_view& view) {
    switch (view.host_type()) {
        case urls::host_type::ipv6: {
            boost::system::error_code error;
            const auto address =
                boost::asio::ip::make_address_v6(std::string(view.host_address()), error);
            url.host = address.to_string();
            url.is_ipv6 = true;
            return !error;
        }
        case urls::host_type::ipv4:
        case urls::host_type::name: {
            url.host = lower_case(plain(view.encoded_host()));
            if (url.host.ends_with('.')) url.host.pop_back();
            return is_host_name(url.host);
        }
        case urls::host_type::none:
        case urls::host_type::ipvfuture:
            return false;
    }
    return false;
}

bool set_port(Url& url, const urls::url_view& view) {
    url.port = url.default_port();
    const auto digits = plain(view.port());
    if (digits.empty()) return true;
    const auto* const end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, url.port);
    return error == std::errc{} && stopped == end && url.port != 0;
}

// Boost 1.81 lets "http://host:-1/" pass, as a host with the path "-1/".
bool is_cut_where_it_should(std::string_view text, const urls::url_view& view) noexcept {
    text.remove_prefix(view.scheme().size());
    if (!text.starts_with("://")) return false;
    text.remove_prefix(3);
    return text.substr(0, text.find_first_of("/?#")) == plain(view.encoded_authority());
}

// Every escape that stands for itself is undone, and the others are written alike.
std::string normal_escapes(std::string_view path) {
    std::string normal;
    normal.reserve(path.size());
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto byte = path[i] == '%' ? percent_escape(path, i) : std::nullopt;
        if (!byte) {
            normal += path[i];
            continue;
        }
        i += 2;
        if (is_unreserved(*byte)) {
            normal += *byte;
        } else {
            append_percent_escape(normal, *byte);
        }
    }
    return normal;
}

}  // namespace

std::string Url::authority() const {
    auto text = is_ipv6 ? "[" + host + "]" : host;
    if (port != default_port()) text += ":" + std::to_string(port);
    return text;
}

std::string Url::target() const { return query ? path + "?" + *query : path; }

std::string Url::without_query() const {
    return (is_https ? "https://" : "http://") + authority() + path;
}

std::string Url::text() const { return query ? without_query() + "?" + *query : without_query(); }

void Url::add_to_query(std::string_view parameters) {
    if (parameters.empty()) return;
    auto& all = query ? *query : query.emplace();
    if (!all.empty()) all += '&';
    all += parameters;
}

std::optional<Url> parse_url(std::string_view text) {
    const auto parsed = urls::parse_uri(text);
    if (!parsed) return std::nullopt;
    const urls::url_view view = *parsed;
    Url url;
    url.is_https = view.scheme_id() == urls::scheme::https;
    if (!url.is_https && view.scheme_id() != urls::scheme::http) return std::nullopt;
    if (!is_cut_where_it_should(text, view) || view.has_userinfo()) return std::nullopt;
    if (!set_host(url, view) || !set_port(url, view)) return std::nullopt;
    url.path = remove_dot_segments(normal_escapes(plain(view.encoded_path())));
    if (view.has_query()) url.query = plain(view.encoded_query());
    return url;
}

std::string remove_dot_segments(std::string_view path) {
    std::vector<std::string_view> kept;
    if (path.starts_with('/')) path.remove_prefix(1);
    for (;;) {
        const auto slash = path.find('/');
        const auto segment = path.substr(0, slash);
        const bool is_last = slash == path.npos;
        const bool is_dots = segment == "." || segment == "..";
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (!is_dots) kept.push_back(segment);
        // "/a/.." is the folder, with its slash.
        if (is_dots && is_last) kept.emplace_back();
        if (is_last) break;
        path.remove_prefix(slash + 1);
    }
    std::string clean;
    for (const auto segment : kept) {
        clean += '/';
        clean += segment;
    }
    return clean;
}

}  // namespace nearcache::http::origin
