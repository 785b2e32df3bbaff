#include "base/percent.hpp"

namespace nearcache {

namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<char> percent_escape(std::string_view text, std::size_t at) noexcept {
    if (text.size() < 3 || at > text.size() - 3 || text[at] != '%') return std::nullopt;
    const int high = hex_value(text[at + 1]);
    const int low = hex_value(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    return static_cast<char>(high * 16 + low);
}

void append_percent_escape(std::string& out, char byte) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    const auto bits = static_cast<unsigned char>(byte);
    out += '%';
    out += hex[bits >> 4];
    out += hex[bits & 15];
}

}  // namespace nearcache
