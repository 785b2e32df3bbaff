#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "resp_server/own_connection.hpp"
#include "tests/resp_server/own_connection_bench.hpp"

// Which of the values that come are replies, and which are pushes.
namespace nearcache::resp_server {
namespace {

using Bench = OwnConnectionBench;
using resp::Dialect;

const std::string message = "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n";
const std::string monitor_line = "+1700000000.123456 [0 127.0.0.1:50000] \"GET\" \"k\"\r\n";

TEST_CASE("a push is passed on at once while nothing is owed") {
    Bench bench(Dialect::resp3);

    bench.connection().give(push);

    CHECK(bench.visitor.hear() == push);
    CHECK(bench.visitor.calls() == 1);
}

TEST_CASE("a push comes before the reply that it came before, and behind all that is due earlier") {
    Bench bench(Dialect::resp3);
    bench.visitor.say("GET a");
    bench.send("LLEN l;");
    bench.visitor.say("GET b");

    bench.connection().give(push);
    bench.connection().give(":1\r\n");
    bench.connection().give(">1\r\n+later\r\n");
    CHECK(bench.visitor.hear().empty());
    bench.house.backend.answer(0, "a", "1");
    CHECK(bench.visitor.hear() == bulk("1") + push + ":1\r\n");
    bench.house.backend.answer(0, "b", "2");

    CHECK(bench.visitor.hear() == bulk("2") + ">1\r\n+later\r\n");
}

TEST_CASE("pushes keep their order among each other and among the replies") {
    Bench bench(Dialect::resp3);
    std::string said;
    for (int i = 0; i < 5; ++i) {
        bench.send("command;");
        for (int j = 0; j <= i; ++j) {
            const auto value = ">1\r\n:" + std::to_string(10 * i + j) + "\r\n";
            bench.connection().give(value);
            said += value;
        }
        bench.connection().give(":" + std::to_string(i) + "\r\n");
        said += ":" + std::to_string(i) + "\r\n";
    }

    CHECK(bench.visitor.hear() == said);
}

TEST_CASE("a message is a push to a subscriber in RESP2, and a reply to everyone else") {
    Bench bench;
    bench.send("LRANGE;");
    bench.connection().give(message);
    CHECK(bench.client.replies().pending() == 0);

    bench.own().subscriptions.apply({"subscribe", "c"});
    bench.send("PING;");
    bench.connection().give(message);
    CHECK(bench.client.replies().pending() == 1);
    bench.connection().give("*2\r\n$4\r\npong\r\n$0\r\n\r\n");

    CHECK(bench.client.replies().pending() == 0);
    CHECK(bench.visitor.hear() == message + message + "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
}

TEST_CASE("in RESP3 an array that looks like a message is a reply, to a subscriber too") {
    Bench bench(Dialect::resp3);
    bench.own().subscriptions.apply({"subscribe", "c"});

    bench.send("LRANGE;");
    bench.connection().give(message);

    CHECK(bench.client.replies().pending() == 0);
    CHECK(bench.visitor.hear() == message);
}

TEST_CASE("a line of MONITOR is a push to who monitors, and a reply to everyone else") {
    Bench bench;
    bench.send("EVAL;");
    bench.connection().give(monitor_line);
    CHECK(bench.client.replies().pending() == 0);

    bench.own().is_monitoring = true;
    bench.send("TIME;");
    bench.connection().give(monitor_line);
    CHECK(bench.client.replies().pending() == 1);
    for (const std::string_view reply :
         {"+OK\r\n", "+1700000000\r\n", "+1700000000.12345 [0\r\n", "+.123456 [0\r\n",
          "+17x.123456 [0\r\n", "+17.12345x [0\r\n", "+17.123456(0\r\n"}) {
        CAPTURE(reply);
        bench.connection().give(reply);
        CHECK(bench.client.replies().pending() == 0);
        bench.send("TIME;");
    }
}

}  // namespace
}  // namespace nearcache::resp_server
