#include "resp_server/subscriptions.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::resp_server {
namespace {

using Kind = Subscriptions::Kind;

std::string value(std::string_view opening, const std::vector<std::string_view>& words) {
    std::string bytes = std::string(opening) + "\r\n";
    for (const auto word : words) {
        bytes += "$" + std::to_string(word.size()) + "\r\n" + std::string(word) + "\r\n";
    }
    return bytes;
}

std::string confirmation(std::string_view verb, std::string_view channel) {
    return value("*3", {verb, channel}) + ":1\r\n";
}

void apply(Subscriptions& subscriptions, std::string_view verb, std::string_view channel) {
    const auto bytes = confirmation(verb, channel);
    const auto read = Subscriptions::read(bytes);
    REQUIRE(read.has_value());
    subscriptions.apply(*read);
}

TEST_CASE("all six confirmations are known, as arrays and as pushes") {
    for (const std::string_view verb :
         {"subscribe", "unsubscribe", "psubscribe", "punsubscribe", "ssubscribe", "sunsubscribe"}) {
        CAPTURE(verb);
        for (const std::string_view opening : {"*3", ">3"}) {
            const auto bytes = value(opening, {verb, "news"}) + ":1\r\n";

            const auto read = Subscriptions::read(bytes);

            REQUIRE(read.has_value());
            CHECK(read->verb == verb);
            CHECK(read->channel == "news");
        }
    }
}

TEST_CASE("a confirmation that there was nothing to unsubscribe from names no channel") {
    for (const std::string_view null : {"$-1\r\n", "_\r\n"}) {
        const auto bytes = value("*3", {"unsubscribe"}) + std::string(null) + ":0\r\n";

        const auto read = Subscriptions::read(bytes);

        REQUIRE(read.has_value());
        CHECK_FALSE(read->channel.has_value());
    }
}

TEST_CASE("a channel may be called like a verb, or anything") {
    const auto bytes = confirmation("subscribe", "message");
    CHECK_FALSE(Subscriptions::is_message(bytes));
    CHECK(Subscriptions::read(bytes)->channel == "message");

    const auto message = value("*3", {"message", "subscribe", "subscribe"});
    CHECK(Subscriptions::is_message(message));
    CHECK_FALSE(Subscriptions::read(message).has_value());

    const auto empty = confirmation("subscribe", "");
    CHECK(Subscriptions::read(empty)->channel == "");
}

TEST_CASE("messages of all three kinds are known") {
    CHECK(Subscriptions::is_message(value("*3", {"message", "c", "hello"})));
    CHECK(Subscriptions::is_message(value("*4", {"pmessage", "c*", "c", "hello"})));
    CHECK(Subscriptions::is_message(value(">3", {"smessage", "c", "hello"})));
    // What CLIENT TRACKING redirects to a subscriber.
    CHECK(Subscriptions::is_message(value("*3", {"message", "__redis__:invalidate"}) + "*1\r\n" +
                                    "$1\r\nk\r\n"));
}

TEST_CASE("what is neither a message nor a confirmation is taken for neither") {
    const std::vector<std::string> others{"+OK\r\n",
                                          "-ERR subscribe\r\n",
                                          ":1\r\n",
                                          "$9\r\nsubscribe\r\n",
                                          "*0\r\n",
                                          "*-1\r\n",
                                          "_\r\n",
                                          "*1\r\n:1\r\n",
                                          "*1\r\n*1\r\n$7\r\nmessage\r\n",
                                          value("*2", {"pong", ""}),
                                          value(">2", {"invalidate"}) + "*0\r\n",
                                          value("*3", {"messages", "c", "x"})};

    for (const auto& bytes : others) {
        CAPTURE(bytes);
        CHECK_FALSE(Subscriptions::read(bytes).has_value());
        CHECK_FALSE(Subscriptions::is_message(bytes));
    }
}

TEST_CASE("kinds are counted apart, and a name counts once in each") {
    Subscriptions subscriptions;
    CHECK_FALSE(subscriptions.any());

    for (const std::string_view verb : {"subscribe", "psubscribe", "ssubscribe", "subscribe"}) {
        apply(subscriptions, verb, "a");
    }
    apply(subscriptions, "subscribe", "b");

    CHECK(subscriptions.any());
    CHECK(subscriptions.count(Kind::channels) == 2);
    CHECK(subscriptions.count(Kind::patterns) == 1);
    CHECK(subscriptions.count(Kind::shard_channels) == 1);
}

TEST_CASE("what is unsubscribed from goes, in its own kind alone") {
    for (const std::string kind : {"", "p", "s"}) {
        CAPTURE(kind);
        Subscriptions subscriptions;
        apply(subscriptions, kind + "subscribe", "a");

        for (const std::string other : {"", "p", "s"}) {
            if (other != kind) apply(subscriptions, other + "unsubscribe", "a");
        }
        CHECK(subscriptions.any());
        apply(subscriptions, kind + "unsubscribe", "b");
        CHECK(subscriptions.any());

        apply(subscriptions, kind + "unsubscribe", "a");
        CHECK_FALSE(subscriptions.any());
    }
}

TEST_CASE("a confirmation without a channel changes nothing") {
    Subscriptions subscriptions;
    apply(subscriptions, "subscribe", "a");

    subscriptions.apply({"unsubscribe", std::nullopt});

    CHECK(subscriptions.count(Kind::channels) == 1);
}

}  // namespace
}  // namespace nearcache::resp_server
