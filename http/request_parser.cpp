#include "http/request_parser.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "http/cache_control.hpp"

namespace nearcache::http {

namespace beast_http = boost::beast::http;

void Request::clear() {
    constexpr std::size_t kept_bytes = 64u * 1024;
    method = beast_http::verb::unknown;
    target.clear();
    body.clear();
    if (body.capacity() > kept_bytes) body.shrink_to_fit();
    expects_continue = false;
    keeps_alive = false;
    is_http_1_0 = false;
    hosts = 0;
    if (has_directives) directives = {};
    has_directives = false;
}

RequestParser::RequestParser(Request& request, std::size_t max_target_bytes)
    : request_(request), max_target_bytes_(max_target_bytes) {}

void RequestParser::on_request_impl(Verb method, Text, Text target, int version, Error& error) {
    if (target.size() > max_target_bytes_) {
        target_is_too_long_ = true;
        error = beast_http::error::header_limit;
        return;
    }
    request_.method = method;
    request_.is_http_1_0 = version < 11;
    request_.target.assign(target.data(), target.size());
}

void RequestParser::on_response_impl(int, Text, int, Error&) {}

void RequestParser::on_field_impl(Field name, Text, Text value, Error&) {
    // RFC 9110, 6.5.1: what comes behind the body says nothing about how the request is to be read.
    if (is_header_done()) return;
    if (name == Field::host) ++request_.hosts;
    if (name == Field::transfer_encoding) {
        is_encoding_known_ = is_encoding_known_ && boost::beast::iequals(value, "chunked");
    }
    if (name == Field::cache_control) {
        has_cache_control_ = true;
        read_cache_control({value.data(), value.size()}, request_.directives);
    }
    if (name == Field::pragma) {
        has_pragma_no_cache_ |= is_pragma_no_cache({value.data(), value.size()});
    }
    if (name == Field::expect) {
        request_.expects_continue = boost::beast::iequals(value, "100-continue");
    }
}

// RFC 9112, 3.2: a request of HTTP/1.1 names its host once.
// RFC 9112, 6: where a body ends is known without Transfer-Encoding, or when that is "chunked" and
// the client is new enough to mean it. Beast takes any other for no body at all, and the body for
// the next request.
void RequestParser::on_header_impl(Error& error) {
    if (!is_encoding_known_ || (chunked() && request_.is_http_1_0)) {
        error = beast_http::error::bad_transfer_encoding;
        return;
    }
    request_.keeps_alive = keep_alive();
    if (has_pragma_no_cache_ && !has_cache_control_) request_.directives.no_cache = true;
    // Without one that is known here, the request is like any other.
    request_.has_directives = request_.directives != cache::Directives{};
    const bool is_fine = request_.hosts == 1 || (request_.hosts == 0 && request_.is_http_1_0);
    if (!is_fine) error = beast_http::error::bad_field;
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) {}

// Memory follows the bytes that came, not the length that was announced.
std::size_t RequestParser::on_body_impl(Text bytes, Error&) {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t, Text, Error&) {}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text bytes, Error& error) {
    return on_body_impl(bytes, error);
}

void RequestParser::on_finish_impl(Error&) {}

}  // namespace nearcache::http
