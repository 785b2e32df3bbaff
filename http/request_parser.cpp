#include "http/request_parser.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "http/cache_control.hpp"
#include "http/media_type.hpp"
#include "http/target.hpp"

namespace nearcache::http {

namespace beast_http = boost::beast::http;
using BeastError = beast_http::error;
using boost::beast::iequals;

namespace {

// Of a request line, "METHOD target HTTP/d.d": the last part; empty when it is no such line.
std::string_view version_of(std::string_view bytes) noexcept {
    const auto line = bytes.substr(0, bytes.find("\r\n"));
    const auto first = line.find(' ');
    const auto second = line.find(' ', std::min(first, line.size() - 1) + 1);
    if (first == line.npos || second == line.npos || second == first + 1) return {};
    const auto version = line.substr(second + 1);
    const auto is_digit = [&](std::size_t at) { return version[at] >= '0' && version[at] <= '9'; };
    const bool is_one = version.size() == 8 && version.starts_with("HTTP/") && is_digit(5) &&
                        version[6] == '.' && is_digit(7);
    return is_one ? version : std::string_view();
}

// Whether the value goes on in another line (RFC 9112, 5.2), which Beast lets pass: then it has
// put it together elsewhere, or it does not begin where it would.
bool is_folded(boost::beast::string_view name, boost::beast::string_view value) noexcept {
    const char* begin = name.data() + name.size() + 1;
    while (*begin == ' ' || *begin == '\t') ++begin;
    return begin != value.data();
}

// Of a body in chunks: when it has begun the last one, Beast asserts that this much is here.
constexpr std::size_t least_end = std::string_view("0\r\n\r\n").size();

}  // namespace

void Fields::clear() {
    for (auto* text : {&if_match, &if_none_match, &range, &if_range, &origin, &authorization,
                       &requested_headers}) {
        text->clear();
    }
    is_cross_site = false;
    has_requested_method = false;
}

void Request::clear() {
    constexpr std::size_t kept_bytes = 64u * 1024;
    method = beast_http::verb::unknown;
    target.clear();
    body.clear();
    if (body.capacity() > kept_bytes) body.shrink_to_fit();
    has_body = false;
    expects_continue = false;
    expects_the_unknown = false;
    has_content_range = false;
    has_broken_number = false;
    accepts_json = false;
    accepts_html = false;
    accepts_events = false;
    is_json = false;
    wants_base64 = false;
    if (has_fields) fields.clear();
    has_fields = false;
    keeps_alive = false;
    is_http_1_0 = false;
    hosts = 0;
    if (has_directives) directives = {};
    has_directives = false;
}

RequestParser::RequestParser(Request& request, const RequestLimits& limits)
    : request_(request), limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.head_bytes));
    body_limit(limits.body_bytes);
}

std::size_t RequestParser::read(std::string_view bytes) {
    if (has_head()) return read_body(bytes);
    const auto used = read_head(bytes);
    if (flaw_ != Flaw::none || !has_head() || is_done()) return used;
    return used + read_body(bytes.substr(used));
}

// Beast, unless it is eager, stops behind the head: that tells how long it is.
std::size_t RequestParser::read_head(std::string_view bytes) {
    Error error;
    auto used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error == BeastError::bad_version) used = read_version(bytes, error);
    if (error && error != BeastError::need_more) {
        fail(error, bytes);
        return used;
    }
    head_bytes_ += used;
    if (used != 0) scanned_ = 0;
    if (head_bytes_ > limits_.head_bytes) fail(BeastError::header_limit, bytes);
    if (!has_head()) check_head(bytes.substr(used));
    return used;
}

// What came of a head that is not complete. Beast counts only what it is given at once. And once it
// has seen a part it does not look again before the end is here, which may never come: neither of a
// head in another protocol, nor of one with other line ends.
void RequestParser::check_head(std::string_view rest) {
    const bool has_line = request_.target.empty() && rest.find("\r\n") != rest.npos;
    if (head_bytes_ + rest.size() > limits_.head_bytes) {
        fail(BeastError::header_limit, rest);
    } else if (has_line && version_of(rest).empty()) {
        fail(BeastError::bad_version);
    } else if (has_odd_line_end(rest)) {
        fail(BeastError::bad_line_ending);
    }
}

// Another version than those Beast knows. A later minor one is read as the last that is known here
// (RFC 9110, 2.5); and what is not here as a whole is none yet.
std::size_t RequestParser::read_version(std::string_view bytes, Error& error) {
    const auto size = bytes.find("\r\n");
    if (size == bytes.npos) {
        error = BeastError::need_more;
        return 0;
    }
    std::string line(bytes.substr(0, size + 2));
    if (!version_of(line).starts_with("HTTP/1.")) return 0;
    line[size - 1] = '1';
    put(boost::asio::const_buffer(line.data(), line.size()), error);
    if (error != BeastError::need_more) return 0;
    const auto rest = bytes.substr(line.size());
    return line.size() + put(boost::asio::const_buffer(rest.data(), rest.size()), error);
}

std::size_t RequestParser::read_body(std::string_view bytes) {
    eager(true);
    std::size_t used = 0;
    while (!is_done() && used < bytes.size()) {
        Error error;
        const auto rest = bytes.substr(used);
        if (chunked() && !is_in_chunk_ && rest.size() < least_end && rest.front() == '0') break;
        const auto step = put(boost::asio::const_buffer(rest.data(), rest.size()), error);
        used += step;
        if (step != 0) scanned_ = 0;
        if (error == BeastError::need_more) break;
        if (error) {
            fail(error);
            return used;
        }
    }
    // What is left of a body is the line of a chunk or the trailer, which Beast would let grow.
    const auto rest = is_done() ? std::string_view() : bytes.substr(used);
    if (rest.size() > limits_.head_bytes) {
        fail(BeastError::header_limit);
    } else if (has_odd_line_end(rest)) {
        fail(BeastError::bad_line_ending);
    }
    return used;
}

// Every CR has an LF behind it, and every LF a CR before it.
bool RequestParser::has_odd_line_end(std::string_view rest) {
    auto at = rest.find_first_of("\r\n", scanned_);
    for (; at != rest.npos; at = rest.find_first_of("\r\n", at + 2)) {
        if (rest[at] == '\n') return true;
        if (at + 1 == rest.size()) break;
        if (rest[at + 1] != '\n') return true;
    }
    scanned_ = std::min(at, rest.size());
    return false;
}

void RequestParser::fail(Error why, std::string_view bytes) {
    const auto head = bytes.substr(0, limits_.head_bytes);
    const bool has_line = !request_.target.empty() || head.find('\n') != head.npos;
    why_ = why;
    flaw_ = Flaw::malformed;
    if (why == BeastError::header_limit) {
        flaw_ = has_line ? Flaw::head_too_large : Flaw::target_too_long;
    } else if (why == BeastError::buffer_overflow) {
        flaw_ = Flaw::target_too_long;
    } else if (why == BeastError::body_limit) {
        flaw_ = Flaw::body_too_large;
    } else if (why == BeastError::bad_version && !version_of(bytes).empty()) {
        flaw_ = Flaw::other_version;
    }
}

void RequestParser::on_request_impl(Verb method, Text, Text target, int version, Error& error) {
    request_.method = method;
    request_.is_http_1_0 = version < 11;
    if (target.size() > limits_.target_bytes) {
        error = BeastError::buffer_overflow;
    } else if (!take_target(method, {target.data(), target.size()})) {
        error = BeastError::bad_target;
    }
}

// RFC 9112, 3.2: a path, or a whole URL; "*" is for OPTIONS. What CONNECT would have, nothing does
// here.
bool RequestParser::take_target(Verb method, std::string_view target) {
    request_.target = target;
    if (target.starts_with('/')) return true;
    if (target == "*") return method == Verb::options;
    const auto authority = authority_of(target);
    if (!authority || authority->empty() || !is_authority(*authority)) return false;
    target_names_host_ = true;
    request_.host = *authority;
    return true;
}

void RequestParser::on_response_impl(int, Text, int, Error&) {}

// Most requests have few of these: what is common comes first.
void RequestParser::on_field_impl(Field name, Text name_text, Text text, Error& error) {
    if (is_folded(name_text, text)) {
        error = BeastError::bad_obs_fold;
        return;
    }
    // RFC 9110, 6.5.1: what comes behind the body says nothing about how the request is to be read.
    if (is_header_done()) return;
    const std::string_view value(text.data(), text.size());
    switch (name) {
        case Field::host:
            return take_host(value, error);
        case Field::accept:
            return read_accept(value, request_);
        case Field::content_type:
            request_.is_json = is_media_type(value, "application/json");
            return;
        case Field::content_length:
            return take_length(value, error);
        case Field::transfer_encoding:
            request_.has_body = true;
            is_encoding_known_ = is_encoding_known_ && iequals(value, "chunked");
            return;
        case Field::expect:
            (iequals(value, "100-continue") ? request_.expects_continue
                                            : request_.expects_the_unknown) = true;
            return;
        case Field::cache_control:
            has_cache_control_ = true;
            request_.has_broken_number |= !read_cache_control(value, request_.directives);
            return;
        case Field::pragma:
            has_pragma_no_cache_ |= is_pragma_no_cache(value);
            return;
        case Field::content_range:
            request_.has_content_range = true;
            return;
        case Field::sec_fetch_site:
            return take_fetch_site(value);
        case Field::unknown:
            if (iequals(name_text, "Upstash-Encoding")) {
                request_.wants_base64 = iequals(value, "base64");
            }
            return;
        default:
            return keep_field(name, value);
    }
}

// RFC 9112, 3.2: of a whole URL as the target, the host is the one that it names.
void RequestParser::take_host(std::string_view value, Error& error) {
    ++request_.hosts;
    // Nearly always that of the request before, which was looked at.
    if (value == request_.host) return;
    if (!is_authority(value)) {
        error = BeastError::bad_field;
    } else if (!target_names_host_) {
        request_.host = value;
    }
}

// Beast takes lists and repetitions, as long as they agree.
void RequestParser::take_length(std::string_view value, Error& error) {
    const bool is_first = !std::exchange(request_.has_body, true);
    const bool is_number = value.find_first_not_of("0123456789") == value.npos;
    if (!is_first || !is_number) error = BeastError::bad_content_length;
}

void RequestParser::take_fetch_site(std::string_view value) {
    request_.fields.is_cross_site = iequals(value, "cross-site") || iequals(value, "same-site");
    request_.has_fields = request_.has_fields || request_.fields.is_cross_site;
}

// A field that comes again adds to what it said before (RFC 9110, 5.3). An empty list names
// nothing, and is a list all the same.
void RequestParser::keep_field(Field name, std::string_view value) {
    auto& fields = request_.fields;
    const auto keep = [this, value](std::string& where) {
        if (!where.empty()) where += ", ";
        where += value.empty() ? std::string_view(",") : value;
        request_.has_fields = true;
    };
    switch (name) {
        case Field::if_match:
            return keep(fields.if_match);
        case Field::if_none_match:
            return keep(fields.if_none_match);
        case Field::range:
            return keep(fields.range);
        case Field::if_range:
            return keep(fields.if_range);
        case Field::origin:
            return keep(fields.origin);
        case Field::authorization:
            return keep(fields.authorization);
        case Field::access_control_request_headers:
            return keep(fields.requested_headers);
        case Field::access_control_request_method:
            fields.has_requested_method = true;
            request_.has_fields = true;
            return;
        default:
            return;
    }
}

// RFC 9112, 3.2: a request of HTTP/1.1 names its host once.
// RFC 9112, 6: where a body ends is known without Transfer-Encoding, or when that is "chunked" and
// the client is new enough to mean it. Beast takes any other for no body at all, and the body for
// the next request.
void RequestParser::on_header_impl(Error& error) {
    if (!is_encoding_known_ || (chunked() && request_.is_http_1_0)) {
        error = BeastError::bad_transfer_encoding;
        return;
    }
    if (request_.hosts == 0 && !target_names_host_) request_.host.clear();
    request_.keeps_alive = keep_alive();
    if (has_pragma_no_cache_ && !has_cache_control_) request_.directives.no_cache = true;
    // Without one that is known here, the request is like any other.
    request_.has_directives = request_.directives != cache::Directives{};
    const bool is_fine = request_.hosts == 1 || (request_.hosts == 0 && request_.is_http_1_0);
    if (!is_fine) error = BeastError::bad_field;
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) {}

// Memory follows the bytes that came, not the length that was announced.
std::size_t RequestParser::on_body_impl(Text bytes, Error&) {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
}

// Beast lets anything pass between quotation marks, even the end of a line as others see it.
void RequestParser::on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) {
    is_in_chunk_ = size != 0;
    const bool is_fine = std::ranges::none_of(extensions, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
    if (!is_fine) error = BeastError::bad_chunk_extension;
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t left, Text bytes, Error& error) {
    is_in_chunk_ = left != bytes.size();
    return on_body_impl(bytes, error);
}

void RequestParser::on_finish_impl(Error&) {}

}  // namespace nearcache::http
