#include "backend/redis/push_reader.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::backend::redis {

namespace {

using Kind = PushReader::Kind;
using Story = std::vector<std::string>;

const std::string head = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n";
const std::string pong = "*2\r\n$4\r\npong\r\n$5\r\ntoken\r\n";

std::string message(const std::vector<std::string>& keys) {
    auto text = head + "*" + std::to_string(keys.size()) + "\r\n";
    for (const auto& key : keys) text += "$" + std::to_string(key.size()) + "\r\n" + key + "\r\n";
    return text;
}

std::string told(const PushReader::Item& item) {
    const std::string bytes(item.bytes);
    switch (item.kind) {
        case Kind::need_more:
            return "more";
        case Kind::malformed:
            return "malformed";
        case Kind::reply:
            return "reply " + bytes;
        case Kind::keys:
            return "keys";
        case Kind::key:
            return "key " + bytes;
        case Kind::everything:
            return "everything";
        case Kind::forged:
            return "forged";
    }
    return {};
}

// All items of what arrives in two parts; the second begins where the first ends. Every call sees
// the bytes in an allocation of exactly their size, so that a look too far does not go unnoticed.
Story story_of(const std::string& bytes, std::size_t split) {
    PushReader reader;
    Story story;
    std::size_t begin = 0;
    for (const std::size_t end : {split, bytes.size()}) {
        for (;;) {
            const auto moved = std::make_unique<char[]>(end - begin);
            bytes.copy(moved.get(), end - begin, begin);
            const auto item = reader.next({moved.get(), end - begin});
            if (item.kind == Kind::need_more) break;
            story.push_back(told(item));
            if (item.kind == Kind::malformed) return story;
            begin += item.size;
        }
    }
    story.push_back(begin == bytes.size() ? "end" : "unfinished");
    return story;
}

Story story_of(const std::string& bytes) { return story_of(bytes, 0); }

void check_at_every_split(const std::string& bytes, const Story& expected) {
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
        CAPTURE(split);
        CHECK(story_of(bytes, split) == expected);
    }
}

}  // namespace

TEST_CASE("a message is read key by key, wherever it is torn") {
    check_at_every_split(message({"a", "", "key with\r\nlines", std::string("\0\xff", 2)}),
                         {"keys", "key a", "key ", "key key with\r\nlines",
                          "key " + std::string("\0\xff", 2), "end"});
}

TEST_CASE("messages, pongs and errors follow each other, wherever they are torn") {
    check_at_every_split(pong + message({"a"}) + "-ERR no\r\n" + head + "$-1\r\n" +
                             message({"b", "c"}) + head + "$6\r\nforged\r\n" + pong,
                         {"reply " + pong, "keys", "key a", "reply -ERR no\r\n", "everything",
                          "keys", "key b", "key c", "forged", "reply " + pong, "end"});
}

TEST_CASE("a nil instead of keys, bulk string or array, is that everything may have changed") {
    CHECK(story_of(head + "$-1\r\n") == Story{"everything", "end"});
    CHECK(story_of(head + "*-1\r\n") == Story{"everything", "end"});
}

TEST_CASE("what somebody published on the channel is forged, whatever it says") {
    CHECK(story_of(head + "$0\r\n\r\n") == Story{"forged", "end"});
    CHECK(story_of(head + "$5\r\n*1\r\n$\r\n") == Story{"forged", "end"});
}

TEST_CASE("a message without keys is read, and what follows it") {
    CHECK(story_of(message({}) + pong) == Story{"keys", "reply " + pong, "end"});
}

TEST_CASE("a key is told once its last byte is there, and none before the message's end") {
    const auto bytes = message({"first", "second"});
    PushReader reader;
    const auto keys = reader.next(bytes);
    const auto rest = std::string_view(bytes).substr(keys.size);

    CHECK(keys.kind == Kind::keys);
    CHECK(reader.next(rest.substr(0, 10)).kind == Kind::need_more);
    CHECK(told(reader.next(rest.substr(0, 11))) == "key first");
}

TEST_CASE("messages of other channels and of other kinds are replies, to be judged by the caller") {
    const std::string other = "*3\r\n$7\r\nmessage\r\n$5\r\nother\r\n$1\r\nx\r\n";
    const std::string left = "*3\r\n$11\r\nunsubscribe\r\n$20\r\n__redis__:invalidate\r\n:0\r\n";

    check_at_every_split(other + left, {"reply " + other, "reply " + left, "end"});
}

TEST_CASE("what Redis never says is malformed") {
    CHECK(story_of(head + ":1\r\n").back() == "malformed");
    CHECK(story_of(head + "+OK\r\n").back() == "malformed");
    CHECK(story_of(head + "*x\r\n").back() == "malformed");
    CHECK(story_of(head + "*1\r\n:1\r\n").back() == "malformed");
    CHECK(story_of(head + "*1\r\n$-1\r\n").back() == "malformed");
    CHECK(story_of(head + "*1\r\n*1\r\n$1\r\na\r\n").back() == "malformed");
    CHECK(story_of(head + "*1\r\n$1\r\nab\r\n").back() == "malformed");
    CHECK(story_of("hello\r\n").back() == "malformed");
}

TEST_CASE("keys longer than Redis allows are malformed as soon as they are announced") {
    CHECK(story_of(head + "*1\r\n$536870913\r\n").back() == "malformed");
    CHECK(story_of(head + "*1\r\n$536870912\r\n").back() == "unfinished");
    CHECK(story_of(head + "$536870913\r\n").back() == "malformed");
}

TEST_CASE("any number of keys may be announced; only those that come are told") {
    CHECK(story_of(head + "*999999999999\r\n$1\r\na\r\n$1") ==
          Story{"keys", "key a", "unfinished"});
}

TEST_CASE("a reply that does not end is malformed before it takes much memory") {
    const std::string begun = "*2\r\n$4\r\npong\r\n$900000000\r\n";

    PushReader reader;
    CHECK(reader.next(begun).kind == Kind::need_more);
    CHECK(reader.next(begun + std::string(PushReader::longest_reply, 'x')).kind == Kind::malformed);
}

}  // namespace nearcache::backend::redis
