#include "http/routes/front_page.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "http/routes/front_page_text.hpp"
#include "tests/http/visitor.hpp"

using namespace nearcache;
using namespace nearcache::http;

namespace {

// What "/" answers to a browser that named this host.
std::string page_for(House& house, std::string_view host, verb method = verb::get) {
    house.context.http_port = 8080;
    house.context.resp_port = 6380;
    Request request;
    request.method = method;
    request.target = "/";
    request.host = host;
    request.accepts_html = true;
    return Visitor(house).ask(request);
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a browser is told what this is, with the address that it asked") {
    House house;

    const auto reply = page_for(house, "cache.example:9000");

    CHECK(status_of(reply) == "200");
    CHECK(field_of(reply, "Content-Type") == "text/html; charset=utf-8");
    CHECK(contains(reply, "curl -X PUT --data-binary hello http://cache.example:9000/greeting<"));
    CHECK(contains(reply, "curl -i http://cache.example:9000/greeting<"));
    CHECK(contains(reply, "redis-cli -h cache.example -p 6380 GET greeting<"));
    CHECK(contains(reply, "docs/http.md"));
}

TEST_CASE("the page may load, run and be framed by nothing, and is asked for anew each time") {
    House house;

    const auto reply = page_for(house, "localhost");
    const auto page = body_of(reply);

    CHECK(field_of(reply, "Content-Security-Policy")
              .starts_with("default-src 'none'; style-src 'unsafe-inline'"));
    CHECK(field_of(reply, "Cache-Control") == "no-cache");
    CHECK(field_of(reply, "Vary") == "Accept");
    CHECK(field_of(reply, "X-Content-Type-Options") == "nosniff");
    CHECK_FALSE(contains(page, "<script"));
    CHECK_FALSE(contains(page, "src="));
    CHECK_FALSE(contains(page, "url("));
    CHECK_FALSE(contains(page, "href=\"http"));
}

TEST_CASE("nothing is left unfilled, and every element that is opened is closed") {
    House house;
    const auto page = body_of(page_for(house, "localhost"));
    const auto count = [&page](std::string_view part) {
        std::size_t found = 0;
        for (auto at = page.find(part); at != page.npos; at = page.find(part, at + 1)) ++found;
        return found;
    };

    CHECK_FALSE(contains(page, "{{"));
    for (const std::string name : {"html", "head", "style", "title", "body", "main", "h1", "h2",
                                   "p", "pre", "code", "dl", "dt", "dd", "footer"}) {
        CAPTURE(name);
        CHECK(count("</" + name + ">") > 0);
        CHECK(count("<" + name + ">") + count("<" + name + " ") == count("</" + name + ">"));
    }
}

TEST_CASE("HEAD is told the same but for the page itself") {
    House house;
    const auto whole = page_for(house, "localhost");

    const auto head = page_for(house, "localhost", verb::head);

    CHECK(head == whole.substr(0, whole.find("\r\n\r\n") + 4));
}

TEST_CASE("hosts in every usual form are shown as they came") {
    House house;

    for (const auto* const host : {"localhost", "127.0.0.1:8080", "A-b_c.example:65535", "x",
                                   "[::1]:8080", "[::ffff:127.0.0.1]"}) {
        CAPTURE(host);
        CHECK(contains(page_for(house, host), "http://" + std::string(host) + "/greeting"));
    }
    CHECK(contains(page_for(house, "[::1]:8080"), "redis-cli -h ::1 -p 6380 "));
}

TEST_CASE("what is no host and port is never shown") {
    House house;
    house.config.listen = {"10.0.0.1", 0};

    for (const auto* const host : {"",
                                   ":",
                                   ":80",
                                   "a:",
                                   "a:b",
                                   "a:123456",
                                   "a:1:2",
                                   "a b",
                                   "a/b",
                                   "a@b",
                                   "u:p@a",
                                   "a?b",
                                   "a#b",
                                   "<script>alert(1)</script>",
                                   "\"><img src=x onerror=alert(1)>",
                                   "a'b",
                                   "a\"b",
                                   "a&b",
                                   "a;rm",
                                   "$(id)",
                                   "`id`",
                                   "a\\b",
                                   "a,b",
                                   "[",
                                   "[]",
                                   "[::1",
                                   "[::1]a",
                                   "[::1]:",
                                   "[g::1]",
                                   "[<b>]",
                                   "::1",
                                   "{{http}}",
                                   "a\x7f",
                                   "\xc3\xa4"}) {
        CAPTURE(host);
        const auto page = body_of(page_for(house, host));
        CHECK(contains(page, "curl -i http://10.0.0.1:8080/greeting<"));
        CHECK(contains(page, "redis-cli -h 10.0.0.1 -p 6380 GET greeting<"));
        CHECK(page == body_of(page_for(house, "")));
    }
    CHECK_FALSE(contains(page_for(house, std::string(300, 'a')), "aaaa"));
}

TEST_CASE("without a host the page names the address that is listened on") {
    House house;
    const auto shown = [&house](std::string_view listen) {
        house.config.listen.host = listen;
        const auto page = page_for(house, "");
        const auto begin = page.find("curl -i http://") + 15;
        return page.substr(begin, page.find("/greeting", begin) - begin);
    };

    CHECK(shown("192.0.2.7") == "192.0.2.7:8080");
    CHECK(shown("") == "127.0.0.1:8080");
    CHECK(shown("0.0.0.0") == "127.0.0.1:8080");
    CHECK(shown("::") == "127.0.0.1:8080");
    CHECK(shown("::1") == "[::1]:8080");
}

TEST_CASE("where a token is needed the examples say where it goes, and not what it is") {
    House house;
    house.config.token = "s3cret";
    Output out;
    Request request;
    request.host = "localhost";

    append_front_page(house.context, request, {{}, house.clock.now(), &out});
    const auto page = written(out);

    CHECK(contains(page,
                   "curl -H &#39;Authorization: Bearer TOKEN&#39; -i http://localhost/greeting"));
    CHECK_FALSE(contains(page, "s3cret"));
    house.config.token.clear();
    CHECK_FALSE(contains(page_for(house, "localhost"), "Bearer"));
}

TEST_CASE("what stands on the page is text and never markup") {
    const auto page = front_page_text({.http = "<b>&\"'{{http}}",
                                       .resp_host = "</code><script>",
                                       .resp_port = "<1>",
                                       .needs_token = false});

    CHECK(contains(page, "http://&lt;b&gt;&amp;&quot;&#39;{{http}}/greeting"));
    CHECK(contains(page, "-h &lt;/code&gt;&lt;script&gt; -p &lt;1&gt; GET"));
    CHECK_FALSE(contains(page, "<script>"));
    CHECK_FALSE(contains(page, "<b>"));
}
