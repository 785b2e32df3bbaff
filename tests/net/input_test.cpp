#include "net/input.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::net {
namespace {

// As a read does that finds this many bytes, or less when there is no room for them.
std::size_t receive(Input& input, std::string_view bytes) {
    const auto room = input.prepare();
    const auto size = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), size);
    input.commit(size);
    return size;
}

void receive_all(Input& input, std::string_view bytes) {
    while (!bytes.empty()) bytes.remove_prefix(receive(input, bytes));
}

std::string pattern(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i * 7 % 23);
    return bytes;
}

TEST_CASE("nothing is allocated before the first read") {
    const Input input;

    CHECK(input.empty());
    CHECK(input.capacity() == 0);
    CHECK(input.unused().empty());
}

TEST_CASE("bytes are found as they came, whatever the size of the reads") {
    const std::string sent = pattern(100'000);
    for (const std::size_t step : {1u, 13u, 4095u, 4096u, 4097u, 50'000u}) {
        CAPTURE(step);
        Input input;

        for (std::size_t at = 0; at < sent.size(); at += step) {
            receive_all(input, std::string_view(sent).substr(at, step));
        }

        CHECK(input.unused() == sent);
    }
}

TEST_CASE("what is used goes from the front and what is left stays whole") {
    const std::string sent = pattern(50'000);
    Input input;
    std::string used;

    for (std::size_t at = 0; at < sent.size(); at += 1000) {
        receive_all(input, std::string_view(sent).substr(at, 1000));
        // Never all of it: what is left must be moved, not forgotten.
        while (input.unused().size() > 300) {
            used += input.unused().substr(0, 300);
            input.consume(300);
        }
    }

    CHECK(used + std::string(input.unused()) == sent);
}

TEST_CASE("memory follows what arrived: it doubles only when less than a quarter is free") {
    Input input;
    input.prepare();
    CHECK(input.capacity() == Input::initial_bytes);

    input.commit(Input::initial_bytes * 3 / 4);
    input.prepare();
    CHECK(input.capacity() == Input::initial_bytes);

    input.commit(1);
    input.prepare();
    CHECK(input.capacity() == Input::initial_bytes * 2);
}

TEST_CASE("every read is offered at least a quarter of the memory") {
    Input input;
    std::size_t arrived = 0;
    while (arrived < 300'000) {
        const auto room = input.prepare();
        CHECK(room.size() == input.room());
        CHECK(room.size() >= input.capacity() / 4);
        input.commit(room.size() / 3 + 1);
        arrived += room.size() / 3 + 1;
    }
    CHECK(input.unused().size() == arrived);
}

TEST_CASE("a peer that is always behind by a little does not make the memory grow") {
    const std::string bytes = pattern(1000);
    Input input;
    receive_all(input, bytes);

    for (int i = 0; i < 1000; ++i) {
        receive_all(input, bytes);
        input.consume(bytes.size());
    }

    CHECK(input.unused() == bytes);
    CHECK(input.capacity() == Input::initial_bytes);
}

TEST_CASE("the memory of a large request is given back once little of it is needed") {
    Input input;
    const std::string sent = pattern(4'000'000);
    receive_all(input, sent);
    REQUIRE(input.capacity() >= 4'000'000);

    input.consume(3'000'000);
    input.prepare();
    CHECK(input.capacity() >= 4'000'000);

    input.consume(900'000);
    input.prepare();
    CHECK(input.unused() == std::string_view(sent).substr(3'900'000));
    CHECK(input.capacity() < 400'000);

    input.consume(100'000);
    input.prepare();
    CHECK(input.capacity() == Input::kept_bytes);
}

TEST_CASE("a peer that fills its room is given more, up to what is kept anyway") {
    Input input;
    input.prepare();

    input.grow_after_full_read();
    CHECK(input.capacity() == Input::initial_bytes * 2);

    for (int i = 0; i < 20; ++i) input.grow_after_full_read();
    CHECK(input.capacity() == Input::kept_bytes);
}

TEST_CASE("growing after a full read leaves unused bytes where they are") {
    Input input;
    receive_all(input, "bytes");
    const auto* const place = input.unused().data();

    input.grow_after_full_read();

    CHECK(input.unused().data() == place);
    CHECK(input.unused() == "bytes");
}

TEST_CASE("the bytes of a long value are not moved within their block while it is coming") {
    Input input;
    receive_all(input, pattern(30));
    receive_all(input, std::string(2 * Input::kept_bytes, 'v'));
    input.consume(30);

    for (int i = 0; i < 1000; ++i) {
        receive_all(input, std::string(8000, 'v'));
        REQUIRE(input.unused().data() - input.block().data() == 30);
    }

    CHECK(input.unused() == std::string(2 * Input::kept_bytes + 8'000'000, 'v'));
}

TEST_CASE("what is announced costs nothing: room is for what has arrived, and as much again") {
    Input input;

    receive_all(input, "*2147483647\r\n$536870912\r\n");
    input.prepare();

    CHECK(input.capacity() == Input::initial_bytes);
}

TEST_CASE("bytes may be used up while a read fills the room behind them") {
    Input input;
    receive_all(input, "first");
    const auto room = input.prepare();

    input.consume(5);
    CHECK(input.empty());
    std::memcpy(room.data(), "second", 6);
    input.commit(6);

    CHECK(input.unused() == "second");
}

TEST_CASE("bytes whose block is held stay as they are, whatever comes after them") {
    for (const std::size_t used : {0u, 1u, 1000u, 69'999u, 70'000u}) {
        CAPTURE(used);
        const std::string sent = pattern(70'000);
        Input input;
        receive_all(input, sent);
        const Block held = input.block();
        const auto kept = input.unused();

        input.consume(used);
        receive_all(input, std::string(200'000, 'x'));

        CHECK(kept == sent);
        CHECK(input.unused() == sent.substr(used) + std::string(200'000, 'x'));
        CHECK_FALSE(input.block().is_shared());
    }
}

TEST_CASE("bytes that were held only for a while are treated like any others") {
    Input input;
    receive_all(input, pattern(1000));
    const auto* const place = input.block().data();
    { const Block held = input.block(); }

    input.consume(1000);
    input.prepare();

    CHECK(input.block().data() == place);
    CHECK(input.room() == Input::initial_bytes);
}

TEST_CASE("of a block that others hold no more is copied than what is still unused") {
    Input input;
    receive_all(input, pattern(500'000));
    const Block held = input.block();

    input.consume(499'900);
    input.prepare();

    CHECK(input.capacity() == Input::kept_bytes);
    CHECK(input.unused() == pattern(500'000).substr(499'900));
}

TEST_CASE("slices of many reads, each held for some time, are found as they came") {
    struct Held {
        Block block;
        std::string_view bytes;
        std::string expected;
    };
    Input input;
    std::vector<Held> held;
    const std::string sent = pattern(1'000'000);
    std::size_t at = 0;
    for (std::size_t turn = 0; at < sent.size(); ++turn) {
        const auto size = std::min<std::size_t>(turn * 7919 % 50'000, sent.size() - at);
        receive_all(input, std::string_view(sent).substr(at, size));
        at += size;
        const auto bytes = input.unused().substr(0, input.unused().size() * 3 / 4);
        held.push_back({input.block(), bytes, std::string(bytes)});
        input.consume(bytes.size());
        if (turn % 3 == 0) held.erase(held.begin());
        for (const auto& one : held) REQUIRE(one.bytes == one.expected);
    }
    CHECK(sent.ends_with(input.unused()));
}

}  // namespace
}  // namespace nearcache::net
