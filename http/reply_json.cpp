#include "http/reply_json.hpp"

#include <cstdint>
#include <vector>

#include "base/json_text.hpp"

namespace nearcache::http {

namespace {

using resp::ReplyReader;

// Number.MAX_SAFE_INTEGER of ECMAScript.
constexpr std::int64_t most_exact = (std::int64_t{1} << 53) - 1;

void append_in_base64(std::string& out, std::string_view bytes) {
    out += '"';
    append_base64(out, bytes);
    out += '"';
}

void append_as(Strings strings, std::string& out, std::string_view bytes) {
    strings == Strings::base64 ? append_in_base64(out, bytes) : append_string(out, bytes);
}

void append_integer(std::string& out, std::int64_t number, Strings strings) {
    const auto digits = std::to_string(number);
    const bool is_exact = number >= -most_exact && number <= most_exact;
    is_exact ? void(out.append(digits)) : append_as(strings, out, digits);
}

bool append_scalar(std::string& out, ReplyReader& reader, Strings strings) {
    if (reader.read_null()) {
        out += "null";
        return true;
    }
    if (const auto number = reader.read_integer()) {
        append_integer(out, *number, strings);
        return true;
    }
    if (const auto text = reader.read_text()) {
        append_as(strings, out, *text);
        return true;
    }
    const auto error = error_in(reader.read_any().value_or(std::string_view{}));
    if (error) append_error_member(out, *error);
    return error.has_value();
}

}  // namespace

std::optional<std::string_view> error_in(std::string_view reply) noexcept {
    if (!reply.starts_with('-')) return std::nullopt;
    return reply.substr(1, reply.find('\r') - 1);
}

// Without recursion: a script may nest arrays as deep as it likes.
bool append_value(std::string& out, std::string_view value, Strings strings) {
    if (value == "+OK\r\n") {
        out += "\"OK\"";
        return true;
    }
    ReplyReader reader(value);
    std::vector<std::size_t> missing;  // elements of each array around
    for (;;) {
        const auto count = reader.read_array();
        if (count && *count != 0) {
            out += '[';
            missing.push_back(*count);
            continue;
        }
        if (count) {
            out += "[]";
        } else if (!append_scalar(out, reader, strings)) {
            return false;
        }
        while (!missing.empty() && --missing.back() == 0) {
            out += ']';
            missing.pop_back();
        }
        if (missing.empty()) return true;
        out += ',';
    }
}

void append_error_member(std::string& out, std::string_view text) {
    out += "{\"error\":";
    append_json_message(out, text);
    out += '}';
}

bool append_outcome(std::string& out, ReplyReader& reader, Strings strings) {
    const auto reply = reader.read_any();
    if (!reply) return false;
    if (const auto error = error_in(*reply)) {
        append_error_member(out, *error);
        return true;
    }
    out += "{\"result\":";
    append_value(out, *reply, strings);
    out += '}';
    return true;
}

void append_string(std::string& out, std::string_view bytes) {
    if (is_utf8(bytes)) return append_json_text(out, bytes);
    out += "{\"base64\":";
    append_in_base64(out, bytes);
    out += '}';
}

}  // namespace nearcache::http
