#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

namespace nearcache::resp {

// One command as it came: its words (the name first), and, when it came as a RESP array, its very
// bytes. Views point into the bytes given to the parser, or into the parser for inline commands.
struct Command {
    boost::container::small_vector<std::string_view, 16> words;

    // Empty for an inline command, and for an array whose lines end in anything but CR LF: Redis
    // lets that pass, but another backend may read it differently. Build those anew from the words.
    std::string_view raw;
    // It came as a line of words, not as an array.
    bool is_inline = false;

    std::string_view name() const noexcept { return words.front(); }
};

// Named limits of what a client may send; the defaults are Redis's own. What is announced costs
// nothing: memory follows the bytes that came.
struct RequestLimits {
    std::size_t max_bulk_bytes = 512u * 1024 * 1024;      // proto-max-bulk-len
    std::size_t max_words = 2'147'483'647;                // words of an array
    std::size_t max_inline_bytes = 64u * 1024;            // an inline request, or a length line
    std::size_t max_request_bytes = 1024u * 1024 * 1024;  // all of one request
};

// Bytes of a client -> commands, in RESP arrays or inline (space-separated words, with Redis's
// quoting). Incremental: remembers how far an unfinished command was read, so that bytes arriving
// one at a time cost no more than bytes arriving at once. Accepts and refuses what Redis 7.0 does.
//
// Threads: one at a time.
class RequestParser {
  public:
    enum class Status {
        complete,   // `command` is set; consumed() bytes belong to it
        need_more,  // all bytes were read, the command is not finished
        nothing,    // consumed() bytes held no command (an empty line, "*0"); call again
        failed,     // error() says what; nothing more can be read from this client
    };

    explicit RequestParser(const RequestLimits& limits = {}) : limits_(limits) {}

    // Reads one command from the front of `bytes`. After need_more the next call must begin with
    // the same bytes (they may have moved) and more behind them. After complete or nothing the next
    // call begins consumed() bytes further on.
    Status parse(std::string_view bytes, Command& command);

    std::size_t consumed() const noexcept { return consumed_; }

    // Redis's own text without "-ERR " and CR LF: "Protocol error: invalid bulk length".
    std::string_view error() const noexcept { return error_; }

  private:
    Status parse_inline(std::string_view bytes, Command& command);
    Status parse_array(std::string_view bytes, Command& command);
    Status read_again(std::string_view bytes, Command& command);
    Status read_count(std::string_view bytes);
    void read_regular_words(std::string_view bytes, Command& command);
    Status read_word(std::string_view bytes, Command& command);
    Status read_bulk_length(std::string_view bytes);
    Status find_line_end(std::string_view bytes, char end, std::string_view too_big);
    void leave_line(std::string_view bytes);
    void begin_anew() noexcept;
    Status fail(std::string text);

    RequestLimits limits_;
    std::size_t position_ = 0;       // bytes of this command that need no second look
    std::size_t scanned_ = 0;        // the line at position_ does not end before here
    std::size_t missing_words_ = 0;  // 0 until the count of an array is known
    std::size_t bulk_bytes_ = 0;     // length of the word at position_, when that is known
    bool has_bulk_length_ = false;
    bool has_lost_words_ = false;  // of this command, read in earlier calls
    bool is_endless_ = false;      // the line at position_ has a byte of zero in it
    bool is_regular_ = true;       // so far every line of the array ended in CR LF
    std::size_t consumed_ = 0;
    std::string inline_bytes_;  // the words of an inline command, unquoted
    std::string error_;
};

}  // namespace nearcache::resp
