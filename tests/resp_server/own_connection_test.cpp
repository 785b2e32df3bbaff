#include "resp_server/own_connection.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/own_connection_bench.hpp"

namespace nearcache::resp_server {
namespace {

using Bench = OwnConnectionBench;
using resp::Dialect;
using Expectations = std::vector<bool>;

const std::string lost = "-ERR backend connection lost, the command may have taken effect\r\n";

TEST_CASE("what is sent goes over the connection, and each value answers the oldest command") {
    Bench bench;

    bench.send("first;");
    bench.send("second;");
    CHECK(bench.connection().sent_bytes() == "first;second;");
    bench.connection().give("$5\r\nvalue\r\n");
    CHECK(bench.visitor.hear() == "$5\r\nvalue\r\n");
    bench.connection().give("-ERR no\r\n");

    CHECK(bench.visitor.hear() == "-ERR no\r\n");
    CHECK(bench.visitor.calls() == 2);
}

TEST_CASE("what is known at once waits behind what the connection owes") {
    Bench bench;
    bench.send("first;");
    bench.visitor.say("ECHO second");
    bench.send("third;");

    bench.connection().give("+1\r\n");
    CHECK(bench.visitor.hear() == "+1\r\n" + bulk("second"));
    bench.connection().give("+3\r\n");
    CHECK(bench.visitor.hear() == "+3\r\n");
}

TEST_CASE("a value that nobody wants to hear answers no other command") {
    Bench bench;
    bench.own().send_unheard("unheard;");
    bench.send("heard;");

    bench.connection().give("+PONG\r\n");
    CHECK(bench.visitor.hear().empty());
    bench.connection().give("+heard\r\n");

    CHECK(bench.visitor.hear() == "+heard\r\n");
}

TEST_CASE("a value that nobody asked for ends the connection and its client") {
    Bench bench;

    bench.connection().give("+surprise\r\n");

    CHECK(bench.client.own() == nullptr);
    CHECK_FALSE(bench.connection().is_lent());
    CHECK_FALSE(bench.connection().was_given_back());
    CHECK(bench.client.is_leaving());
    CHECK(bench.visitor.hear().empty());
}

TEST_CASE("with nothing left behind and nothing owed the connection goes back as what it is") {
    Bench bench;
    bench.own().is_exempt = false;
    bench.own().set_database(3);
    bench.own().set_dialect(Dialect::resp3);
    bench.send("a;");
    bench.send("b;");

    bench.connection().give("+1\r\n");
    CHECK(bench.client.own() != nullptr);
    bench.connection().give("+2\r\n");

    CHECK(bench.client.own() == nullptr);
    CHECK(bench.connection().was_given_back());
    CHECK(bench.connection().route() ==
          cache::Route{.lane = 0, .database = 3, .dialect = Dialect::resp3});
    CHECK(bench.house.backend.lent() == 0);
    CHECK(bench.visitor.hear() == "+1\r\n+2\r\n");
}

TEST_CASE("whatever is left behind on a connection keeps it from going back") {
    const std::vector<std::function<void(OwnConnection&)>> leftovers{
        [](auto& own) { own.transaction.begin(0); },
        [](auto& own) { own.is_watching = true; },
        [](auto& own) { own.is_monitoring = true; },
        [](auto& own) { own.is_tracking = true; },
        [](auto& own) { own.has_tracked = true; },
        [](auto& own) { own.is_exempt = true; },
        [](auto& own) { own.is_touchless = true; },
        [](auto& own) { own.is_target = true; },
        [](auto& own) { own.is_marked = true; },
        [](auto& own) {
            own.subscriptions.apply({"psubscribe", "*"});
        }};
    for (std::size_t i = 0; i < leftovers.size(); ++i) {
        CAPTURE(i);
        Bench bench;
        bench.own().is_exempt = false;
        leftovers[i](bench.own());

        bench.send("a;");
        bench.connection().give("+1\r\n");
        bench.own().give_back_if_idle();

        CHECK(bench.connection().is_lent());
    }
}

TEST_CASE("a connection that is lost with something on it takes its client with it") {
    Bench bench;
    bench.send("a;");
    bench.send("b;");

    bench.connection().lose(Errc::backend_connection_lost);

    CHECK(bench.visitor.hear() == lost + lost);
    CHECK(bench.client.is_leaving());
    CHECK(bench.client.own() == nullptr);
}

TEST_CASE("of a connection that is lost with nothing on it only the commands have failed") {
    Bench bench;
    bench.own().is_exempt = false;
    bench.send("a;");

    bench.connection().lose(Errc::backend_timeout);

    CHECK(bench.visitor.hear() == "-ERR backend timed out, the command may have taken effect\r\n");
    CHECK_FALSE(bench.client.is_leaving());
    CHECK(bench.visitor.ask("PING") == "+PONG\r\n");
}

TEST_CASE("what a command may change is dropped before it is sent, and when its outcome is known") {
    for (const bool is_lost : {false, true}) {
        CAPTURE(is_lost);
        Bench bench;
        keep(bench.house, "k", "old");

        bench.send("SET;", {.written = bench.writing("k")});
        CHECK(bench.client.wrote(bench.client.key("k").hash));
        CHECK_FALSE(is_kept(bench.house, "k"));
        keep(bench.house, "k", "old");
        is_lost ? bench.connection().lose(Errc::backend_connection_lost)
                : bench.connection().give("+OK\r\n");

        CHECK_FALSE(bench.client.wrote(bench.client.key("k").hash));
        CHECK_FALSE(is_kept(bench.house, "k"));
    }
}

TEST_CASE("a command that holds its client back does so until it is answered, or lost") {
    for (const bool is_lost : {false, true}) {
        Bench bench;
        bench.send("a;");
        CHECK_FALSE(bench.client.is_held_back());
        bench.send("SUBSCRIBE;", {.holds_back = true});
        CHECK(bench.client.is_held_back());

        bench.connection().give("+a\r\n");
        CHECK(bench.client.is_held_back());
        is_lost ? bench.connection().lose(Errc::backend_connection_lost)
                : bench.connection().give("+b\r\n");

        CHECK_FALSE(bench.client.is_held_back());
    }
}

TEST_CASE("a client is blocked once all before what blocks is answered, and endless at once") {
    Bench bench;
    CHECK_FALSE(bench.own().is_endless());
    bench.send("a;");
    CHECK_FALSE(bench.own().is_endless());
    bench.send("BLPOP;", {.blocks = true});
    CHECK(bench.client.is_held_back());
    CHECK(bench.own().is_endless());
    CHECK_FALSE(bench.client.is_blocked());

    bench.connection().give("+a\r\n");
    CHECK(bench.client.is_blocked());
    bench.connection().give("*-1\r\n");

    CHECK_FALSE(bench.client.is_blocked());
    CHECK_FALSE(bench.own().is_endless());
}

TEST_CASE("who listens is endless as well") {
    Bench monitor, subscriber;
    monitor.own().is_monitoring = true;
    subscriber.own().subscriptions.apply({"ssubscribe", "c"});

    CHECK(monitor.own().is_endless());
    CHECK(subscriber.own().is_endless());
}

TEST_CASE("every reply is due in time but that of a command that blocks") {
    Bench bench;

    bench.send("a;");
    bench.send("BLPOP;", {.blocks = true});
    CHECK(bench.connection().expectations() == Expectations{true});
    bench.connection().give("+a\r\n");
    CHECK(bench.connection().expectations() == Expectations{true, false});
    bench.connection().give("*-1\r\n");
    CHECK_FALSE(bench.connection().expectations().back());
    bench.send("b;");

    CHECK(bench.connection().expectations().back());
}

// The connection cannot tell a push from a reply.
TEST_CASE("a push in between does not make a reply any less due, nor due when none is") {
    Bench bench(Dialect::resp3);
    bench.send("a;");

    bench.connection().give(push);
    CHECK(bench.connection().expectations().back());
    bench.connection().give("+a\r\n");
    CHECK_FALSE(bench.connection().expectations().back());
    bench.connection().give(push);

    CHECK_FALSE(bench.connection().expectations().back());
}

TEST_CASE("a client that takes less than comes has its connection held until it has taken it") {
    Bench bench(Dialect::resp3);
    bench.house.config.output_limit_bytes = 100;
    const auto large = ">1\r\n$100\r\n" + std::string(100, 'p') + "\r\n";

    bench.connection().give(push);
    CHECK_FALSE(bench.connection().is_held());
    bench.connection().give(large);
    CHECK(bench.connection().is_held());
    bench.own().on_taken();
    CHECK(bench.connection().is_held());
    bench.visitor.hear();
    bench.own().on_taken();

    CHECK_FALSE(bench.connection().is_held());
}

TEST_CASE("a connection that was held when nothing was left on it goes back when it is not") {
    Bench bench;
    bench.own().is_exempt = false;
    bench.house.config.output_limit_bytes = 100;
    bench.send("a;");

    bench.connection().give("$200\r\n" + std::string(200, 'v') + "\r\n");
    CHECK(bench.connection().is_lent());
    bench.visitor.hear();
    bench.own().on_taken();

    CHECK(bench.connection().was_given_back());
    CHECK(bench.client.own() == nullptr);
}

TEST_CASE("at its client's end the backend may still answer, and then nothing more is said") {
    Bench bench;
    bench.send("a;");
    bench.send("BLPOP;", {.blocks = true});

    bench.own().end(std::nullopt);
    CHECK(bench.connection().is_ending());
    CHECK(bench.connection().is_lent());
    bench.connection().give("+a\r\n");
    // The end of the connection is due now, if no answer is.
    CHECK(bench.connection().expectations().back());
    bench.connection().lose(Errc::backend_connection_lost);

    CHECK(bench.visitor.hear() == "+a\r\n");
    CHECK(bench.client.is_leaving());
    CHECK_FALSE(bench.client.is_held_back());
    CHECK(bench.client.replies().idle());
}

TEST_CASE("what is answered at its client's end is said, and the client is served on") {
    Bench bench;
    bench.own().is_exempt = false;
    bench.send("BLPOP;", {.blocks = true});

    bench.own().end(std::nullopt);
    bench.own().end(std::nullopt);
    bench.connection().give("*2\r\n$1\r\nq\r\n$1\r\n1\r\n");

    CHECK(bench.visitor.hear() == "*2\r\n$1\r\nq\r\n$1\r\n1\r\n");
    CHECK_FALSE(bench.client.is_leaving());
    CHECK(bench.client.own() == nullptr);
}

TEST_CASE("at the server's end who still waits is told so") {
    Bench bench;
    bench.own().is_exempt = false;
    bench.send("BLPOP;", {.blocks = true});

    bench.own().end(Errc::shutting_down);
    bench.connection().lose(Errc::backend_connection_lost);

    CHECK(bench.visitor.hear().starts_with("-ERR "));
    CHECK_FALSE(bench.client.is_leaving());
}

TEST_CASE("a connection that is held when its client ends is not waited for") {
    Bench bench(Dialect::resp3);
    bench.house.config.output_limit_bytes = 10;
    bench.own().subscriptions.apply({"subscribe", "c"});
    bench.connection().give(push);
    REQUIRE(bench.connection().is_held());

    bench.own().end(std::nullopt);

    CHECK(bench.client.own() == nullptr);
    CHECK_FALSE(bench.connection().is_lent());
    CHECK(bench.client.is_leaving());
}

TEST_CASE("a command gives its permit back when it is answered, and one that blocks has none") {
    Bench bench;
    bench.send("a;", {.permit = bench.house.in_flight.try_acquire()});
    bench.send("BLPOP;", {.blocks = true});
    CHECK(bench.house.in_flight.taken() == 1);

    bench.connection().give("+a\r\n");

    CHECK(bench.house.in_flight.taken() == 0);
}

TEST_CASE("a client may go at any moment") {
    House house;
    for (int stage = 0; stage < 4; ++stage) {
        CAPTURE(stage);
        Visitor visitor(house);
        REQUIRE(visitor.client().lend_own() != nullptr);
        auto& own = *visitor.client().own();
        if (stage > 0) own.is_watching = true;
        for (int i = 0; i < stage; ++i) {
            own.send({"a;"}, std::make_unique<OwnReply>(visitor.client(),
                                                        OwnReply::Request{
                                                            .permit = house.in_flight.try_acquire(),
                                                            .written = {},
                                                            .holds_back = i == 2,
                                                        }));
            own.send_unheard("unheard;");
        }
        if (!visitor.is_held_back()) visitor.say("GET k" + std::to_string(stage));
        house.backend.fail_all(Errc::backend_unreachable);
    }

    CHECK(house.backend.lent() == 0);
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("there may be none to lend") {
    House house;
    house.backend.set_most_lent(1);
    Visitor first(house), second(house);
    REQUIRE(first.client().lend_own() != nullptr);

    CHECK(second.client().lend_own() == nullptr);
    CHECK(second.client().own() == nullptr);
    first.client().drop_own();
    CHECK(second.client().lend_own() != nullptr);
}

}  // namespace
}  // namespace nearcache::resp_server
