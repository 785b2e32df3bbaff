#include "tests/support/resp_wire.hpp"

#include <charconv>
#include <stdexcept>

namespace nearcache::tests {

namespace {

constexpr std::string_view line_end = "\r\n";

long long number_in(std::string_view line) {
    long long number = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    if (error != std::errc{} || end != line.data() + line.size()) {
        throw std::runtime_error("no number: '" + std::string(line) + "'");
    }
    return number;
}

// How many replies a line that opens an aggregate announces.
std::size_t elements_of(char type, std::string_view line) {
    const auto count = number_in(line);
    if (count < 0) return 0;
    return static_cast<std::size_t>(count) * (type == '%' ? 2 : 1);
}

// Moves `position` behind one reply; false when it is not all there.
bool skip_reply(std::string_view bytes, std::size_t& position) {
    const auto end = bytes.find(line_end, position);
    if (end == std::string_view::npos) return false;
    const char type = bytes[position];
    const auto line = bytes.substr(position + 1, end - position - 1);
    position = end + line_end.size();
    switch (type) {
        case '+':
        case '-':
        case ':':
        case '_':
        case ',':
        case '#':
        case '(':
            return true;
        case '$':
        case '=':
            if (number_in(line) < 0) return true;
            position += static_cast<std::size_t>(number_in(line)) + line_end.size();
            return position <= bytes.size();
        case '*':
        case '%':
        case '~':
        case '>':
            break;
        default:
            throw std::runtime_error("no reply: '" + std::string(bytes.substr(0, 40)) + "'");
    }
    for (auto left = elements_of(type, line); left > 0; --left) {
        if (position >= bytes.size() || !skip_reply(bytes, position)) return false;
    }
    return true;
}

std::string elements_text(std::string_view bytes, std::size_t count) {
    std::string text = "[";
    for (std::size_t i = 0; i < count; ++i) {
        const auto length = reply_length(bytes).value();
        text.append(i == 0 ? "" : ", ").append(text_of(bytes.substr(0, length)));
        bytes.remove_prefix(length);
    }
    return text + "]";
}

}  // namespace

std::string command(const Words& words) {
    std::vector<std::string> parts;
    for (const auto& word : words) parts.push_back(bulk(word));
    return array(parts);
}

std::string bulk(std::string_view value) {
    std::string reply = "$" + std::to_string(value.size());
    return reply.append(line_end).append(value).append(line_end);
}

std::string integer(long long value) { return ":" + std::to_string(value) + "\r\n"; }

std::string array(const std::vector<std::string>& replies) {
    auto reply = "*" + std::to_string(replies.size()) + "\r\n";
    for (const auto& element : replies) reply += element;
    return reply;
}

std::optional<std::size_t> reply_length(std::string_view bytes) {
    std::size_t position = 0;
    if (bytes.empty() || !skip_reply(bytes, position)) return std::nullopt;
    return position;
}

std::string text_of(std::string_view reply) {
    const char type = reply.at(0);
    const auto end = reply.find(line_end);
    const auto line = reply.substr(1, end - 1);
    const auto rest = reply.substr(end + line_end.size());
    if (type == '-') return std::string(reply.substr(0, end));
    if (type == '_') return "(nil)";
    if (std::string_view("+:,#(").find(type) != std::string_view::npos) return std::string(line);
    if (number_in(line) < 0) return "(nil)";
    if (type == '$' || type == '=')
        return std::string(rest.substr(0, static_cast<std::size_t>(number_in(line))));
    return elements_text(rest, elements_of(type, line));
}

}  // namespace nearcache::tests
