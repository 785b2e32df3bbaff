#include "http/origin/params.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>

#include "base/percent.hpp"

namespace nearcache::http::origin {

namespace {

namespace json = boost::json;
using Error = boost::system::error_code;
using Text = json::string_view;

void append_escaped(std::string& out, std::string_view text) {
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (const char c : text) {
        if (unreserved.find(c) != unreserved.npos) {
            out += c;
        } else {
            append_percent_escape(out, c);
        }
    }
}

// What Boost.JSON's parser tells of, which it does part by part.
class QueryWriter {
  public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    bool on_document_begin(Error&) { return true; }
    bool on_document_end(Error&) { return true; }
    bool on_object_begin(Error& error) { return ++objects_ == 1 || refuse(error); }
    bool on_object_end(std::size_t, Error&) { return true; }
    bool on_array_begin(Error& error) { return refuse(error); }
    bool on_array_end(std::size_t, Error&) { return true; }
    bool on_key_part(Text text, std::size_t, Error&) { return note(text); }
    bool on_key(Text text, std::size_t, Error&) {
        note(text);
        if (!query_.empty()) query_ += '&';
        append_escaped(query_, std::exchange(part_, {}));
        query_ += '=';
        return true;
    }
    bool on_string_part(Text text, std::size_t, Error&) { return note(text); }
    bool on_string(Text text, std::size_t, Error& error) { return end_value(text, error); }
    bool on_number_part(Text text, Error&) { return note(text); }
    bool on_int64(std::int64_t, Text text, Error& error) { return end_value(text, error); }
    bool on_uint64(std::uint64_t, Text text, Error& error) { return end_value(text, error); }
    bool on_double(double, Text text, Error& error) { return end_value(text, error); }
    bool on_bool(bool is_true, Error& error) {
        return end_value(is_true ? "true" : "false", error);
    }
    bool on_null(Error& error) { return refuse(error); }
    bool on_comment_part(Text, Error&) { return true; }
    bool on_comment(Text, Error&) { return true; }

    std::string take_query() noexcept { return std::move(query_); }

  private:
    static bool refuse(Error& error) {
        error = make_error_code(boost::system::errc::invalid_argument);
        return false;
    }
    bool note(Text text) {
        part_.append(text.data(), text.size());
        return true;
    }
    // A value outside of the object is none of a parameter.
    bool end_value(Text text, Error& error) {
        note(text);
        if (objects_ == 0) return refuse(error);
        append_escaped(query_, std::exchange(part_, {}));
        return true;
    }

    std::string query_;
    std::string part_;  // of a key or value that is not whole yet
    int objects_ = 0;
};

}  // namespace

std::optional<std::string> query_of_params(std::string_view text) {
    json::basic_parser<QueryWriter> parser{json::parse_options{}};
    Error error;
    const auto used = parser.write_some(false, text.data(), text.size(), error);
    if (error || used != text.size() || !parser.done()) return std::nullopt;
    return parser.handler().take_query();
}

}  // namespace nearcache::http::origin
