#include "net/output.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
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

TEST_CASE("what was moved away is empty, and can be used anew") {
    TestOutput first = mixed();

    TestOutput second = std::move(first);
    CHECK(rest(second, 0) == mixed_text);
    CHECK(first.empty());

    first.append("again");
    second = std::move(first);
    CHECK(rest(second, 0) == "again");
    CHECK_FALSE(second.has_pinned());
    CHECK(first.size() == 0);
}

using BlockOutput = Output<std::variant<Pinned, Block>>;

Block block_of(std::size_t size) {
    Block block(size);
    std::fill_n(block.data(), size, 'b');
    return block;
}

TEST_CASE("a long slice is pinned by its block, a short one is copied") {
    const Block block = block_of(2 * Slice::least_pinned_bytes);
    const std::string_view bytes(block.data(), block.capacity());
    BlockOutput output;
    std::vector<boost::asio::const_buffer> buffers;

    append_slice(output, {bytes.substr(0, 10), &block});
    CHECK_FALSE(block.is_shared());

    append_slice(output, {bytes, &block});
    CHECK(block.is_shared());
    output.buffers_from(10, buffers);
    CHECK(buffers.front().data() == bytes.data());
    CHECK(output.size() == 10 + bytes.size());
}

TEST_CASE("a slice that nothing holds is copied, however long it is") {
    std::string bytes(2 * Slice::least_pinned_bytes, 'x');
    BlockOutput output;

    append_slice(output, {bytes, nullptr});
    bytes.assign(bytes.size(), 'y');

    CHECK(output.text() == std::string(bytes.size(), 'x'));
}

TEST_CASE("pins of several kinds move with their output and go when it is cleared") {
    const Block block = block_of(Slice::least_pinned_bytes);
    const auto text = pinned("shared");
    BlockOutput first, second;
    append_slice(first, {{block.data(), block.capacity()}, &block});
    first.append_pinned(*text, text);

    second.append("before ");
    second.append(std::move(first));
    std::swap(first, second);
    CHECK(first.size() == 7 + block.capacity() + 6);
    CHECK(block.is_shared());
    CHECK(text.use_count() == 2);

    first.clear();
    CHECK_FALSE(block.is_shared());
    CHECK(text.use_count() == 1);
}

}  // namespace
}  // namespace nearcache::net
