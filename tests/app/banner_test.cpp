#include "app/banner.hpp"

#include <string>

#include <doctest/doctest.h>

namespace nearcache::app {
namespace {

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST_CASE("the banner names each address, and three commands that work as they stand") {
    CHECK(banner({"127.0.0.1:8080"}, {"127.0.0.1:6380"}) ==
          "HTTP  http://127.0.0.1:8080\n"
          "RESP  redis://127.0.0.1:6380\n"
          "Try:\n"
          "  curl -X PUT --data-binary 'hello' http://127.0.0.1:8080/greeting\n"
          "  curl -i http://127.0.0.1:8080/greeting\n"
          "  redis-cli -h 127.0.0.1 -p 6380 GET greeting\n");
}

TEST_CASE("every address has a line of its own, and the first of each door is tried") {
    const auto text = banner({"127.0.0.1:1", "10.0.0.1:1"}, {"127.0.0.1:2", "10.0.0.1:2"});

    CHECK(has_line(text, "HTTP  http://127.0.0.1:1"));
    CHECK(has_line(text, "HTTP  http://10.0.0.1:1"));
    CHECK(has_line(text, "RESP  redis://127.0.0.1:2"));
    CHECK(has_line(text, "RESP  redis://10.0.0.1:2"));
    CHECK(has_line(text, "  curl -i http://127.0.0.1:1/greeting"));
    CHECK(has_line(text, "  redis-cli -h 127.0.0.1 -p 2 GET greeting"));
}

TEST_CASE("where it listens on all addresses, the commands name one that can be reached") {
    for (const std::string host : {"0.0.0.0", "[::]"}) {
        const auto text = banner({host + ":80"}, {host + ":81"});

        CHECK(has_line(text, "HTTP  http://" + host + ":80"));
        CHECK(has_line(text, "  curl -i http://127.0.0.1:80/greeting"));
        CHECK(has_line(text, "  redis-cli -h 127.0.0.1 -p 81 GET greeting"));
    }
}

TEST_CASE("an IPv6 address is in brackets for curl, and without them for redis-cli") {
    const auto text = banner({"[::1]:80"}, {"[::1]:81"});

    CHECK(has_line(text, "  curl -i http://[::1]:80/greeting"));
    CHECK(has_line(text, "  redis-cli -h ::1 -p 81 GET greeting"));
}

}  // namespace
}  // namespace nearcache::app
