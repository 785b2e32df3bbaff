#include "base/json_text.hpp"

#include <cstddef>
#include <cstdint>

namespace nearcache {

namespace {

constexpr std::string_view base64_mark = "base64:";
constexpr std::string_view hex_digits = "0123456789abcdef";

std::uint32_t byte_at(std::string_view bytes, std::size_t at) noexcept {
    return static_cast<unsigned char>(bytes[at]);
}

// The length of the character that begins with this byte; 0: none does.
std::size_t character_size(std::uint32_t first) noexcept {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

// Of those of three and four bytes some second bytes would say what is said shorter, or nothing.
bool may_follow(std::uint32_t first, std::uint32_t second) noexcept {
    switch (first) {
        case 0xe0:
            return second >= 0xa0;
        case 0xed:
            return second < 0xa0;
        case 0xf0:
            return second >= 0x90;
        case 0xf4:
            return second < 0x90;
        default:
            return true;
    }
}

void append_escaped(std::string& out, char c) {
    switch (c) {
        case '"':
        case '\\':
            out += '\\';
            out += c;
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            out += "\\u00";
            out += hex_digits[static_cast<unsigned char>(c) >> 4];
            out += hex_digits[static_cast<unsigned char>(c) & 15];
            break;
    }
}

bool needs_escape(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escaping(std::string& out, std::string_view text) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        out.append(text, done, i - done);
        append_escaped(out, text[i]);
        done = i + 1;
    }
    out.append(text, done);
}

// How many bytes there are before the first that is no part of a character.
std::size_t valid_bytes(std::string_view bytes) noexcept {
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto first = byte_at(bytes, at);
        const auto size = character_size(first);
        if (size == 0 || size > bytes.size() - at) return at;
        for (std::size_t i = 1; i < size; ++i) {
            if ((byte_at(bytes, at + i) & 0xc0) != 0x80) return at;
        }
        if (size > 2 && !may_follow(first, byte_at(bytes, at + 1))) return at;
        at += size;
    }
    return at;
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept { return valid_bytes(bytes) == bytes.size(); }

void append_base64(std::string& out, std::string_view bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto left = bytes.size() - at;
        std::uint32_t group = byte_at(bytes, at) << 16;
        if (left > 1) group |= byte_at(bytes, at + 1) << 8;
        if (left > 2) group |= byte_at(bytes, at + 2);
        out += digits[group >> 18];
        out += digits[group >> 12 & 63];
        out += left > 1 ? digits[group >> 6 & 63] : '=';
        out += left > 2 ? digits[group & 63] : '=';
    }
}

void append_json(std::string& out, std::string_view bytes) {
    out += '"';
    if (is_utf8(bytes) && !bytes.starts_with(base64_mark)) {
        append_escaping(out, bytes);
    } else {
        out += base64_mark;
        append_base64(out, bytes);
    }
    out += '"';
}

void append_json_text(std::string& out, std::string_view text) {
    out += '"';
    append_escaping(out, text);
    out += '"';
}

void append_json_message(std::string& out, std::string_view bytes) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    out += '"';
    for (;;) {
        const auto valid = valid_bytes(bytes);
        append_escaping(out, bytes.substr(0, valid));
        bytes.remove_prefix(valid);
        if (bytes.empty()) break;
        out += replacement;
        bytes.remove_prefix(1);
    }
    out += '"';
}

}  // namespace nearcache
