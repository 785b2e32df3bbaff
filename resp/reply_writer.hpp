#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "resp/dialect.hpp"

namespace nearcache::resp {

// Replies, appended to `out`, which may be anything with append(const char*, size_t). What takes no
// dialect is the same in both.
// https://redis.io/docs/latest/develop/reference/protocol-spec/

// One line of type and number: "$5\r\n".
template <class Out>
void append_header(Out& out, char type, std::int64_t number) {
    char line[24];
    line[0] = type;
    char* end = std::to_chars(line + 1, line + 22, number).ptr;
    *end++ = '\r';
    *end++ = '\n';
    out.append(line, static_cast<std::size_t>(end - line));
}

template <class Out>
void append_text(Out& out, std::string_view text) {
    out.append(text.data(), text.size());
}

template <class Out>
void append_bulk(Out& out, std::string_view bytes) {
    append_header(out, '$', static_cast<std::int64_t>(bytes.size()));
    append_text(out, bytes);
    append_text(out, "\r\n");
}

template <class Out>
void append_integer(Out& out, std::int64_t number) {
    append_header(out, ':', number);
}

// `count` more replies follow as the array's elements.
template <class Out>
void append_array(Out& out, std::size_t count) {
    append_header(out, '*', static_cast<std::int64_t>(count));
}

// What only RESP3 has a form of its own for is said in RESP2 as Redis says it there.

template <class Out>
void append_null(Out& out, Dialect dialect) {
    append_text(out, dialect == Dialect::resp2 ? "$-1\r\n" : "_\r\n");
}

template <class Out>
void append_null_array(Out& out, Dialect dialect) {
    append_text(out, dialect == Dialect::resp2 ? "*-1\r\n" : "_\r\n");
}

// `pairs` keys follow, each with its value behind it.
template <class Out>
void append_map(Out& out, Dialect dialect, std::size_t pairs) {
    const bool is_flat = dialect == Dialect::resp2;
    append_header(out, is_flat ? '*' : '%', static_cast<std::int64_t>(is_flat ? 2 * pairs : pairs));
}

// `count` elements follow, in any order.
template <class Out>
void append_set(Out& out, Dialect dialect, std::size_t count) {
    append_header(out, dialect == Dialect::resp2 ? '*' : '~', static_cast<std::int64_t>(count));
}

// `count` elements follow of something that answers no command.
template <class Out>
void append_push(Out& out, Dialect dialect, std::size_t count) {
    append_header(out, dialect == Dialect::resp2 ? '*' : '>', static_cast<std::int64_t>(count));
}

template <class Out>
void append_bool(Out& out, Dialect dialect, bool value) {
    if (dialect == Dialect::resp2) return append_integer(out, value ? 1 : 0);
    append_text(out, value ? "#t\r\n" : "#f\r\n");
}

// With 17 digits, as Redis does: the same number is read back.
template <class Out>
void append_double(Out& out, Dialect dialect, double number) {
    char digits[40];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, number, std::chars_format::general, 17).ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    if (dialect == Dialect::resp2) return append_bulk(out, text);
    append_text(out, ",");
    append_text(out, text);
    append_text(out, "\r\n");
}

// A text that is meant to be shown as it is; `format` has three letters: "txt" or "mkd".
template <class Out>
void append_verbatim(Out& out, Dialect dialect, std::string_view format, std::string_view text) {
    if (dialect == Dialect::resp2) return append_bulk(out, text);
    append_header(out, '=', static_cast<std::int64_t>(format.size() + 1 + text.size()));
    append_text(out, format);
    append_text(out, ":");
    append_text(out, text);
    append_text(out, "\r\n");
}

// A status such as "OK".
template <class Out>
void append_simple(Out& out, std::string_view text) {
    append_text(out, "+");
    append_text(out, text);
    append_text(out, "\r\n");
}

// An error line; `text` begins with its code: "ERR ...". CR and LF in it become spaces, as in
// Redis.
void append_error(std::string& out, std::string_view text);

// A command as a client sends it: an array of bulk strings.
template <class Out, class Words>
void append_command(Out& out, const Words& words) {
    append_array(out, std::size(words));
    for (const auto& word : words) append_bulk(out, std::string_view(word));
}

}  // namespace nearcache::resp
