#include "http/command_json.hpp"

#include <cstdint>

#include <boost/json/basic_parser_impl.hpp>

namespace nearcache::http {

namespace {

// What Boost.JSON's parser tells of a body, as it reads it.
class Handler {
  public:
    using Text = boost::json::string_view;
    using Error = boost::json::error_code;

    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    Handler(CommandBatch& batch, CommandForm form, std::size_t max_commands)
        : writer_(batch, form, max_commands),
          depth_of_commands_(form == CommandForm::single ? 1 : 2) {}

    bool on_document_begin(Error&) { return true; }
    bool on_document_end(Error&) { return true; }

    bool on_array_begin(Error&) {
        if (++depth_ == depth_of_commands_) writer_.begin_command();
        if (depth_ > depth_of_commands_) complain();
        return true;
    }
    bool on_array_end(std::size_t, Error&) {
        if (depth_-- == depth_of_commands_) writer_.end_command();
        return true;
    }
    // Where an array is to be, it is none; and it is no word.
    bool on_object_begin(Error&) {
        complain();
        depth_ += depth_of_commands_;
        return true;
    }
    bool on_object_end(std::size_t, Error&) {
        depth_ -= depth_of_commands_;
        return true;
    }

    bool on_string_part(Text part, std::size_t, Error&) { return take_part(part); }
    bool on_string(Text part, std::size_t, Error&) { return take_last_part(part); }
    bool on_number_part(Text part, Error&) { return take_part(part); }
    bool on_int64(std::int64_t, Text part, Error&) { return take_last_part(part); }
    bool on_uint64(std::uint64_t, Text part, Error&) { return take_last_part(part); }
    bool on_double(double, Text part, Error&) { return take_last_part(part); }
    bool on_bool(bool value, Error&) { return take_last_part(value ? "true" : "false"); }
    bool on_null(Error&) {
        if (depth_ == depth_of_commands_) {
            writer_.complain("ERR null is no word of a command");
        } else {
            complain();
        }
        return true;
    }

    bool on_key_part(Text, std::size_t, Error&) { return true; }
    bool on_key(Text, std::size_t, Error&) { return true; }
    bool on_comment_part(Text, Error&) { return true; }
    bool on_comment(Text, Error&) { return true; }

  private:
    bool take_part(std::string_view part) {
        if (depth_ == depth_of_commands_) writer_.add_part(part);
        return true;
    }
    bool take_last_part(std::string_view part) {
        if (depth_ == depth_of_commands_) {
            writer_.add_part(part);
            writer_.end_word();
        } else {
            complain();
        }
        return true;
    }

    // Of what stands where it must not.
    void complain() {
        if (depth_ >= depth_of_commands_) {
            return writer_.complain("ERR the words of a command are strings, numbers or booleans");
        }
        writer_.complain(depth_of_commands_ == 1 ? "ERR the body must be an array: a command"
                                                 : "ERR the body must be an array of arrays: "
                                                   "commands");
    }

    BatchWriter writer_;
    const std::size_t depth_of_commands_;
    std::size_t depth_ = 0;
};

}  // namespace

CommandBatch read_commands(std::string_view body, CommandForm form, const JsonLimits& limits) {
    CommandBatch batch;
    // As long as that, when what is long in it is its words.
    batch.bytes.reserve(body.size() + body.size() / 8 + 64);
    boost::json::parse_options options;
    options.max_depth = limits.max_depth;
    boost::json::basic_parser<Handler> parser(options, batch, form, limits.max_commands);
    boost::json::error_code error;
    const auto used = parser.write_some(false, body.data(), body.size(), error);
    if (error == boost::json::error::too_deep) {
        batch.complaint = "ERR the body is nested deeper than http.max_json_depth";
    } else if (error || used < body.size()) {
        batch.complaint = "ERR the body is not valid JSON";
    }
    return batch;
}

}  // namespace nearcache::http
