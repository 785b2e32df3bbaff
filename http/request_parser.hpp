#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "cache/directives.hpp"

namespace nearcache::http {

// What a request says that is of interest here. Reused from request to request, with its memory.
struct Request {
    boost::beast::http::verb method = boost::beast::http::verb::unknown;
    std::string target;  // as sent
    std::string body;
    bool expects_continue = false;
    bool keeps_alive = false;
    bool is_http_1_0 = false;
    int hosts = 0;
    // What it asks of the cache; without any of it, what holds for all.
    bool has_directives = false;
    cache::Directives directives;

    void clear();
};

// Beast's parser without Beast's message: it writes into a Request and keeps no other fields. One
// parser reads one request.
class RequestParser final : public boost::beast::http::basic_parser<true> {
  public:
    RequestParser(Request& request, std::size_t max_target_bytes);

    // The request line alone was too long.
    bool target_is_too_long() const noexcept { return target_is_too_long_; }

  private:
    using Field = boost::beast::http::field;
    using Verb = boost::beast::http::verb;
    using Error = boost::beast::error_code;
    using Text = boost::beast::string_view;

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

    Request& request_;
    const std::size_t max_target_bytes_;
    bool target_is_too_long_ = false;
    bool is_encoding_known_ = true;  // of the body, as Transfer-Encoding has it
    bool has_cache_control_ = false;
    bool has_pragma_no_cache_ = false;
};

}  // namespace nearcache::http
