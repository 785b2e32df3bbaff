#include "tests/support/console_page.hpp"

#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

using namespace nearcache::tests;

TEST_CASE("commands and what is shown below them are read from the blocks of a page") {
    const auto commands = read_console_page(
        "# Page\n"
        "$ not this\n"
        "```console\n"
        "$ one\n"
        "first\n"
        "\n"
        "$ two -a \\\n"
        "    -b\n"
        "$ three\n"
        "```\n"
        "text\n"
        "```console\n"
        "$ four\n"
        "\n"
        "```\n");

    REQUIRE(commands.size() == 4);
    CHECK(commands[0].line == 4);
    CHECK(commands[0].command == "one");
    CHECK(commands[0].shown == "first\n");
    CHECK(commands[1].line == 7);
    CHECK(commands[1].command == "two -a     -b");
    CHECK(commands[1].shown.empty());
    CHECK(commands[2].shown.empty());
    CHECK(commands[3].line == 13);
    CHECK(commands[3].shown.empty());
}

TEST_CASE("a block that is not run is an error with its line") {
    const auto complaint = [](std::string_view page) {
        try {
            read_console_page(page);
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };

    CHECK(complaint("\n```yaml\na: b\n```\n") ==
          "line 2: a block that is not of commands: ```yaml");
    CHECK(complaint("```\nx\n```\n") == "line 1: a block that is not of commands: ```");
    CHECK(complaint("```console\nHTTP\n") == "line 2: a block that does not begin with a command");
    CHECK(complaint("```console\n$ a\n").ends_with("a block that does not end"));
    CHECK(
        complaint("```console\n$ a \\\n```\n").ends_with("a block that ends with half a command"));
    CHECK(complaint("```console\n```\n").ends_with("a block that ends with half a command"));
    CHECK(complaint("no blocks\n").empty());
}

TEST_CASE("a page is corrected where a command prints something else") {
    const std::string page = "```console\n$ one\nold\n\n$ two \\\n  -b\n$ three\nsame\n```\ntext\n";
    const auto commands = read_console_page(page);
    REQUIRE(commands.size() == 3);

    CHECK(corrected(page, {}) == page);
    CHECK(corrected(page, {{commands[0], "new"}, {commands[1], "a\nb"}}) ==
          "```console\n$ one\nnew\n$ two \\\n  -b\na\nb\n$ three\nsame\n```\ntext\n");
    CHECK(corrected(page, {{commands[0], ""}, {commands[2], "x"}}) ==
          "```console\n$ one\n$ two \\\n  -b\n$ three\nx\n```\ntext\n");
}

TEST_CASE("what was printed is compared as a page shows it") {
    CHECK(as_shown("hello") == "hello");
    CHECK(as_shown("hello\n") == "hello");
    CHECK(as_shown("hello\n\n") == "hello\n");
    CHECK(as_shown("") == "");
    CHECK(as_shown("HTTP/1.1 204 No Content\r\nA: b\r\n\r\n") == "HTTP/1.1 204 No Content\nA: b\n");
    CHECK(as_shown("HTTP/1.1 200 OK\r\n\r\nline\r\n") == "HTTP/1.1 200 OK\n\nline\r");
}

TEST_CASE("common fields are left out of heads where the page does not show them") {
    const std::string printed = "HTTP/1.1 200 OK\nServer: x\nVary: Origin\n\nServer: x";

    CHECK(without_common_fields(printed, "HTTP/1.1 200 OK", {"Server: ", "Vary: Origin"}) ==
          "HTTP/1.1 200 OK\n\nServer: x");
    CHECK(without_common_fields(printed, "HTTP/1.1 200 OK\nServer: y",
                                {"Server: ", "Vary: Origin"}) ==
          "HTTP/1.1 200 OK\nServer: x\n\nServer: x");
    CHECK(without_common_fields(printed, "", {}) == printed);
}

TEST_CASE("times are put out of the way in heads, and nothing else is") {
    CHECK(without_times("HTTP/1.1 200 OK\n"
                        "Date: Fri, 20 Nov 2026 11:34:12 GMT\n"
                        "Cache-Control: max-age=59\n"
                        "Cache-Status: nearcache; hit; ttl=-3; detail=x\n"
                        "Cache-Status: nearcache; hit; ttl=12\n"
                        "Age: 7\n"
                        "Content-Length: 5\n"
                        "\n"
                        "Age: 7 ttl=1") ==
          "HTTP/1.1 200 OK\n"
          "Date: then\n"
          "Cache-Control: max-age=N\n"
          "Cache-Status: nearcache; hit; ttl=-3; detail=x\n"
          "Cache-Status: nearcache; hit; ttl=N\n"
          "Age: N\n"
          "Content-Length: 5\n"
          "\n"
          "Age: 7 ttl=1");
}
