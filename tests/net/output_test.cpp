#include "net/output.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::net {
namespace {

using Pinned = std::shared_ptr<const std::string>;
using TestOutput = Output<Pinned>;

Pinned pinned(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

void append_pinned(TestOutput& output, const Pinned& text) { output.append_pinned(*text, text); }

// All that leaves when `sent` bytes are gone, in as many writes as it takes.
std::string rest(const TestOutput& output, std::size_t sent) {
    std::string bytes;
    std::vector<boost::asio::const_buffer> buffers;
    while (true) {
        output.buffers_from(sent, buffers);
        if (buffers.empty()) return bytes;
        for (const auto& buffer : buffers) {
            CHECK(buffer.size() > 0);
            bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
            sent += buffer.size();
        }
    }
}

// "Reply 0 LONG between LONG LONG end", LONG being pinned.
TestOutput mixed() {
    TestOutput output;
    output.append("Reply ");
    output.append("0 12345", 2);
    append_pinned(output, pinned("<first>"));
    output.append(" between ");
    append_pinned(output, pinned("<second>"));
    append_pinned(output, pinned("<third>"));
    output.append(" end");
    return output;
}
constexpr std::string_view mixed_text = "Reply 0 <first> between <second><third> end";

TEST_CASE("short and long bytes leave in the order in which they were appended") {
    const TestOutput output = mixed();

    CHECK(rest(output, 0) == mixed_text);
    CHECK(output.size() == mixed_text.size());
    CHECK(output.has_pinned());
}

TEST_CASE("a write that took any part of it goes on where it stopped") {
    const TestOutput output = mixed();

    for (std::size_t sent = 0; sent <= mixed_text.size(); ++sent) {
        CAPTURE(sent);
        CHECK(rest(output, sent) == mixed_text.substr(sent));
    }
}

TEST_CASE("long bytes are not copied, and stay until they are cleared") {
    const auto text = pinned("long");
    TestOutput output;
    append_pinned(output, text);
    std::vector<boost::asio::const_buffer> buffers;

    output.buffers_from(0, buffers);
    CHECK(buffers.front().data() == text->data());
    CHECK(text.use_count() == 2);

    output.clear();
    CHECK(text.use_count() == 1);
}

TEST_CASE("one output behind another keeps the order of both, and empties the second") {
    TestOutput first = mixed();
    TestOutput second = mixed();

    first.append(std::move(second));

    CHECK(rest(first, 0) == std::string(mixed_text) + std::string(mixed_text));
    CHECK(first.size() == 2 * mixed_text.size());
    CHECK(second.empty());
    CHECK_FALSE(second.has_pinned());
}

TEST_CASE("text behind an appended output comes last") {
    TestOutput first;
    first.append(mixed());
    first.append("!");

    CHECK(rest(first, 0) == std::string(mixed_text) + "!");
}

TEST_CASE("what is cleared can be used anew") {
    TestOutput output = mixed();

    output.clear();
    CHECK(output.empty());
    CHECK(rest(output, 0).empty());

    output.append("again");
    CHECK(rest(output, 0) == "again");
    CHECK(output.size() == 5);
}

TEST_CASE("clearing keeps the memory of short replies and gives that of long ones back") {
    TestOutput usual, large;
    usual.append(std::string(60'000, 'x'));
    large.append(std::string(1'000'000, 'x'));

    usual.clear();
    large.clear();

    CHECK(usual.text().capacity() >= 60'000);
    CHECK(large.text().capacity() < 1'000'000);
}

TEST_CASE(
    "one write takes no more buffers than the kernel does, and the next goes on behind them") {
    TestOutput output;
    std::string expected;
    for (int i = 0; i < 5000; ++i) {
        output.append("$1\r\n");
        append_pinned(output, pinned(std::to_string(i)));
        expected += "$1\r\n" + std::to_string(i);
    }
    std::vector<boost::asio::const_buffer> buffers;

    output.buffers_from(0, buffers);
    CHECK(buffers.size() <= 64);

    CHECK(rest(output, 0) == expected);
}

TEST_CASE("an output without bytes has no buffers, and empty pieces make none") {
    TestOutput output;
    append_pinned(output, pinned(""));
    std::vector<boost::asio::const_buffer> buffers(3);

    output.buffers_from(0, buffers);

    CHECK(buffers.empty());
    CHECK(output.empty());
}

}  // namespace
}  // namespace nearcache::net
