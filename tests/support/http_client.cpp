#include "tests/support/http_client.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <stdexcept>

namespace nearcache::tests {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

bool same_name(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
    });
}

std::string_view next_line(std::string_view& text) {
    const auto end = text.find(line_end);
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + line_end.size());
    return line;
}

int number_in(std::string_view text) {
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw std::runtime_error("no number: '" + std::string(text) + "'");
    }
    return number;
}

HttpResponse parse_head(std::string_view head) {
    const auto status_line = next_line(head);
    if (!status_line.starts_with("HTTP/1.") || status_line.size() < 12) {
        throw std::runtime_error("no response: '" + std::string(status_line.substr(0, 60)) + "'");
    }
    HttpResponse response;
    response.version = status_line.substr(0, 8);
    response.status = number_in(status_line.substr(9, 3));
    while (!head.empty()) {
        const auto line = next_line(head);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) throw std::runtime_error("no field in a response");
        auto value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        response.headers.emplace_back(line.substr(0, colon), value);
    }
    return response;
}

std::size_t body_length(const HttpResponse& response, bool to_head) {
    const bool has_none = response.status < 200 || response.status == 204 || response.status == 304;
    if (to_head || has_none) return 0;
    const auto length = response.header("Content-Length");
    if (length == "(none)") throw std::runtime_error("a response without Content-Length");
    return static_cast<std::size_t>(number_in(length));
}

}  // namespace

std::string HttpResponse::header(std::string_view name) const {
    const auto found = std::ranges::find_if(
        headers, [&](const auto& field) { return same_name(field.first, name); });
    return found == headers.end() ? "(none)" : found->second;
}

std::string http_request(std::string_view method, std::string_view target, std::string_view headers,
                         std::string_view body) {
    std::string request(method);
    request.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(headers);
    if (method == "PUT" || method == "POST" || !body.empty()) {
        request.append("Content-Length: ").append(std::to_string(body.size())).append(line_end);
    }
    return request.append(line_end).append(body);
}

std::optional<std::size_t> response_length(std::string_view bytes, bool to_head) {
    const auto end = bytes.find(head_end);
    if (end == std::string_view::npos) return std::nullopt;
    const auto head = parse_head(bytes.substr(0, end + line_end.size()));
    const auto length = end + head_end.size() + body_length(head, to_head);
    if (length > bytes.size()) return std::nullopt;
    return length;
}

HttpResponse parse_response(std::string_view response) {
    const auto end = response.find(head_end);
    auto parsed = parse_head(response.substr(0, end + line_end.size()));
    parsed.body = response.substr(end + head_end.size());
    return parsed;
}

HttpResponse HttpClient::ask(std::string_view method, std::string_view target) {
    send(http_request(method, target));
    return read_response(method == "HEAD");
}

HttpResponse HttpClient::raw(std::string_view bytes) {
    send(bytes);
    return read_response();
}

HttpResponse HttpClient::read_response(bool to_head) {
    for (;;) {
        if (const auto length = response_length(inbox_, to_head)) {
            auto response = parse_response(std::string_view(inbox_).substr(0, *length));
            inbox_.erase(0, *length);
            return response;
        }
        const auto received = socket_.receive();
        if (received.empty()) throw ConnectionClosed("closed before a response; left: " + inbox_);
        inbox_ += received;
    }
}

bool HttpClient::is_closed() { return inbox_.empty() && socket_.receive().empty(); }

}  // namespace nearcache::tests
