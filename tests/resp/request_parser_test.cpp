#include "resp/request_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp/reply_writer.hpp"
#include "tests/resp/request_reading.hpp"
#include "tests/resp/request_reference.hpp"

using namespace nearcache::resp;
using namespace nearcache::resp::testing;
using namespace std::string_literals;
using namespace std::string_view_literals;
using Status = RequestParser::Status;

namespace {

std::vector<Strings> commands_of(std::string_view input) {
    const Outcome outcome = read(input);
    CHECK(outcome.error == "");
    CHECK(outcome.left == 0);
    return outcome.commands;
}

Strings words_of(std::string_view line) {
    const auto commands = commands_of(std::string(line) + "\r\n");
    REQUIRE(commands.size() == 1);
    return commands.front();
}

std::string error_of(std::string_view input, const RequestLimits& limits = {}) {
    const Outcome outcome = read(input, limits);
    CHECK(outcome.commands.empty());
    return outcome.error;
}

constexpr std::string_view bad_count = "Protocol error: invalid multibulk length";
constexpr std::string_view bad_length = "Protocol error: invalid bulk length";
constexpr std::string_view bad_quotes = "Protocol error: unbalanced quotes in request";

}  // namespace

TEST_CASE("an array of bulk strings is a command, wherever it is cut") {
    CHECK(commands_of("*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000001\r\n") ==
          std::vector<Strings>{{"GET", "key:000000000001"}});
    CHECK(commands_of("*1\r\n$0\r\n\r\n") == std::vector<Strings>{{""}});
    CHECK(commands_of("*3\r\n$3\r\nSET\r\n$4\r\n\r\n\r\n\r\n$2\r\n\0\xff\r\n"sv) ==
          std::vector<Strings>{{"SET", "\r\n\r\n", "\0\xff"s}});
}

TEST_CASE("a command as an array comes with its very bytes, an inline one without") {
    const Outcome outcome = read("*1\r\n$4\r\nPING\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n");

    CHECK(outcome.raws == Strings{"*1\r\n$4\r\nPING\r\n", "", "*1\r\n$4\r\nQUIT\r\n"});
}

TEST_CASE(
    "an array with irregular line ends is read as Redis reads it, but has no bytes to pass on") {
    for (const auto input :
         {"*1\rX$4\r\nPING\r\n"sv, "*1\r\n$4\r.PING\r\n"sv, "*1\r\n$4\r\nPINGab"sv,
          "*1\r\n$4\r\nPING\n\n"sv, "*1\r\n$4\r\nPING\r."sv}) {
        CAPTURE(input);
        const Outcome outcome = read(std::string(input) + "*1\r\n$4\r\nQUIT\r\n");

        CHECK(outcome.commands == std::vector<Strings>{{"PING"}, {"QUIT"}});
        CHECK(outcome.raws == Strings{"", "*1\r\n$4\r\nQUIT\r\n"});
    }
}

TEST_CASE("pipelined commands come out one by one") {
    std::string input;
    std::vector<Strings> expected;
    for (int i = 0; i < 12; ++i) {
        expected.push_back(
            {"SET", "key" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'v')});
        input += array_of(expected.back());
    }

    CHECK(commands_of(input) == expected);
}

TEST_CASE("an empty array, a nil array and an empty line are no commands") {
    for (const auto input : {"*0\r\n"sv, "*-1\r\n"sv, "*-9223372036854775808\r\n"sv, "\r\n"sv,
                             "\n"sv, " \t\v\f\r\n"sv, "\r\r\n"sv, "*0\r."sv}) {
        CAPTURE(input);
        CHECK(commands_of(input).empty());
        CHECK(commands_of(std::string(input) + "*1\r\n$4\r\nPING\r\n") ==
              std::vector<Strings>{{"PING"}});
    }
}

TEST_CASE("nothing says how many bytes it took") {
    RequestParser parser;
    Command command;

    CHECK(parser.parse("*0\r\nPING\r\n", command) == Status::nothing);
    CHECK(parser.consumed() == 4);
    CHECK(parser.parse("PING\r\nxyz", command) == Status::complete);
    CHECK(parser.consumed() == 6);
    CHECK(command.name() == "PING");
    CHECK(parser.parse("", command) == Status::need_more);
}

TEST_CASE("a count that is not an integer in Redis's only form is refused") {
    for (const auto count :
         {"", "+1", "01", "-0", "-", "--1", " 1", "1 ", "1x", "x", "00", "2147483648",
          "9223372036854775807", "9223372036854775808", "-9223372036854775809",
          "18446744073709551617", "99999999999999999999"}) {
        CAPTURE(count);
        CHECK(error_of("*" + std::string(count) + "\r\n") == bad_count);
    }
}

TEST_CASE("a length that is not an integer in Redis's only form, or negative, is refused") {
    for (const auto length : {"", "+4", "04", "-0", "-1", "-", " 4", "4 ", "4x", "x", "00",
                              "536870913", "9223372036854775808", "18446744073709551620"}) {
        CAPTURE(length);
        CHECK(error_of("*1\r\n$" + std::string(length) + "\r\nPING\r\n") == bad_length);
    }
}

TEST_CASE("anything but a bulk string in an array is refused, and named") {
    CHECK(error_of("*1\r\n+PING\r\n") == "Protocol error: expected '$', got '+'");
    CHECK(error_of("*1\r\n:1\r\n") == "Protocol error: expected '$', got ':'");
    CHECK(error_of("*1\r\n*1\r\n") == "Protocol error: expected '$', got '*'");
    CHECK(error_of("*1\r\n\r\n") == "Protocol error: expected '$', got '\r'");
    CHECK(error_of("*2\r\n$3\r\nGET\r\nkey\r\n") == "Protocol error: expected '$', got 'k'");
    CHECK(error_of("*1\r\n\xff\r\n") == "Protocol error: expected '$', got '\xff'");
}

TEST_CASE("a line that does not end within its limit is refused") {
    const RequestLimits limits{.max_inline_bytes = 10};

    CHECK(error_of("*" + std::string(10, '1'), limits) ==
          "Protocol error: too big mbulk count string");
    CHECK(error_of("*1\r\n$" + std::string(10, '1'), limits) ==
          "Protocol error: too big bulk count string");
    CHECK(error_of("*1\r\n" + std::string(11, 'x'), limits) ==
          "Protocol error: too big bulk count string");
    CHECK(error_of(std::string(11, 'x'), limits) == "Protocol error: too big inline request");
    CHECK(error_of(std::string(11, 'x') + "\n", limits) ==
          "Protocol error: too big inline request");

    CHECK(read("*" + std::string(9, '1'), limits).left == 10);
    CHECK(error_of("*" + std::string(9, 'x') + "\r\n", limits) == bad_count);
    CHECK(read(std::string(10, 'x') + "\n", limits).commands ==
          std::vector<Strings>{{std::string(10, 'x')}});
}

TEST_CASE("lines may have 64 KiB when nothing else is said") {
    CHECK(read_at_once(std::string(65536, 'x')).left == 65536);
    CHECK(read_at_once(std::string(65537, 'x')).error == "Protocol error: too big inline request");
    CHECK(read_at_once("*" + std::string(65536, '1')).error ==
          "Protocol error: too big mbulk count string");
}

TEST_CASE("words, bulks and requests are held to their limits, to the byte") {
    const RequestLimits limits{.max_bulk_bytes = 8, .max_words = 3, .max_request_bytes = 37};

    CHECK(read(array_of({"a", "b", "c"}), limits).commands.size() == 1);
    CHECK(error_of(array_of({"a", "b", "c", "d"}), limits) == bad_count);
    CHECK(read(array_of({"12345678"}), limits).commands.size() == 1);
    CHECK(error_of(array_of({"123456789"}), limits) == bad_length);
    REQUIRE(array_of({"12345678", "12345", "123"}).size() == 38);
    CHECK(error_of(array_of({"12345678", "12345", "123"}), limits) ==
          "Protocol error: too big request");
    CHECK(read(array_of({"12345678", "12345", "12"}), limits).commands.size() == 1);
    CHECK(error_of(std::string(36, 'x') + "\r\n", limits) == "Protocol error: too big request");
    CHECK(read(std::string(35, 'x') + "\r\n", limits).commands.size() == 1);
}

TEST_CASE("a request over its limit is refused when its length is announced") {
    const RequestLimits limits{.max_request_bytes = 1000};

    CHECK(error_of("*2\r\n$3\r\nSET\r\n$990\r\n", limits) == "Protocol error: too big request");
    CHECK(read_at_once("*2\r\n$536870912\r\n").error == "");
}

TEST_CASE("as many words are begun as Redis begins") {
    CHECK(read("*2147483647\r\n$4\r\nPING\r\n").error == "");
    CHECK(read("*2147483647\r\n$4\r\nPING\r\n").left == 23);
    CHECK(read("*1\r\n$536870912\r\nx").error == "");
}

TEST_CASE("limits beyond all numbers do not overflow") {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    const RequestLimits limits{.max_bulk_bytes = most,
                               .max_words = most,
                               .max_inline_bytes = most,
                               .max_request_bytes = most};

    CHECK(read("*9223372036854775807\r\n$1\r\nx\r\n$9223372036854775807\r\nx", limits).error == "");
    CHECK(read("*0\r\nPING\r\n", limits).commands == std::vector<Strings>{{"PING"}});
}

TEST_CASE("after an error nothing more is read") {
    RequestParser parser;
    Command command;

    REQUIRE(parser.parse("*x\r\n", command) == Status::failed);

    CHECK(parser.parse("*1\r\n$4\r\nPING\r\n", command) == Status::failed);
    CHECK(command.words.empty());
    CHECK(parser.error() == bad_count);
}

TEST_CASE("an inline command is its words, ended by LF with or without CR") {
    CHECK(commands_of("PING\nPING\r\n") == std::vector<Strings>{{"PING"}, {"PING"}});
    CHECK(words_of("SET  a\t b  ") == Strings{"SET", "a", "b"});
    CHECK(words_of("  GET a") == Strings{"GET", "a"});
    CHECK(words_of("GET a\rb\r") == Strings{"GET", "a", "b"});
    CHECK(words_of(" *1") == Strings{"*1"});
    CHECK(words_of("GET \x80\xff") == Strings{"GET", "\x80\xff"});
}

TEST_CASE("a line with a byte of zero in it never ends, as in Redis") {
    for (const auto input :
         {"GET a\0b\r\nPING\r\n"sv, "\0\n"sv, "PING\0\r\n"sv, "*1\0\r\n$4\r\nPING\r\n"sv,
          "*1\r\n$4\0\r\nPING\r\n"sv, "*1\r\n\0$4\r\nPING\r\n"sv}) {
        CAPTURE(input);
        const Outcome outcome = read(input);

        CHECK(outcome.commands.empty());
        CHECK(outcome.error == "");
        CHECK(outcome.left == input.size());
    }
    const RequestLimits limits{.max_inline_bytes = 10};
    CHECK(error_of("a\0\r\nPING\r\n12345"sv, limits) == "Protocol error: too big inline request");
    CHECK(error_of("*1\0\r\n12345678"sv, limits) == "Protocol error: too big mbulk count string");
    CHECK(error_of("*1\r\n$4\0\r\nPING\r\n123"sv, limits) ==
          "Protocol error: too big bulk count string");
    CHECK(commands_of("PING\r\n*1\r\n$3\r\na\0b\r\nPING\r\n"sv).size() == 3);
}

TEST_CASE("vertical tab and form feed separate words only beside another blank") {
    CHECK(words_of("GET a\vb\fc") == Strings{"GET", "a\vb\fc"});
    CHECK(words_of("GET a \v\fb") == Strings{"GET", "a", "b"});
    CHECK(words_of("GET \"a\"\vb") == Strings{"GET", "a", "b"});
}

TEST_CASE("double quotes take escapes, single quotes only that of themselves") {
    CHECK(words_of(R"(ECHO "a b")") == Strings{"ECHO", "a b"});
    CHECK(words_of(R"(ECHO "\n\r\t\b\a\\\"\q")") == Strings{"ECHO", "\n\r\t\b\a\\\"q"});
    CHECK(words_of(R"(ECHO "\x41\x00\xfF\xZ1\x1")") == Strings{"ECHO", "A\0\xffxZ1x1"s});
    CHECK(words_of(R"(ECHO 'a\'b\n"')") == Strings{"ECHO", "a'b\\n\""});
    CHECK(words_of(R"(ECHO a\nb)") == Strings{"ECHO", "a\\nb"});
    CHECK(words_of(R"(EC"HO" x'y z')") == Strings{"ECHO", "xy z"});
    CHECK(words_of(R"("" '')") == Strings{"", ""});
    CHECK(words_of("ECHO \"a\rb\"") == Strings{"ECHO", "a\rb"});
}

TEST_CASE("quotes left open, or closed in the middle of a word, are refused") {
    for (const auto line : {R"(ECHO "a)", R"(ECHO 'a)", R"(ECHO "a"b)", R"(ECHO 'a'b)",
                            R"(ECHO "a\")", R"(ECHO 'a\')", R"(ECHO "\)", R"(ECHO "a"'b')",
                            R"(ECHO a"b""c")", R"(")", R"(ECHO "\x4)"}) {
        CAPTURE(line);
        CHECK(error_of(std::string(line) + "\r\n") == bad_quotes);
    }
}

TEST_CASE("a command keeps its words when the buffer moves between two pieces of it") {
    Strings words;
    for (int i = 0; i < 300; ++i) words.push_back("word" + std::to_string(i));
    const std::string input = array_of(words) + array_of({"PING"});

    for (const std::size_t piece : {1u, 2u, 3u, 7u, 64u, 1000u}) {
        CAPTURE(piece);
        const Outcome outcome = read_in_pieces(input, piece, {});
        CHECK(outcome.commands == std::vector<Strings>{words, {"PING"}});
        CHECK(outcome.raws == Strings{array_of(words), array_of({"PING"})});
    }
}

// What was read is not read again: otherwise these would take hours.
TEST_CASE("bytes that come one at a time are read once") {
    const std::string many = array_of(Strings(200'000, "x"));
    const std::string large = array_of({"SET", "key", std::string(1'000'000, '\r')});
    RequestParser parser;
    Command command;

    for (const std::string& input : {many, large}) {
        std::size_t size = 1;
        while (parser.parse({input.data(), size}, command) == Status::need_more) ++size;
        CHECK(size == input.size());
        CHECK(command.raw == input);
    }
    CHECK(command.words.back().size() == 1'000'000);
}

TEST_CASE("announced words and bytes cost no memory before they come") {
    RequestParser parser;
    Command command;

    CHECK(parser.parse("*2147483647\r\n$536870912\r\nx", command) == Status::need_more);

    CHECK(command.words.capacity() <= 16);
}

TEST_CASE("an unfinished command costs nothing but its bytes, however many words have come") {
    const std::string input = array_of(Strings(100'000, "x"));
    RequestParser parser;
    Command command;
    std::size_t most_room = 0;

    for (std::size_t size = 5000; size < input.size(); size += 5000) {
        REQUIRE(parser.parse({input.data(), size}, command) == Status::need_more);
        most_room = std::max(most_room, command.words.capacity());
    }
    CHECK(most_room <= 2000);

    CHECK(parser.parse(input, command) == Status::complete);
    CHECK(command.words.size() == 100'000);
    CHECK(command.words.capacity() == 100'000);
}

TEST_CASE("the room of an enormous command is given back by the next one") {
    const std::string large = array_of(Strings(100'000, "x"));
    RequestParser parser;
    Command command;
    REQUIRE(parser.parse(large, command) == Status::complete);
    REQUIRE(command.words.capacity() >= 100'000);

    CHECK(parser.parse(array_of({"PING"}), command) == Status::complete);

    CHECK(command.words.capacity() <= 16);
}

TEST_CASE("random streams mean the same as to the slow reader, however they are cut") {
    const RequestLimits tight{
        .max_bulk_bytes = 16, .max_words = 8, .max_inline_bytes = 24, .max_request_bytes = 96};
    Generator generator(20240607);
    std::size_t commands = 0;
    std::size_t errors = 0;
    for (int round = 0; round < 20'000; ++round) {
        CAPTURE(round);
        const RequestLimits limits = round % 2 == 0 ? tight : RequestLimits{};
        const std::string input = generator.stream();
        const Outcome expected = Reference(input, limits).read();

        REQUIRE(read_at_once(input, limits) == expected);
        REQUIRE(read_in_pieces(input, 1 + generator.below(12), limits) == expected);
        commands += expected.commands.size();
        if (!expected.error.empty()) ++errors;
    }
    CHECK(commands > 10'000);
    CHECK(errors > 5'000);
}
