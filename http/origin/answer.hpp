#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Needs <ostream>, and leaves that to us.
#include <ostream>

#include <boost/beast/http/basic_parser.hpp>

#include "http/origin/lifetime.hpp"

namespace nearcache::http::origin {

// What an origin has answered.
struct Answer {
    int status = 0;
    std::string body;
    Lifetime lifetime;
};

// Reads one answer to a GET (RFC 9112), interim ones (1xx) passed over. Its memory follows the
// bytes that came, not those that were announced.
//
// Threads: one at a time.
class AnswerReader {
  public:
    struct Limits {
        std::size_t header_bytes;
        std::size_t body_bytes;
    };
    enum class State {
        needs_more,
        complete,
        failed,  // complaint() says why
    };

    explicit AnswerReader(const Limits& limits);

    // Reads on; `used` is how much of the bytes is done with: the rest is to be given again, with
    // what comes after it.
    State read(std::string_view bytes, std::size_t& used);
    // No more will come.
    State end();

    // One line for the client.
    const std::string& complaint() const noexcept { return complaint_; }
    Answer& answer() noexcept { return answer_; }

  private:
    // Beast's parser without Beast's message.
    class Parser final : public boost::beast::http::basic_parser<false> {
      public:
        Parser(Answer& answer, const Limits& limits);
        bool is_encoded() const noexcept { return is_encoded_; }

      private:
        using Field = boost::beast::http::field;
        using Verb = boost::beast::http::verb;
        using Error = boost::beast::error_code;
        using Text = boost::beast::string_view;

        void on_request_impl(Verb, Text, Text, int, Error&) override {}
        void on_response_impl(int code, Text reason, int version, Error& error) override;
        void on_field_impl(Field name, Text name_text, Text value, Error& error) override;
        void on_header_impl(Error&) override {}
        void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
        std::size_t on_body_impl(Text bytes, Error& error) override;
        void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
        std::size_t on_chunk_body_impl(std::uint64_t left, Text bytes, Error& error) override;
        void on_finish_impl(Error&) override {}

        Answer& answer_;
        bool is_encoded_ = false;  // the body is something else than the bytes that come
    };

    State go_on(std::string_view bytes, std::size_t& used);
    State judge_head();
    State fail(std::string_view complaint);

    const Limits limits_;
    Answer answer_;
    std::optional<Parser> parser_;
    bool has_begun_ = false;      // the parser has used some bytes
    std::size_t head_bytes_ = 0;  // of the head, used by the parser
    std::string complaint_;
};

}  // namespace nearcache::http::origin
