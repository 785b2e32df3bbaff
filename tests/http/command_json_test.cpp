#include "http/command_json.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp/reply_writer.hpp"

namespace nearcache::http {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using enum CommandForm;
using Words = std::vector<std::string>;

constexpr JsonLimits limits{.max_depth = 16, .max_commands = 3};

std::string resp_of(const std::vector<Words>& commands) {
    std::string bytes;
    for (const auto& words : commands) resp::append_command(bytes, words);
    return bytes;
}

// Of a body that is fine.
std::string bytes_of(std::string_view body, CommandForm form = single) {
    const auto batch = read_commands(body, form, limits);
    CHECK(batch.complaint == "");
    CHECK(batch.refused.empty());
    return batch.bytes;
}

std::string complaint_about(std::string_view body, CommandForm form = single) {
    return read_commands(body, form, limits).complaint;
}

const std::string not_json = "ERR the body is not valid JSON";
const std::string no_array = "ERR the body must be an array: a command";
const std::string no_arrays = "ERR the body must be an array of arrays: commands";
const std::string no_word = "ERR the words of a command are strings, numbers or booleans";

TEST_CASE("a command is an array of strings, whatever is in them") {
    CHECK(bytes_of(R"(["PING"])") == resp_of({{"PING"}}));
    CHECK(bytes_of(R"( [ "SET" , "k" ,
 "" ] )") == resp_of({{"SET", "k", ""}}));
    CHECK(bytes_of(R"(["SET","a\u0000\r\n\"\\\/\b\f\t","\u00e4\u20ac\ud83d\ude00"])") ==
          resp_of({{"SET", "a\0\r\n\"\\/\b\f\t"s, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"}}));
    CHECK(bytes_of("[\"SET\",\"k\",\"\xc3\xa4\"]") == resp_of({{"SET", "k", "\xc3\xa4"}}));
}

TEST_CASE("a word of any length comes out whole") {
    for (const std::size_t size : {2u, 100u, 1000u, 4096u, 70'000u, 3'000'000u}) {
        CAPTURE(size);
        const std::string plain(size, 'x');
        std::string escaped;
        for (std::size_t i = 0; i < size; ++i) escaped += "\\u0000";

        CHECK(bytes_of("[\"SET\",\"" + plain + "\",1]") == resp_of({{"SET", plain, "1"}}));
        CHECK(bytes_of("[\"" + escaped + "\"]") == resp_of({{std::string(size, '\0')}}));
    }
}

TEST_CASE("a number is its text in JSON, and no digit is lost") {
    for (const std::string number :
         {"0", "-0", "7", "-9223372036854775808", "9007199254740993", "18446744073709551615",
          "123456789012345678901234567890", "0.1", "1.50", "-2.5e-7", "1e+21", "1E5",
          "3.141592653589793238462643383279"}) {
        CAPTURE(number);
        CHECK(bytes_of("[\"SET\",\"k\"," + number + "]") == resp_of({{"SET", "k", number}}));
        CHECK(bytes_of("[" + number + "]") == resp_of({{number}}));
    }
}

TEST_CASE("a boolean is its name") {
    CHECK(bytes_of(R"(["SET",true,false])") == resp_of({{"SET", "true", "false"}}));
}

TEST_CASE("several commands are an array of them") {
    CHECK(bytes_of(R"([["SET","k",1],["GET","k"]])", pipeline) ==
          resp_of({{"SET", "k", "1"}, {"GET", "k"}}));
    CHECK(bytes_of(R"([["GET","k"]])", transaction) == resp_of({{"GET", "k"}}));
    CHECK(bytes_of("[]", pipeline).empty());
    CHECK(bytes_of(" [ ] ", transaction).empty());
}

TEST_CASE("what is no JSON, or more than one text of it, is refused") {
    for (const auto body : {""sv,
                            " "sv,
                            "["sv,
                            "[\"GET\""sv,
                            "[\"GET\",]"sv,
                            "[\"GET\"]]"sv,
                            "[\"GET\"] x"sv,
                            "[\"GET\"][\"GET\"]"sv,
                            "['GET']"sv,
                            "[GET]"sv,
                            "[01]"sv,
                            "[1.]"sv,
                            "[+1]"sv,
                            "[NaN]"sv,
                            "[\"\xff\"]"sv,
                            "[\"\\ud800\"]"sv,
                            "[\"a\nb\"]"sv,
                            "[\"\\x\"]"sv,
                            "[\"GET\"] /* */"sv,
                            "\xef\xbb\xbf[\"GET\"]"sv,
                            "[\"GET\"\0]"sv,
                            "nul"sv}) {
        CAPTURE(body);
        CHECK(complaint_about(body) == not_json);
        CHECK(complaint_about(body, pipeline) == not_json);
    }
}

TEST_CASE("anything but an array is no command") {
    for (const auto body : {"{}", "\"GET\"", "1", "true", "null", R"({"a":["GET"]})"}) {
        CAPTURE(body);
        CHECK(complaint_about(body) == no_array);
        CHECK(complaint_about(body, pipeline) == no_arrays);
        CHECK(complaint_about(body, transaction) == no_arrays);
    }
    for (const auto body :
         {R"(["GET","k"])", R"([{}])", R"([["GET","k"],"GET"])", "[1]", "[null]"}) {
        CAPTURE(body);
        CHECK(complaint_about(body, pipeline) == no_arrays);
    }
}

TEST_CASE("a word is no array, no object and not null, and a command has one at least") {
    for (const auto word : {"[]", "{}", "[[1]]", R"({"a":{"b":[1,"c"]}})", R"(["GET"])"}) {
        CAPTURE(word);
        CHECK(complaint_about("[\"SET\",\"k\"," + std::string(word) + "]") == no_word);
        CHECK(complaint_about("[[\"GET\"],[" + std::string(word) + ",\"k\"]]", pipeline) ==
              no_word);
    }
    CHECK(complaint_about(R"(["SET","k",null])") == "ERR null is no word of a command");
    CHECK(complaint_about("[]") == "ERR a command has a word at least");
    CHECK(complaint_about(R"([["GET","k"],[]])", pipeline) == "ERR a command has a word at least");
}

TEST_CASE("depth is bounded, and so is the number of commands") {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };

    CHECK(complaint_about(nested(16)) == no_word);
    CHECK(complaint_about(nested(17)) == "ERR the body is nested deeper than http.max_json_depth");
    CHECK(complaint_about(nested(1'000'000)) ==
          "ERR the body is nested deeper than http.max_json_depth");
    CHECK(bytes_of(R"([["A"],["B"],["C"]])", pipeline) == resp_of({{"A"}, {"B"}, {"C"}}));
    CHECK(complaint_about(R"([["A"],["B"],["C"],["D"]])", pipeline) ==
          "ERR more commands than http.max_pipeline allows");
}

TEST_CASE("what is wrong first is told, but that it is no JSON is told before") {
    CHECK(complaint_about(R"(["SET",null,[]])") == "ERR null is no word of a command");
    CHECK(complaint_about(R"(["SET",null)") == not_json);
}

}  // namespace
}  // namespace nearcache::http
