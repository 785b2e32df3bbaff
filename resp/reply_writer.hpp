#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace nearcache::resp {

// Replies in RESP2, appended to `out`. Out may be anything with append(const char*, size_t).
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
void append_null_bulk(Out& out) {
    append_text(out, "$-1\r\n");
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
