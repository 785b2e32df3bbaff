#include <atomic>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"
#include "tests/support/origin_server.hpp"
#include "tests/support/timing.hpp"

// What nobody may reach through /?url=, and what an origin may do to nobody.
namespace nearcache::tests {

namespace {

const std::string blocked_text = "the host of this URL may not be connected to\n";

// The origin's port under every spelling of a host: the list lets them all pass, so that only the
// check of addresses is left.
std::vector<std::string> spellings_of_loopback(std::uint16_t port) {
    std::vector<std::string> urls;
    for (const std::string host : {"localhost",
                                   "LOCALHOST",
                                   "localhost.",
                                   "127.0.0.1",
                                   "127.1",
                                   "127.0.1",
                                   "2130706433",
                                   "0x7f000001",
                                   "0x7f.1",
                                   "0x7F.0.0.0x1",
                                   "017700000001",
                                   "0177.0.0.1",
                                   "0177.1",
                                   "0.0.0.0",
                                   "0",
                                   "0x0",
                                   "127.0.0.2",
                                   "127.255.255.254",
                                   "[::1]",
                                   "[::]",
                                   "[::ffff:127.0.0.1]",
                                   "[::ffff:7f00:1]",
                                   "[::127.0.0.1]",
                                   "[0:0:0:0:0:0:0:1]",
                                   "[64:ff9b::7f00:1]",
                                   "[2002:7f00:1::]",
                                   "10.0.0.1",
                                   "192.168.0.1",
                                   "172.16.0.1",
                                   "169.254.169.254",
                                   "100.64.0.1",
                                   "[fe80::1]",
                                   "[fc00::1]",
                                   "[fd00:ec2::254]",
                                   "224.0.0.1",
                                   "[ff02::1]"}) {
        urls.push_back("http://" + host + ":" + std::to_string(port) + "/");
    }
    return urls;
}

Words allowing(const std::vector<std::string>& rules, const Words& more = {}) {
    Words flags;
    for (const auto& rule : rules) {
        flags.push_back("--origin-allow");
        flags.push_back(rule);
    }
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
}

HttpResponse ask(NearcacheProcess& server, std::string_view url, std::string_view more = {}) {
    auto client = server.http();
    client.send(http_request("GET", origin_target(url, "origin:k", more)));
    return client.read_response();
}

}  // namespace

TEST_CASE("no spelling of an address that is not public is connected to") {
    OriginServer origin(answering(ok_answer("reached")));
    const auto urls = spellings_of_loopback(origin.port());
    NearcacheProcess server(allowing(urls));

    for (const auto& url : urls) {
        CAPTURE(url);
        const auto response = ask(server, url);
        CHECK(response.status == 403);
        CHECK(response.body == blocked_text);
    }
    CHECK(origin.connections() == 0);
}

TEST_CASE("a name that leads nowhere is refused in the very same words") {
    OriginServer origin(answering(ok_answer("reached")));
    const auto url = "http://no-such-name.invalid:" + std::to_string(origin.port());
    const auto there = "http://localhost:" + std::to_string(origin.port());
    NearcacheProcess server(allowing({url, there}, {"--origin-connect-timeout", "10s"}));

    const auto nowhere = ask(server, url);
    const auto blocked = ask(server, there);

    CHECK(nowhere.status == blocked.status);
    CHECK(nowhere.body == blocked.body);
    CHECK(nowhere.headers.size() == blocked.headers.size());
}

TEST_CASE("what the list does not hold is refused, however it is dressed up") {
    OriginServer origin(answering(ok_answer("reached")));
    const auto port = std::to_string(origin.port());
    const auto host = "http://127.0.0.1:" + port;
    NearcacheProcess server(allowing({host + "/api"}, {"--origin-allow-private", "on"}));
    const std::vector<std::string> forbidden = {
        host + "/",
        host + "/apix",
        host + "/api/../secret",
        host + "/api/%2e%2e/secret",
        host + "/api/..%2fsecret",
        host + "/api/..%5csecret",
        host + "/api/%252e%252e%252fsecret",
        host + "/api/..;/secret",
        "http://localhost:" + port + "/api",
        "http://127.1:" + port + "/api",
        "http://2130706433:" + port + "/api",
        "http://[::ffff:127.0.0.1]:" + port + "/api",
        "https://127.0.0.1:" + port + "/api",
        "http://127.0.0.1/api",
        "http://x.127.0.0.1.nip.io:" + port + "/api",
    };
    const std::vector<std::string> no_urls = {
        host + "@evil.example/api",
        "http://x@127.0.0.1:" + port + "/api",
        host + "\\@evil.example/api",
        host + "/api\t",
        host + "/api\r\nX: y",
        "ht\ntp://127.0.0.1:" + port + "/api",
        "//127.0.0.1:" + port + "/api",
        "file:///etc/passwd",
        "gopher://127.0.0.1:" + port + "/api",
        "http:///api",
        host + "%00.evil.example/api",
    };

    REQUIRE(ask(server, host + "/api/x").status == 200);
    REQUIRE(origin.connections() == 1);
    for (const auto& url : forbidden) {
        CAPTURE(url);
        CHECK(ask(server, url).status == 403);
    }
    for (const auto& url : no_urls) {
        CAPTURE(url);
        CHECK(ask(server, url).status == 400);
    }
    CHECK(origin.connections() == 1);
}

TEST_CASE("a redirect is not followed, wherever it leads") {
    OriginServer inner(answering(ok_answer("inner")));

    for (const int status : {301, 302, 303, 307, 308}) {
        CAPTURE(status);
        OriginServer origin(answering("HTTP/1.1 " + std::to_string(status) +
                                      " Over there\r\nLocation: " + inner.url() +
                                      "\r\nContent-Length: 0\r\n\r\n"));
        NearcacheProcess server(
            allowing({origin.url(), inner.url()}, {"--origin-allow-private", "on"}));
        const auto response = ask(server, origin.url());
        CHECK(response.status == 502);
        CHECK(response.body == "the origin answered with status " + std::to_string(status) + "\n");
        CHECK(response.header("Location") == "(none)");
    }
    CHECK(inner.connections() == 0);
}

TEST_CASE("keys outside of the prefix, and those of companions, are not touched") {
    OriginServer origin(answering(ok_answer("reached")));
    NearcacheProcess server(allowing({origin.url()}, {"--origin-allow-private", "on"}));
    auto client = server.http();

    CHECK(client.get(origin_target(origin.url(), "session:1")).status == 403);
    CHECK(client.get(origin_target(origin.url(), "Origin:1")).status == 403);
    CHECK(client.get(origin_target(origin.url(), "origin:1#origin")).status == 400);
    CHECK(client.get("/?url=" + origin.url()).status == 400);
    CHECK(origin.connections() == 0);
}

TEST_CASE("without a list nothing is fetched") {
    OriginServer origin(answering(ok_answer("reached")));
    NearcacheProcess server({"--origin-allow-private", "on"});

    const auto response = ask(server, origin.url());

    CHECK(response.status == 403);
    CHECK(response.body.find("origin.allow") != std::string::npos);
    CHECK(origin.connections() == 0);
}

TEST_CASE("only a whole, plain 200 of a bearable size is an answer") {
    struct Case {
        std::string answer;
        int status;
        std::string body;
    };
    const std::string begin = "HTTP/1.1 200 OK\r\n";
    const std::vector<Case> cases = {
        {begin + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 200,
         "abcde"},
        {"HTTP/1.0 200 OK\r\n\r\nup to the end", 200, "up to the end"},
        {"HTTP/1.1 100 Continue\r\n\r\n" + ok_answer("late"), 200, "late"},
        {ok_answer(std::string(1000, 'x')), 200, std::string(1000, 'x')},
        {ok_answer(std::string(1001, 'x')), 502, "the origin's answer is too large\n"},
        {begin + "Content-Length: 99999999999\r\n\r\n", 502, "the origin's answer is too large\n"},
        {begin + "\r\n" + std::string(1001, 'x'), 502, "the origin's answer is too large\n"},
        {begin + "X: " + std::string(20'000, 'x') + "\r\n\r\n", 502,
         "the head of the origin's answer is too large\n"},
        {begin + "Content-Length: 5\r\n\r\nabc", 502, "the origin's answer ended early\n"},
        {begin + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 502,
         "the origin's answer ended early\n"},
        {"", 502, "the origin's answer ended early\n"},
        {"+PONG\r\n", 502, "the origin's answer is malformed\n"},
        {begin + "Content-Length: x\r\n\r\n", 502, "the origin's answer is malformed\n"},
        {ok_answer("x", "Content-Encoding: gzip\r\n"), 502,
         "the origin's answer is encoded, which nobody asked for\n"},
        {"HTTP/1.1 204 No Content\r\n\r\n", 502, "the origin answered with status 204\n"},
        {"HTTP/1.1 304 Not Modified\r\n\r\n", 502, "the origin answered with status 304\n"},
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", 502,
         "the origin answered with status 404\n"},
        {"HTTP/1.1 500 Oh\r\n\r\n", 502, "the origin answered with status 500\n"},
    };
    std::atomic<std::size_t> number{0};
    OriginServer origin([&](OriginServer::Guest& guest) { guest.say(cases[number].answer); });
    NearcacheProcess server(
        allowing({origin.url()}, {"--origin-allow-private", "on", "--cache-max-value", "1000b"}));

    for (number = 0; number < cases.size(); ++number) {
        CAPTURE(cases[number].answer.substr(0, 100));
        const auto response = ask(server, origin.url("/" + std::to_string(number)));
        CHECK(response.status == cases[number].status);
        CHECK(response.body == cases[number].body);
    }
}

TEST_CASE("an answer without an end is cut off where it gets too large") {
    std::atomic<bool> is_cut{false};
    OriginServer origin([&](OriginServer::Guest& guest) {
        const std::string piece(64 * 1024, 'x');
        guest.say("HTTP/1.1 200 OK\r\n\r\n");
        while (guest.say(piece)) {
        }
        is_cut = true;
    });
    NearcacheProcess server(allowing({origin.url()}, {"--origin-allow-private", "on"}));

    CHECK(ask(server, origin.url()).status == 502);
    CHECK(eventually([&] { return is_cut.load(); }));
}

TEST_CASE("an origin that closes, resets or is not there is a bad gateway") {
    OriginServer resetting([](OriginServer::Guest& guest) {
        guest.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab");
        guest.reset_on_close();
    });
    const auto gone = "http://127.0.0.1:" + std::to_string(free_port()) + "/";
    NearcacheProcess server(allowing({resetting.url(), gone}, {"--origin-allow-private", "on"}));

    CHECK(ask(server, resetting.url()).status == 502);
    const auto response = ask(server, gone);
    CHECK(response.status == 502);
    CHECK(response.body == "the origin could not be reached\n");
}

TEST_CASE("an origin that takes its time gets what it was allowed, and no more") {
    OriginServer silent([](OriginServer::Guest& guest) { guest.wait(milliseconds(60'000)); });
    OriginServer dripping([](OriginServer::Guest& guest) {
        guest.say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while (guest.say("x") && guest.wait(milliseconds(20))) {
        }
    });
    // The kernel accepts, and nobody shakes hands.
    ListeningPort deaf;
    const auto deaf_url = "https://127.0.0.1:" + std::to_string(deaf.port()) + "/";
    NearcacheProcess server(allowing({silent.url(), dripping.url(), deaf_url},
                                     {"--origin-allow-private", "on", "--origin-timeout", "600ms",
                                      "--origin-connect-timeout", "300ms"}));

    for (const auto& url : {silent.url(), dripping.url(), deaf_url}) {
        CAPTURE(url);
        const auto begin = now();
        const auto response = ask(server, url);
        CHECK(response.status == 504);
        CHECK(elapsed_since(begin) >= milliseconds(290));
        CHECK(elapsed_since(begin) < patience(milliseconds(3000)));
    }
}

}  // namespace nearcache::tests
