#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "cache/directives.hpp"

namespace nearcache::http {

// Fields that most requests do not have. Empty: it is not there.
struct Fields {
    std::string if_match;
    std::string if_none_match;
    std::string range;
    std::string if_range;
    std::string origin;
    std::string authorization;
    std::string requested_headers;      // Access-Control-Request-Headers
    bool is_cross_site = false;         // Sec-Fetch-Site says that a page of elsewhere wants it
    bool has_requested_method = false;  // Access-Control-Request-Method

    bool is_conditional() const noexcept { return !if_match.empty() || !if_none_match.empty(); }
    void clear();
};

// What a request says that is of interest here. Reused from request to request, with its memory.
struct Request {
    boost::beast::http::verb method = boost::beast::http::verb::unknown;
    std::string target;  // as sent
    std::string host;    // the Host field, or what an absolute target has in its place
    std::string body;
    bool has_body = false;  // one was announced, if an empty one
    bool expects_continue = false;
    bool expects_the_unknown = false;  // Expect with anything else
    bool keeps_alive = false;
    bool is_http_1_0 = false;
    int hosts = 0;
    bool has_content_range = false;  // the body is a part of something
    bool has_broken_number = false;  // a directive of Cache-Control has one
    bool accepts_json = false;       // Accept names application/json or application/problem+json
    bool accepts_html = false;       // the same of text/html
    bool accepts_events = false;     // the same of text/event-stream
    bool is_json = false;            // the body is application/json
    bool wants_base64 = false;       // Upstash-Encoding: base64
    // Whether any of `fields` is set.
    bool has_fields = false;
    Fields fields;
    // What it asks of the cache; without any of it, what holds for all.
    bool has_directives = false;
    cache::Directives directives;

    // For the next one; the host stays until a parser has found that the next names none.
    void clear();
};

// How much of a request is taken; what is beyond it is refused before it is kept.
struct RequestLimits {
    std::size_t target_bytes;
    std::size_t head_bytes;  // request line and fields; the trailer, or the line of a chunk
    std::size_t body_bytes;
};

// Why a request cannot be read. Where it ends is not known then: nothing behind it may be read.
enum class Flaw { none, malformed, target_too_long, head_too_large, body_too_large, other_version };

// Beast's parser without Beast's message: it writes into a Request and keeps no other fields. One
// parser reads one request. Stricter than Beast: two readers of one stream who disagree on where a
// request ends can be played off against each other, so what another could read in another way is
// refused (RFC 9112, 11.2).
//
// Threads: one at a time.
class RequestParser final : private boost::beast::http::basic_parser<true> {
  public:
    RequestParser(Request& request, const RequestLimits& limits);

    // Reads from the front of `bytes` and says how many belong to the request, none of them behind
    // its end. The next call begins that many bytes further on, with more behind them. Not to be
    // called when it is done or has found a flaw.
    std::size_t read(std::string_view bytes);

    bool has_head() const { return is_header_done(); }
    using basic_parser::is_done;
    Flaw flaw() const noexcept { return flaw_; }
    // What Beast says of the flaw, for a log.
    const boost::beast::error_code& why() const noexcept { return why_; }

  private:
    using Field = boost::beast::http::field;
    using Verb = boost::beast::http::verb;
    using Error = boost::beast::error_code;
    using Text = boost::beast::string_view;

    std::size_t read_head(std::string_view bytes);
    std::size_t read_body(std::string_view bytes);
    std::size_t read_version(std::string_view bytes, Error& error);
    void check_head(std::string_view rest);
    bool has_odd_line_end(std::string_view rest);
    void fail(Error why, std::string_view bytes = {});

    void on_request_impl(Verb method, Text method_text, Text target, int version,
                         Error& error) override;
    void on_response_impl(int code, Text reason, int version, Error& error) override;
    void on_field_impl(Field name, Text name_text, Text value, Error& error) override;
    void on_header_impl(Error& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) override;
    std::size_t on_body_impl(Text bytes, Error& error) override;
    void on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t left, Text bytes, Error& error) override;
    void on_finish_impl(Error& error) override;

    bool take_target(Verb method, std::string_view target);
    void take_host(std::string_view value, Error& error);
    void take_length(std::string_view value, Error& error);
    void take_fetch_site(std::string_view value);
    void keep_field(Field name, std::string_view value);

    Request& request_;
    const RequestLimits limits_;
    Flaw flaw_ = Flaw::none;
    Error why_;
    std::size_t head_bytes_ = 0;  // of the head, used so far
    std::size_t scanned_ = 0;     // of what was left over: its line ends are fine
    bool is_in_chunk_ = false;
    bool target_names_host_ = false;  // and so the Host field says nothing
    bool is_encoding_known_ = true;   // of the body, as Transfer-Encoding has it
    bool has_cache_control_ = false;
    bool has_pragma_no_cache_ = false;
};

}  // namespace nearcache::http
