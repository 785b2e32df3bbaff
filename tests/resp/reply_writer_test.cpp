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
    append_null(out, Dialect::resp2);
    append_array(out, 2);
    append_error(out, "ERR no such thing");

    CHECK(out == "+OK\r\n:42\r\n$5\r\nvalue\r\n$-1\r\n*2\r\n-ERR no such thing\r\n");
}

TEST_CASE("what RESP3 has forms for is said with them, and in RESP2 as Redis says it there") {
    const auto say_all = [](Dialect dialect) {
        std::string out;
        append_null(out, dialect);
        append_null_array(out, dialect);
        append_map(out, dialect, 3);
        append_set(out, dialect, 4);
        append_push(out, dialect, 5);
        append_bool(out, dialect, true);
        append_bool(out, dialect, false);
        append_double(out, dialect, 1.5);
        append_verbatim(out, dialect, "txt", "a\r\nb");
        return out;
    };

    CHECK(say_all(Dialect::resp2) ==
          "$-1\r\n*-1\r\n*6\r\n*4\r\n*5\r\n:1\r\n:0\r\n$3\r\n1.5\r\n$4\r\na\r\nb\r\n");
    CHECK(say_all(Dialect::resp3) ==
          "_\r\n_\r\n%3\r\n~4\r\n>5\r\n#t\r\n#f\r\n,1.5\r\n=8\r\ntxt:a\r\nb\r\n");
}

TEST_CASE("doubles have the digits that Redis gives them") {
    const auto said = [](double number) {
        std::string out;
        append_double(out, Dialect::resp3, number);
        return out;
    };

    CHECK(said(0) == ",0\r\n");
    CHECK(said(-0.0) == ",-0\r\n");
    CHECK(said(3) == ",3\r\n");
    CHECK(said(0.1) == ",0.10000000000000001\r\n");
    CHECK(said(1e100) == ",1e+100\r\n");
    CHECK(said(123456789012345678.0) == ",1.2345678901234568e+17\r\n");
    CHECK(said(-1.7976931348623157e308) == ",-1.7976931348623157e+308\r\n");
    CHECK(said(5e-324) == ",4.9406564584124654e-324\r\n");
    CHECK(said(std::numeric_limits<double>::infinity()) == ",inf\r\n");
    CHECK(said(-std::numeric_limits<double>::infinity()) == ",-inf\r\n");
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
    append_null(sink, Dialect::resp2);
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
