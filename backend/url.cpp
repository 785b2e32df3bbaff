#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <arpa/inet.h>
#include <sys/un.h>

#include "backend/config.hpp"
#include "base/percent.hpp"

namespace nearcache::backend {

namespace {

constexpr std::string_view allowed =
    "; allowed: embedded:, redis://[user:password@]host[:port][/database], unix:///path";
constexpr std::uint16_t default_port = 6379;
constexpr std::uint32_t most_databases = 2'147'483'647;

// Reads one URL. What it says about a bad one never quotes a text that might hold a password.
class UrlReader {
  public:
    explicit UrlReader(std::string& why) : why_(why) {}

    bool read_redis(std::string_view rest, Url& url);
    bool read_unix(std::string_view rest, Url& url);
    bool fail(std::string_view what) {
        why_.assign(what).append(allowed);
        return false;
    }

  private:
    bool read_credentials(std::string_view text, Url& url);
    bool read_host_and_port(std::string_view text, Endpoint& endpoint);
    bool read_bracketed(std::string_view text, std::string& host);
    bool read_database(std::string_view text, std::uint32_t& database);
    bool decode(std::string_view text, std::string& decoded);

    std::string& why_;
};

template <class Number>
bool read_number(std::string_view text, Number least, Number most, Number& number) {
    Number read = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, read);
    if (error != std::errc{} || stop != end || read < least || read > most) return false;
    number = read;
    return true;
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~").find(c) != std::string_view::npos;
}

bool is_host_character(char c) { return is_unreserved(c) && c != '~'; }

std::string encode(std::string_view text, std::string_view kept = {}) {
    std::string encoded;
    for (const char c : text) {
        if (is_unreserved(c) || kept.find(c) != kept.npos) {
            encoded += c;
            continue;
        }
        append_percent_escape(encoded, c);
    }
    return encoded;
}

bool UrlReader::decode(std::string_view text, std::string& decoded) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            bytes += text[i];
            continue;
        }
        const auto byte = percent_escape(text, i);
        if (!byte) return fail("'%' without two hex digits in a backend URL");
        bytes += *byte;
        i += 2;
    }
    decoded = std::move(bytes);
    return true;
}

bool UrlReader::read_credentials(std::string_view text, Url& url) {
    const auto colon = text.find(':');
    if (!decode(text.substr(0, colon), url.user)) return false;
    return colon == text.npos || decode(text.substr(colon + 1), url.password);
}

bool UrlReader::read_bracketed(std::string_view text, std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> address;
    std::string inside(text);
    if (inet_pton(AF_INET6, inside.c_str(), address.data()) != 1) {
        return fail("what is in brackets in a backend URL is not an IPv6 address");
    }
    host = std::move(inside);
    return true;
}

bool UrlReader::read_host_and_port(std::string_view text, Endpoint& endpoint) {
    std::string_view after;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos) return fail("'[' without ']' in a backend URL");
        if (!read_bracketed(text.substr(1, end - 1), endpoint.host)) return false;
        after = text.substr(end + 1);
    } else {
        const auto end = std::min(text.find(':'), text.size());
        const auto host = text.substr(0, end);
        after = text.substr(end);
        if (!std::ranges::all_of(host, is_host_character)) {
            return fail("the host in a backend URL is not a name or address");
        }
        if (std::ranges::count(after, ':') > 1) {
            return fail("an IPv6 address in a backend URL needs brackets: redis://[::1]:6379");
        }
        if (host.empty()) return fail("no host in a backend URL");
        endpoint.host = host;
    }
    endpoint.port = default_port;
    if (after.empty()) return true;
    if (!after.starts_with(':') ||
        !read_number<std::uint16_t>(after.substr(1), 1, 65'535, endpoint.port)) {
        return fail("the port in a backend URL is not a number from 1 to 65535");
    }
    return true;
}

bool UrlReader::read_database(std::string_view text, std::uint32_t& database) {
    if (read_number<std::uint32_t>(text, 0, most_databases, database)) return true;
    return fail("the database in a backend URL is not a number from 0 to 2147483647");
}

bool UrlReader::read_redis(std::string_view rest, Url& url) {
    url.scheme = Url::Scheme::redis;
    if (rest.find_first_of("?#") != rest.npos) {
        return fail("a redis:// URL has no '?' and no '#' (in a password: %3F, %23)");
    }
    // The last '@', so that one in a password does no harm; a '/' there must be %2F.
    const auto slash = std::min(rest.find('/'), rest.size());
    auto authority = rest.substr(0, slash);
    const auto at = authority.rfind('@');
    if (at != authority.npos) {
        if (!read_credentials(authority.substr(0, at), url)) return false;
        authority = authority.substr(at + 1);
    }
    if (!read_host_and_port(authority, url.endpoint)) return false;
    const auto database = rest.substr(std::min(slash + 1, rest.size()));
    return database.empty() || read_database(database, url.database);
}

bool UrlReader::read_unix(std::string_view rest, Url& url) {
    url.scheme = Url::Scheme::unix_socket;
    const auto question = std::min(rest.find('?'), rest.size());
    const auto query = rest.substr(question);
    const auto slash = rest.find('/');
    if (slash == rest.npos || slash > question) return fail("no path in a unix:// URL");
    if (slash > 0) {
        if (rest[slash - 1] != '@') return fail("a unix:// URL has no host");
        if (!read_credentials(rest.substr(0, slash - 1), url)) return false;
    }
    if (!decode(rest.substr(slash, question - slash), url.path)) return false;
    if (url.path.size() >= sizeof(sockaddr_un::sun_path) || url.path.find('\0') != url.path.npos) {
        return fail("the path in a unix:// URL is longer than the system allows, or holds a NUL");
    }
    if (query.empty()) return true;
    if (!query.starts_with("?db=")) return fail("a unix:// URL takes ?db=N and nothing else");
    return read_database(query.substr(4), url.database);
}

std::string_view take_scheme(std::string_view text) {
    return text.substr(0, std::min(text.find("://"), text.size()));
}

bool is_planned(std::string_view scheme) {
    constexpr std::array<std::string_view, 5> planned{"rediss", "redis+sentinel", "redis+cluster",
                                                      "rediss+sentinel", "rediss+cluster"};
    return std::ranges::find(planned, scheme) != planned.end();
}

// Names the scheme, and only when it is one: anything else might hold a password.
std::string not_a_url(std::string_view scheme, std::string_view text) {
    const auto belongs = [](char c) { return is_unreserved(c) || c == '+'; };
    const bool has_scheme = scheme != text && !scheme.empty() && scheme.size() <= 32 &&
                            std::ranges::all_of(scheme, belongs);
    return has_scheme ? std::string(scheme) + ":// is no backend" : "not a backend URL";
}

bool is_visible(char c) { return static_cast<unsigned char>(c) > 0x20 && c != '\x7f'; }

}  // namespace

std::optional<Url> parse_url(std::string_view text, std::string& why) {
    UrlReader reader(why);
    Url url;
    const auto scheme = take_scheme(text);
    const auto rest = text.substr(std::min(scheme.size() + 3, text.size()));
    bool is_sound = false;
    if (!std::ranges::all_of(text, is_visible)) {
        reader.fail("a backend URL has no spaces and no control characters");
    } else if (is_planned(scheme)) {
        reader.fail(std::string(scheme) + ":// is not supported yet");
    } else if (scheme == "redis" && scheme != text) {
        is_sound = reader.read_redis(rest, url);
    } else if (scheme == "unix" && scheme != text) {
        is_sound = reader.read_unix(rest, url);
    } else if (text == "embedded:") {
        is_sound = true;
    } else {
        reader.fail(not_a_url(scheme, text));
    }
    if (!is_sound) return std::nullopt;
    return url;
}

std::string Url::without_secrets() const {
    if (scheme == Scheme::embedded) return "embedded:";

    std::string credentials = encode(user);
    if (!password.empty()) credentials += ":***";
    if (!credentials.empty()) credentials += '@';
    if (scheme == Scheme::unix_socket) {
        auto shown = "unix://" + credentials + encode(path, "/");
        return database == 0 ? shown : shown + "?db=" + std::to_string(database);
    }
    const bool is_v6 = endpoint.host.find(':') != std::string::npos;
    auto shown = "redis://" + credentials + (is_v6 ? "[" + endpoint.host + "]" : endpoint.host) +
                 ":" + std::to_string(endpoint.port);
    return database == 0 ? shown : shown + "/" + std::to_string(database);
}

}  // namespace nearcache::backend
