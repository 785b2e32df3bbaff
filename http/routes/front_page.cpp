#include "http/routes/front_page.hpp"

#include <algorithm>
#include <string>

#include "http/routes/front_page_text.hpp"

namespace nearcache::http {

namespace {

// Nothing is loaded, run or framed; the style is in the page itself.
constexpr std::string_view page_fields =
    "Vary: Accept\r\n"
    "Cache-Control: no-cache\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n";

// The longest name there is (RFC 1035, 2.3.4), with a port.
constexpr std::size_t longest_host = 253 + 6;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_of_name(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_';
}

// Where the port begins, with its colon; the end where there is none.
std::size_t port_in(std::string_view host) noexcept {
    const auto from = host.starts_with('[') ? std::min(host.find(']'), host.size()) : 0;
    return std::min(host.find(':', from), host.size());
}

bool is_port(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

// A name, an IPv4 address or an IPv6 address in brackets: less than RFC 3986 has, and enough.
bool is_host(std::string_view text) noexcept {
    if (!text.starts_with('[')) return !text.empty() && std::ranges::all_of(text, is_of_name);
    if (text.size() < 4 || !text.ends_with(']')) return false;
    return std::ranges::all_of(text.substr(1, text.size() - 2),
                               [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_well_formed(std::string_view field) noexcept {
    if (field.size() > longest_host) return false;
    const auto port = port_in(field);
    return is_host(field.substr(0, port)) &&
           (port == field.size() || is_port(field.substr(port + 1)));
}

// Where we listen, as one who is on this machine can write it.
std::string own_address(const Context& context) {
    auto host = context.config.listen.host;
    if (host.empty() || host == "0.0.0.0" || host == "::") host = "127.0.0.1";
    if (host.find(':') != host.npos) host = "[" + host + "]";
    return host + ":" + std::to_string(context.http_port);
}

std::string without_brackets(std::string_view host) {
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    return std::string(host);
}

}  // namespace

void append_front_page(const Context& context, const Request& request, const Asked& asked) {
    FrontPage page;
    page.http = is_well_formed(request.host) ? request.host : own_address(context);
    page.resp_host = without_brackets(std::string_view(page.http).substr(0, port_in(page.http)));
    page.resp_port = std::to_string(context.resp_port);
    page.needs_token = !context.config.token.empty();
    const auto text = front_page_text(page);
    append_body(
        *asked.out, asked.manner,
        {.content_type = "text/html; charset=utf-8", .bytes = text, .extra_fields = page_fields});
}

}  // namespace nearcache::http
