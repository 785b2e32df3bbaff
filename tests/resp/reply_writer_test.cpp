#include "resp/reply_writer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp/request_parser.hpp"

using namespace nearcache::resp;
using namespace std::string_literals;

namespace {

// The least that a reply can be appended to.
class Sink {
  public:
    void append(const char* bytes, std::size_t size) {
        bytes_.insert(bytes_.end(), bytes, bytes + size);
    }

    std::string text() const { return {bytes_.begin(), bytes_.end()}; }

  private:
    std::vector<char> bytes_;
};

}  // namespace

TEST_CASE("each kind of reply has its own form") {
    std::string out;

    append_simple(out, "OK");
    append_integer(out, 42);
    append_bulk(out, "value");
    append_null_bulk(out);
    append_array(out, 2);
    append_error(out, "ERR no such thing");

    CHECK(out == "+OK\r\n:42\r\n$5\r\nvalue\r\n$-1\r\n*2\r\n-ERR no such thing\r\n");
}

TEST_CASE("the smallest and the largest integers fit") {
    std::string out;

    append_integer(out, std::numeric_limits<std::int64_t>::min());
    append_integer(out, std::numeric_limits<std::int64_t>::max());
    append_integer(out, 0);

    CHECK(out == ":-9223372036854775808\r\n:9223372036854775807\r\n:0\r\n");
}

TEST_CASE("a bulk string keeps every byte, and may be empty") {
    std::string out;

    append_bulk(out, "\r\n\0\xff"s);
    append_bulk(out, "");

    CHECK(out == "$4\r\n\r\n\0\xff\r\n$0\r\n\r\n"s);
}

TEST_CASE("line ends in an error's text become spaces, so that it stays one line") {
    std::string out;

    append_error(out, "ERR a\r\nb\nc\r");

    CHECK(out == "-ERR a  b c \r\n");
}

TEST_CASE("replies are added behind what is there") {
    std::string out = "+OK\r\n";

    append_bulk(out, "x");

    CHECK(out == "+OK\r\n$1\r\nx\r\n");
}

TEST_CASE("anything with append() takes replies") {
    Sink sink;

    append_bulk(sink, "x");
    append_simple(sink, "OK");
    append_null_bulk(sink);
    append_command(sink, std::array<std::string_view, 1>{"PING"});

    CHECK(sink.text() == "$1\r\nx\r\n+OK\r\n$-1\r\n*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("a command that was written is read back as the same words") {
    const std::vector<std::string> words{"SET", "key with spaces", "\r\n$5\r\n\0"s, "",
                                         "\"quoted\""};
    std::string out;
    append_command(out, words);
    RequestParser parser;
    Command command;

    CHECK(parser.parse(out, command) == RequestParser::Status::complete);

    CHECK(parser.consumed() == out.size());
    CHECK(std::ranges::equal(command.words, words));
}
