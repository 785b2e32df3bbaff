#include "http/origin/answer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>

#include "http/field_text.hpp"

namespace nearcache::http::origin {

namespace beast_http = boost::beast::http;
using boost::beast::iequals;
using boost::system::error_code;

namespace {

constexpr int ok = 200;
constexpr int switching_protocols = 101;

// Beast would wait for the end of a head that never comes.
bool may_begin_an_answer(std::string_view bytes) noexcept {
    constexpr std::string_view begin = "HTTP/1.";
    return bytes.substr(0, begin.size()) == begin.substr(0, bytes.size());
}

bool is_interim(int status) noexcept { return status / 100 == 1 && status != switching_protocols; }

std::string_view complaint_of(const error_code& error) noexcept {
    if (error == beast_http::error::body_limit) return "the origin's answer is too large";
    if (error == beast_http::error::header_limit)
        return "the head of the origin's answer is too large";
    if (error == beast_http::error::partial_message) return "the origin's answer ended early";
    return "the origin's answer is malformed";
}

}  // namespace

AnswerReader::Parser::Parser(Answer& answer, const Limits& limits) : answer_(answer) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    body_limit(limits.body_bytes);
}

void AnswerReader::Parser::on_response_impl(int code, Text, int, Error&) {
    answer_ = {};
    answer_.status = code;
}

void AnswerReader::Parser::on_field_impl(Field name, Text, Text text, Error&) {
    // RFC 9110, 6.5.1: what comes behind the body says nothing about it.
    if (is_header_done()) return;
    const std::string_view value(text.data(), text.size());
    auto& lifetime = answer_.lifetime;
    switch (name) {
        case Field::cache_control:
            return lifetime.note_cache_control(value);
        case Field::age:
            return lifetime.note_age(value);
        case Field::date:
            return lifetime.note_date(value);
        case Field::expires:
            return lifetime.note_expires(value);
        case Field::vary:
            return lifetime.note_vary(value);
        case Field::content_encoding:
            is_encoded_ |= !trimmed(value).empty() && !iequals(trimmed(value), "identity");
            return;
        case Field::transfer_encoding:
            is_encoded_ |= !iequals(trimmed(value), "chunked");
            return;
        default:
            return;
    }
}

std::size_t AnswerReader::Parser::on_body_impl(Text bytes, Error&) {
    answer_.body.append(bytes.data(), bytes.size());
    return bytes.size();
}

std::size_t AnswerReader::Parser::on_chunk_body_impl(std::uint64_t, Text bytes, Error&) {
    answer_.body.append(bytes.data(), bytes.size());
    return bytes.size();
}

AnswerReader::AnswerReader(const Limits& limits) : limits_(limits) {
    parser_.emplace(answer_, limits_);
}

AnswerReader::State AnswerReader::read(std::string_view bytes, std::size_t& used) {
    used = 0;
    for (;;) {
        std::size_t step = 0;
        const auto state = go_on(bytes.substr(used), step);
        used += step;
        const bool goes_on = state == State::needs_more && step != 0 && used < bytes.size();
        if (!goes_on) return state;
    }
}

AnswerReader::State AnswerReader::go_on(std::string_view bytes, std::size_t& used) {
    if (!has_begun_ && !may_begin_an_answer(bytes)) return fail(complaint_of({}));
    error_code error;
    used = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error && error != beast_http::error::need_more) return fail(complaint_of(error));
    has_begun_ = has_begun_ || used != 0;
    const bool is_in_head = !parser_->is_header_done();
    const auto waiting = bytes.size() - used;
    // Beast counts only what it is given at once. However many interim answers come, they count as
    // one head.
    if (is_in_head || is_interim(answer_.status)) head_bytes_ += used;
    if (head_bytes_ + (is_in_head ? waiting : 0) > limits_.header_bytes) {
        return fail(complaint_of(beast_http::error::header_limit));
    }
    // In a body this is the line of a chunk, or the trailer, which Beast would let grow.
    if (!is_in_head && !parser_->is_done() && waiting > limits_.header_bytes) {
        return fail(complaint_of({}));
    }
    return parser_->is_header_done() ? judge_head() : State::needs_more;
}

AnswerReader::State AnswerReader::judge_head() {
    if (is_interim(answer_.status)) {
        parser_.emplace(answer_, limits_);
        has_begun_ = false;
        return State::needs_more;
    }
    if (answer_.status != ok) {
        return fail("the origin answered with status " + std::to_string(answer_.status));
    }
    if (parser_->is_encoded())
        return fail("the origin's answer is encoded, which nobody asked for");
    return parser_->is_done() ? State::complete : State::needs_more;
}

AnswerReader::State AnswerReader::end() {
    error_code error = beast_http::error::partial_message;
    if (parser_->got_some()) parser_->put_eof(error);
    if (error) return fail(complaint_of(error));
    return State::complete;
}

AnswerReader::State AnswerReader::fail(std::string_view complaint) {
    complaint_ = complaint;
    return State::failed;
}

}  // namespace nearcache::http::origin
