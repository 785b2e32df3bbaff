#pragma once

#include <string>
#include <string_view>

namespace nearcache {

// Appends a JSON string that stands for any bytes: the text itself where they are valid UTF-8, else
// "base64:" and their base64 (RFC 4648). A text that begins with "base64:" is written like that as
// well, so whoever reads it need not guess. There is no CR and no LF in it.
void append_json(std::string& out, std::string_view bytes);

// The same of a text that is known to be valid UTF-8, and with no meaning but its own.
void append_json_text(std::string& out, std::string_view text);

// The same of bytes that are meant to be read by people: what is not UTF-8 in them is replaced by
// U+FFFD.
void append_json_message(std::string& out, std::string_view bytes);

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view bytes) noexcept;

void append_base64(std::string& out, std::string_view bytes);

}  // namespace nearcache
