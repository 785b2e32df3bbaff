#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "resp/reply_reader.hpp"

namespace nearcache::http {

// Replies of Redis, in RESP2, as the Upstash REST protocol has them in JSON.
//
// Threads: any.

// How strings are written: as they are, those that are no UTF-8 as {"base64":"..."}; or every one
// in base64 (RFC 4648), except the status OK where it is a whole reply.
enum class Strings { plain, base64 };

// The text of an error line, which begins with its code; empty when the reply is something else.
std::optional<std::string_view> error_in(std::string_view reply) noexcept;

// Appends a reply, or any value: nil is null, errors within are {"error":"..."}. An integer that
// JavaScript would round is a string. False: it is none.
bool append_value(std::string& out, std::string_view value, Strings strings);

// {"error":"..."}
void append_error_member(std::string& out, std::string_view text);

// Appends the reader's next reply, as {"result":...} or {"error":"..."}. False: there is none.
bool append_outcome(std::string& out, resp::ReplyReader& reader, Strings strings);

// A string that is as it is if it is UTF-8, else {"base64":"..."}.
void append_string(std::string& out, std::string_view bytes);

}  // namespace nearcache::http
