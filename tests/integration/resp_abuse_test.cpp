#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

using namespace std::string_literals;

namespace {

// All that a server says to `bytes`, sent in pieces of a size, until it closes or has no more to
// say to a client that sends no more.
std::string answer(std::uint16_t port, std::string_view bytes, std::size_t piece) {
    TestClient client(port);
    try {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
            client.send(bytes.substr(0, piece));
        }
    } catch (const ConnectionClosed&) {  // it has heard enough
    }
    client.socket().end_sending();
    return client.read_to_end();
}

void check_same_answer(const ProxiedRedis& servers, const std::vector<std::string>& inputs) {
    const auto ping = command({"PING"});
    for (const auto& input : inputs) {
        CAPTURE(input.substr(0, 100));
        const auto bytes = ping + input + ping + "PING inline\r\n";
        const auto expected = answer(servers.redis.port(), bytes, bytes.size());
        CHECK(answer(servers.proxy.resp_port(), bytes, bytes.size()) == expected);
        CHECK(answer(servers.redis.port(), bytes, 1) == expected);
        CHECK(answer(servers.proxy.resp_port(), bytes, 1) == expected);
    }
}

}  // namespace

TEST_CASE("counts and lengths that Redis does not like are answered as by Redis") {
    const ProxiedRedis servers;
    std::vector<std::string> inputs;
    for (const auto number : {"",
                              "-",
                              "--1",
                              "-0",
                              "0",
                              "00",
                              "01",
                              "+1",
                              " 1",
                              "1 ",
                              "1x",
                              "x",
                              "1\n",
                              "-1",
                              "-2",
                              "2147483647",
                              "2147483648",
                              "-2147483649",
                              "536870912",
                              "536870913",
                              "9223372036854775807",
                              "9223372036854775808",
                              "-9223372036854775808",
                              "-9223372036854775809",
                              "18446744073709551617",
                              "99999999999999999999"}) {
        inputs.push_back("*"s + number + "\r\n");
        inputs.push_back("*"s + number + "\r\n$4\r\nPING\r\n");
        inputs.push_back("*1\r\n$"s + number + "\r\n");
        inputs.push_back("*2\r\n$4\r\nPING\r\n$"s + number + "\r\nx\r\n");
        inputs.push_back("$"s + number + "\r\n");
    }
    check_same_answer(servers, inputs);
}

TEST_CASE("arrays that are none are answered as by Redis") {
    const ProxiedRedis servers;
    check_same_answer(servers, {"*1\r\nPING\r\n",
                                "*1\r\n+PING\r\n",
                                "*1\r\n:1\r\n",
                                "*1\r\n*1\r\n",
                                "*1\r\n\r\n",
                                "*1\r\n\n\r\n",
                                "*1\r\n\xff\r\n",
                                "*2\r\n$4\r\nECHO\r\nabc\r\n",
                                "*1\rX$4\r\nPING\r\n",
                                "*1\r\n$4\r.PING\r\n",
                                "*1\r\n$4\r\nPINGab",
                                "*1\n$4\nPING\n",
                                "*1\n$4\nPING\n\r\n",
                                "*1\r\n$4\nPING\r\n",
                                "*2\r\n$4\r\nECHO\r\n$3\r\nab\r\n\r\n",
                                "*1\r\n$0\r\n\r\n",
                                "*0\r\n*0\r\n*-5\r\n",
                                "+OK\r\n",
                                "-ERR\r\n",
                                ":1\r\n",
                                "%1\r\n",
                                "_\r\n",
                                "\x16\x03\x01\x02",
                                "*1\0\r\n$4\r\nPING\r\n"s,
                                "*1\r\n$4\0\r\nPING\r\n"s,
                                "*1\r\n\0$4\r\nPING\r\n"s});
}

TEST_CASE("lines are taken apart as by Redis") {
    const ProxiedRedis servers;
    check_same_answer(servers, {"\r\n",
                                "\n",
                                "\n\n\n",
                                " \t\v\f\r\n",
                                "\r\r\n",
                                " ECHO  a \r\n",
                                "ECHO a\rb\r\n",
                                "ECHO a\vb\fc\r\n",
                                "ECHO \v\fa\r\n",
                                "ECHO \"a\"\v\r\n",
                                "\vPING\r\n",
                                "ECHO \x80\xff\r\n",
                                "ECHO \"a b\"\r\n",
                                "ECHO 'a b'\r\n",
                                "ECHO \"a\r\n",
                                "ECHO 'a\r\n",
                                "ECHO \"a\"b\r\n",
                                "ECHO 'a'b\r\n",
                                "ECHO a\"b c\"\r\n",
                                "\"\"\r\n",
                                "'' a\r\n",
                                "ECHO \\\r\n",
                                "ECHO \"\\\r\n",
                                "ECHO '\\\r\n",
                                "ECHO \"\\\\\"\r\n",
                                "ECHO \"\\x41\\n\\r\\t\\b\\a\\q\\\\\\\"\"\r\n",
                                "ECHO \"\\xZ1\\x4\"\r\n",
                                "ECHO 'a\\'b\\n'\r\n",
                                "\"no\\r\\nsuch\" \"a\\nb\"\r\n",
                                "PING\0\r\n"s,
                                "ECHO a\0b\r\n"s,
                                "\0\n"s});
}

TEST_CASE("requests of HTTP are answered as by Redis, which hangs up on some") {
    const ProxiedRedis servers;
    for (const auto first_line :
         {"GET / HTTP/1.1\r\n", "HEAD / HTTP/1.1\r\n", "DELETE / HTTP/1.1\r\n",
          "OPTIONS * HTTP/1.1\r\n", "CONNECT x:1 HTTP/1.1\r\n", "POST / HTTP/1.1\r\n", "post x\r\n",
          "Host: x\r\n"}) {
        CAPTURE(first_line);
        CHECK(answer(servers.proxy.resp_port(), first_line, 1000) ==
              answer(servers.redis.port(), first_line, 1000));
    }
}

TEST_CASE("what has no end is answered as by Redis, and read no further") {
    const ProxiedRedis servers;
    constexpr std::size_t kilobyte = 1024;
    for (const auto& [start, byte] : {std::pair("", 'x'),
                                      {"*", '1'},
                                      {"*1\r\n$", '1'},
                                      {"*1\r\n", 'x'},
                                      {"ECHO \"", 'x'},
                                      {"*1", '\0'},
                                      {"", '\0'}}) {
        CAPTURE(start);
        const auto bytes = start + std::string(1024 * kilobyte, byte);
        const auto expected = answer(servers.redis.port(), bytes, 16 * kilobyte);

        CHECK(expected.starts_with("-ERR Protocol error: too big "));
        CHECK(answer(servers.proxy.resp_port(), bytes, 16 * kilobyte) == expected);
    }
}

TEST_CASE("what is announced costs nothing, and what came of it no more than its bytes") {
    NearcacheProcess server;
    constexpr std::size_t megabyte = 1024u * 1024, words = 150'000;
    std::string many_words = "*2147483647\r\n";
    for (std::size_t i = 0; i < words; ++i) many_words += "$0\r\n\r\n";
    REQUIRE(server.resp().ask({"PING"}) == "+PONG\r\n");
    const auto before = server.process().resident_bytes();
    std::vector<TestClient> clients;

    for (int i = 0; i < 50; ++i) {
        clients.push_back(server.resp());
        clients.back().send("*2147483647\r\n$536870912\r\nstart of a very long word");
        clients.push_back(server.resp());
        clients.back().send(many_words);
    }
    // Answered after the others were read, as far as one can tell from outside.
    for (int i = 0; i < 50; ++i) REQUIRE(server.resp().ask({"PING"}) == "+PONG\r\n");

    REQUIRE(many_words.size() < megabyte);
    if (!is_sanitized) CHECK(server.process().resident_bytes() < before + 50 * 2 * megabyte);
}

TEST_CASE("a form that a browser posts is hung up on, and no line of it is executed") {
    NearcacheProcess server;
    const std::string body = "SET k evil\r\n";
    for (const std::string first_line : {"POST / HTTP/1.1\r\n", "GET / HTTP/1.1\r\n"}) {
        CAPTURE(first_line);
        auto browser = server.resp();

        browser.send(first_line + "Host: 127.0.0.1\r\n\r\n" + body);

        CHECK(browser.read_to_end().find("+OK") == std::string::npos);
        CHECK(server.resp().ask({"GET", "k"}) == nil);
    }
}

TEST_CASE("large commands are taken no faster than Redis takes them") {
    ProxiedRedis servers({"--backend-operation-timeout", "60s"});
    auto client = servers.resp();
    REQUIRE(client.ask({"SET", "k", "v"}) == ok);
    const auto before = servers.proxy.process().resident_bytes();
    constexpr std::size_t megabyte = 1024u * 1024;
    std::size_t sent = 0;
    client.socket().set_limit(milliseconds(500));
    servers.redis.freeze();

    try {
        for (; sent < 200; ++sent) client.send(command({"SET", "k", std::string(megabyte, 'v')}));
    } catch (const TimedOut&) {
        MESSAGE("read no more after " << sent);
    }

    CHECK(sent < 200);
    CHECK(servers.proxy.process().resident_bytes() - before < 64 * megabyte);
    servers.redis.thaw();
}

TEST_CASE("a line end that comes in two pieces is no unfinished command") {
    NearcacheProcess server(Words{"--resp-request-timeout", "200ms"});
    auto client = server.resp();
    client.send("\r");
    REQUIRE(server.resp().ask({"PING"}) == "+PONG\r\n");

    client.send("\n");

    CHECK_FALSE(client.socket().is_readable(milliseconds(600)));
    CHECK(client.ask({"PING"}) == "+PONG\r\n");
}

}  // namespace nearcache::tests
