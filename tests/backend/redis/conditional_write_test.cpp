#include "backend/redis/conditional_write.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "resp/reply_writer.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/support/lanes.hpp"

namespace nearcache::backend::redis {
namespace {

std::string command(const std::vector<std::string>& words) {
    std::string bytes;
    resp::append_command(bytes, words);
    return bytes;
}

std::string bulk(std::string_view value) {
    std::string bytes;
    resp::append_bulk(bytes, value);
    return bytes;
}

const std::string first_words =
    command({"WATCH", "k"}) + command({"GET", "k"}) + command({"MULTI"});
const std::string set = command({"SET", "k", "new"});
const std::string fine = "+OK\r\n";

// Writes down what it was told.
struct Told final : ConditionalCompletion {
    void on_reply(const net::Slice& reply) override { said.emplace_back(reply.bytes); }
    void on_failure(Errc why) override { said.emplace_back(describe(why)); }
    void on_condition_failed() override { said.emplace_back("(condition failed)"); }

    std::vector<std::string> said;
};

// A lane's conditional writes over connections that say what the test makes them say.
struct Bench {
    // A write to k on the condition that its value is "old".
    explicit Bench(const Route& on = {}) : route(on) { begin(); }

    void begin(const net::Slice& what = {set}) {
        std::string key = "k";
        writes.begin(route,
                     {key,
                      [this](const std::string_view* value) {
                          asked.push_back(value ? std::string(*value) : "(none)");
                          return value != nullptr && *value == "old";
                      }},
                     what, told);
        key.assign("overwritten");
    }
    tests::FakePrivateConnection& connection() {
        return lender.private_connection(lender.private_connections() - 1);
    }
    void give(const std::vector<std::string>& values) {
        for (const auto& value : values) connection().give(value);
    }

    const Route route;
    tests::FakeBackend lender;
    tests::Lanes lanes{1};
    ConditionalWrites writes{lender, lanes.threads().lane(0)};
    Told told;
    std::vector<std::string> asked;
};

using Said = std::vector<std::string>;

}  // namespace

TEST_CASE("a command goes out between MULTI and EXEC when the value is as it should be") {
    Bench bench({.database = 3});
    CHECK(bench.connection().route().database == 3);
    CHECK(bench.connection().take_sent() == first_words);

    bench.give({fine, bulk("old")});
    CHECK(bench.connection().take_sent() == "");
    bench.give({fine});
    CHECK(bench.connection().take_sent() == set + command({"EXEC"}));
    CHECK(bench.told.said.empty());
    bench.give({"+QUEUED\r\n", "*1\r\n+OK\r\n"});

    CHECK(bench.told.said == Said{"+OK\r\n"});
    CHECK(bench.asked == Said{"old"});
    CHECK(bench.connection().was_given_back());
    CHECK(bench.connection().expectations() == std::vector{true, true});
    CHECK(bench.lender.lent() == 0);
}

TEST_CASE("the command's own reply is told, whatever it is, and only unwrapped") {
    for (const std::string reply : {":1\r\n", "$-1\r\n", "_\r\n", "*1\r\n$1\r\nv\r\n",
                                    "-ERR value is not an integer\r\n", "*-1\r\n"}) {
        CAPTURE(reply);
        Bench bench;
        bench.give({fine, bulk("old"), fine, "+QUEUED\r\n", "*1\r\n" + reply});

        CHECK(bench.told.said == Said{reply});
        CHECK(bench.connection().was_given_back());
    }
}

TEST_CASE("the command is not sent when the value is another, or none") {
    for (const std::string& value :
         {bulk("other"), bulk(""), std::string("$-1\r\n"), std::string("_\r\n")}) {
        CAPTURE(value);
        Bench bench;
        bench.connection().take_sent();

        bench.give({fine, value, fine});
        CHECK(bench.connection().take_sent() == command({"DISCARD"}));
        CHECK(bench.told.said.empty());
        bench.give({fine});

        CHECK(bench.told.said == Said{"(condition failed)"});
        CHECK(bench.asked.size() == 1);
        CHECK(bench.connection().was_given_back());
    }
}

TEST_CASE("a key that somebody changes behind the test fails the condition, in both dialects") {
    for (const std::string nil : {"*-1\r\n", "_\r\n"}) {
        Bench bench;

        bench.give({fine, bulk("old"), fine, "+QUEUED\r\n", nil});

        CHECK(bench.told.said == Said{"(condition failed)"});
        CHECK(bench.connection().was_given_back());
    }
}

TEST_CASE("a key of another type is told by its error line, and the transaction is ended") {
    Bench bench;
    bench.connection().take_sent();

    bench.give({fine, "-WRONGTYPE it is a list\r\n", fine});
    CHECK(bench.connection().take_sent() == command({"DISCARD"}));
    bench.give({fine});

    CHECK(bench.told.said == Said{"-WRONGTYPE it is a list\r\n"});
    CHECK(bench.asked.empty());
    CHECK(bench.connection().was_given_back());
}

TEST_CASE("without a watch the value is not even tested") {
    Bench bench;
    bench.connection().take_sent();

    bench.give({"-NOPERM no watch\r\n", bulk("old"), fine});
    CHECK(bench.connection().take_sent() == command({"DISCARD"}));
    bench.give({fine});

    CHECK(bench.told.said == Said{"-NOPERM no watch\r\n"});
    CHECK(bench.asked.empty());
}

TEST_CASE("without a transaction the command is never sent") {
    Bench bench;
    bench.connection().take_sent();

    bench.give({fine, bulk("old"), "-NOPERM no multi\r\n"});
    CHECK(bench.connection().take_sent() == command({"UNWATCH"}));
    bench.give({fine});

    CHECK(bench.told.said == Said{"-NOPERM no multi\r\n"});
    CHECK(bench.connection().was_given_back());
}

TEST_CASE("what Redis refuses to queue is told by that refusal, not by EXEC's") {
    Bench bench;

    bench.give({fine, bulk("old"), fine, "-OOM command not allowed\r\n",
                "-EXECABORT Transaction discarded because of previous errors.\r\n"});

    CHECK(bench.told.said == Said{"-OOM command not allowed\r\n"});
    CHECK(bench.connection().was_given_back());
}

TEST_CASE("what EXEC itself refuses is told by its own words") {
    Bench bench;

    bench.give({fine, bulk("old"), fine, "+QUEUED\r\n", "-EXECABORT because of: MISCONF\r\n"});

    CHECK(bench.told.said == Said{"-EXECABORT because of: MISCONF\r\n"});
    CHECK(bench.connection().was_given_back());
}

TEST_CASE("a connection on which something may be left of the transaction is not given back") {
    Bench open, watched, undiscarded;

    open.give({fine, bulk("old"), fine, "+QUEUED\r\n", "-NOPERM no exec\r\n"});
    watched.give({fine, bulk("old"), "-NOPERM no multi\r\n", "-NOPERM no unwatch\r\n"});
    undiscarded.give({fine, bulk("other"), fine, "-NOPERM no discard\r\n"});

    CHECK(open.told.said == Said{"-NOPERM no exec\r\n"});
    CHECK(watched.told.said == Said{"-NOPERM no multi\r\n"});
    CHECK(undiscarded.told.said == Said{"(condition failed)"});
    for (auto* bench : {&open, &watched, &undiscarded}) {
        CHECK_FALSE(bench->connection().was_given_back());
        CHECK_FALSE(bench->connection().is_lent());
    }
}

TEST_CASE("what is no answer to what was asked ends the connection") {
    const std::vector<Said> talks{
        {"+PONG\r\n"},
        {fine, "+OK\r\n"},
        {fine, "*1\r\n$3\r\nold\r\n"},
        {fine, bulk("old"), "+QUEUED\r\n"},
        {fine, bulk("old"), fine, fine},
        {fine, bulk("old"), fine, "+QUEUED\r\n", fine},
        {fine, bulk("old"), fine, "+QUEUED\r\n", "*0\r\n"},
        {fine, bulk("old"), fine, "+QUEUED\r\n", "*2\r\n+OK\r\n+OK\r\n"},
        {fine, bulk("old"), fine, "-ERR not queued\r\n", "*1\r\n+OK\r\n"}};
    for (const auto& talk : talks) {
        CAPTURE(talk.back());
        Bench bench;

        bench.give(talk);

        CHECK(bench.told.said == Said{std::string(describe(Errc::backend_protocol_error))});
        CHECK_FALSE(bench.connection().was_given_back());
        CHECK_FALSE(bench.connection().is_lent());
    }
}

TEST_CASE("a lost connection fails the command at every step, unless all is known") {
    const Said talk{fine, bulk("old"), fine, "+QUEUED\r\n"};
    for (std::size_t values = 0; values <= talk.size(); ++values) {
        Bench bench;
        for (std::size_t i = 0; i < values; ++i) bench.connection().give(talk[i]);

        bench.connection().lose(Errc::backend_timeout);

        CHECK(bench.told.said == Said{std::string(describe(Errc::backend_timeout))});
    }
    Bench ending;
    ending.give({fine, bulk("other"), fine});
    ending.connection().lose(Errc::backend_connection_lost);
    CHECK(ending.told.said == Said{"(condition failed)"});
}

TEST_CASE("who gets no connection is told soon, not from within the call") {
    Bench bench;
    bench.lender.set_most_lent(1);
    bench.begin();
    CHECK(bench.told.said.empty());

    bench.lanes.run(0);

    CHECK(bench.told.said == Said{std::string(describe(Errc::too_many_private_connections))});
    CHECK(bench.asked.empty());
    bench.connection().lose(Errc::shutting_down);
}

TEST_CASE("a long command is held and not copied, a short one is copied") {
    const auto long_set = command({"SET", "k", std::string(100'000, 'v')});
    for (const auto& bytes : {set, long_set}) {
        Bench bench;
        bench.connection().lose(Errc::backend_unreachable);
        net::Block block(bytes.size());
        bytes.copy(block.data(), bytes.size());
        bench.begin({{block.data(), bytes.size()}, &block});
        CHECK(block.is_shared() == (bytes.size() > net::Slice::least_pinned_bytes));
        block = {};
        bench.connection().take_sent();

        bench.give({fine, bulk("old"), fine});

        CHECK(bench.connection().take_sent() == bytes + command({"EXEC"}));
        bench.connection().lose(Errc::shutting_down);
    }
}

TEST_CASE("what is under way when the lane ends is let go of, untold") {
    Told told;
    tests::FakeBackend lender;
    tests::Lanes lanes{1};
    {
        ConditionalWrites writes(lender, lanes.threads().lane(0));
        writes.begin({}, {"k", [](const std::string_view*) { return true; }}, {set}, told);
        CHECK(lender.lent() == 1);
    }

    CHECK(lender.lent() == 0);
    CHECK(told.said.empty());
}

}  // namespace nearcache::backend::redis
