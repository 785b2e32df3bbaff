#include <string>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

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
