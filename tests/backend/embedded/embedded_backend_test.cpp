#include "backend/embedded/embedded_backend.hpp"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include "net/io_threads.hpp"
#include "resp/reply_writer.hpp"
#include "tests/support/manual_clock.hpp"

namespace nearcache::backend::embedded {
namespace {

using namespace std::chrono_literals;
using Log = std::vector<std::string>;

struct Got final : GetCompletion {
    explicit Got(Log& shared_log) : log(shared_log) {}
    void on_reply(const GetReply& reply) override {
        kind = reply.kind;
        remaining = reply.remaining;
        log.emplace_back(reply.bytes);
    }
    void on_failure(Errc why) override { log.emplace_back(describe(why)); }

    Log& log;
    std::optional<GetReply::Kind> kind;
    std::optional<std::chrono::milliseconds> remaining;
};

struct GotMany final : GetManyCompletion {
    explicit GotMany(Log& shared_log) : log(shared_log) {}
    void on_replies(std::span<const GetReply> replies) override {
        for (const auto& reply : replies) {
            kinds.push_back(reply.kind);
            remaining.push_back(reply.remaining);
            log.emplace_back(reply.bytes);
        }
    }
    void on_failure(Errc why) override { log.emplace_back(describe(why)); }

    Log& log;
    std::vector<GetReply::Kind> kinds;
    std::vector<std::optional<std::chrono::milliseconds>> remaining;
};

struct Forwarded final : ForwardCompletion {
    explicit Forwarded(Log& shared_log) : log(shared_log) {}
    void on_reply(const net::Slice& reply) override { log.emplace_back(reply.bytes); }
    void on_failure(Errc why) override { log.emplace_back(describe(why)); }

    Log& log;
};

struct Conditional final : ConditionalCompletion {
    explicit Conditional(Log& shared_log) : log(shared_log) {}
    void on_reply(const net::Slice& reply) override { log.emplace_back(reply.bytes); }
    void on_failure(Errc why) override { log.emplace_back(describe(why)); }
    void on_condition_failed() override { log.emplace_back("(condition failed)"); }

    Log& log;
    std::string expected;
};

std::string bytes_of(const std::vector<std::string>& words) {
    std::string bytes;
    resp::append_command(bytes, words);
    return bytes;
}

// A backend whose lane 0 is run by hand, so that nothing needs another thread.
struct Bench {
    tests::ManualClock clock;
    net::IoThreads threads{1};
    std::unique_ptr<EmbeddedBackend> backend = std::make_unique<EmbeddedBackend>(threads, clock);
    Log log;

    std::string try_select(std::string_view word) {
        Forwarded forwarded(log);
        backend->try_select({}, word, forwarded);
        run_lane();
        return log.back();
    }
    void run_lane() {
        threads.lane(0).restart();
        threads.lane(0).poll();
    }
    // On the condition that the value of k is `expected`; empty: that there is none.
    std::string run_if(const std::optional<std::string>& expected,
                       const std::vector<std::string>& words) {
        Conditional conditional(log);
        const ValueTest test = [&](const std::string_view* value) {
            return (value != nullptr) == expected.has_value() &&
                   (value == nullptr || *value == *expected);
        };
        backend->forward_if({}, {"k", test}, {bytes_of(words)}, conditional);
        CHECK(log.empty());
        run_lane();
        return std::exchange(log, {}).back();
    }
    std::string run(const std::vector<std::string>& words,
                    resp::Dialect dialect = resp::Dialect::resp2) {
        Forwarded forwarded(log);
        backend->forward({.dialect = dialect}, {bytes_of(words)}, forwarded);
        run_lane();
        return log.back();
    }
};

TEST_CASE("get tells value, absence and what is left of a key's life") {
    Bench bench;
    bench.run({"SET", "stays", "v"});
    bench.run({"SET", "goes", "w", "PX", "1500"});
    bench.clock.advance(500ms);

    Got stays(bench.log), goes(bench.log), none(bench.log);
    bench.backend->get({}, "stays", stays);
    bench.backend->get({}, "goes", goes);
    bench.backend->get({}, "none", none);
    bench.run_lane();

    CHECK(bench.log == Log{"+OK\r\n", "+OK\r\n", "v", "w", ""});
    CHECK(stays.kind == GetReply::Kind::value);
    CHECK(stays.remaining == std::nullopt);
    CHECK(goes.remaining == 1000ms);
    CHECK(none.kind == GetReply::Kind::absent);
}

TEST_CASE("several keys are answered in their order, all at one moment") {
    Bench bench;
    bench.run({"SET", "stays", "v"});
    bench.run({"SET", "goes", "", "PX", "1500"});
    GotMany got(bench.log);
    const std::vector<std::string_view> keys{"goes", "none", "stays", "stays"};

    bench.backend->get_many({}, keys, got);
    bench.run({"SET", "none", "too late"});

    CHECK(bench.log == Log{"+OK\r\n", "+OK\r\n", "", "", "v", "v", "+OK\r\n"});
    using Kind = GetReply::Kind;
    CHECK(got.kinds == std::vector{Kind::value, Kind::absent, Kind::value, Kind::value});
    CHECK(got.remaining[0] == 1500ms);
    CHECK(got.remaining[2] == std::nullopt);
}

TEST_CASE("nulls, sets and maps are written in the dialect of the route") {
    constexpr auto resp3 = resp::Dialect::resp3;
    Bench bench;
    bench.run({"SET", "k", "v"});

    CHECK(bench.run({"GET", "none"}) == "$-1\r\n");
    CHECK(bench.run({"GET", "none"}, resp3) == "_\r\n");
    CHECK(bench.run({"GET", "k"}, resp3) == "$1\r\nv\r\n");
    CHECK(bench.run({"MGET", "k", "none"}, resp3) == "*2\r\n$1\r\nv\r\n_\r\n");
    CHECK(bench.run({"SET", "k", "w", "NX"}, resp3) == "_\r\n");
    CHECK(bench.run({"COMMAND", "DOCS"}, resp3) == "%0\r\n");
    CHECK(bench.run({"COMMAND"}, resp3).find("~1\r\n+write\r\n") != std::string::npos);
    bench.run({"FLUSHALL"});
    CHECK(bench.run({"RANDOMKEY"}, resp3) == "_\r\n");
}

TEST_CASE("a conditional command takes effect only if the value is as it should be") {
    Bench bench;

    CHECK(bench.run_if("v", {"SET", "k", "w"}) == "(condition failed)");
    CHECK(bench.run_if(std::nullopt, {"SET", "k", "v"}) == "+OK\r\n");
    CHECK(bench.run_if(std::nullopt, {"SET", "k", "w"}) == "(condition failed)");
    CHECK(bench.run_if("v", {"APPEND", "k", "w"}) == ":2\r\n");
    CHECK(bench.run_if("v", {"DEL", "k"}) == "(condition failed)");
    CHECK(bench.run_if("vw", {"INCR", "k"}) == "-ERR value is not an integer or out of range\r\n");
    CHECK(bench.run_if("vw", {"DEL", "k"}) == ":1\r\n");
    CHECK(bench.run({"EXISTS", "k"}) == ":0\r\n");
}

TEST_CASE("a key that has expired is absent for a condition") {
    Bench bench;
    bench.run({"SET", "k", "v", "PX", "10"});
    bench.log.clear();

    bench.clock.advance(10ms);

    CHECK(bench.run_if("v", {"SET", "k", "w"}) == "(condition failed)");
    CHECK(bench.run_if(std::nullopt, {"SET", "k", "w"}) == "+OK\r\n");
}

TEST_CASE("a conditional command and its condition are of one moment") {
    Bench bench;
    bench.run({"SET", "k", "v", "PX", "10"});
    Conditional conditional(bench.log);
    const ValueTest test = [&](const std::string_view* value) {
        bench.clock.advance(10ms);
        return value != nullptr;
    };

    bench.backend->forward_if({}, {"k", test}, {bytes_of({"GET", "k"})}, conditional);
    bench.run_lane();

    CHECK(bench.log.back() == "$1\r\nv\r\n");
    CHECK(bench.run({"GET", "k"}) == "$-1\r\n");
}

TEST_CASE("nobody writes between a condition and its command") {
    tests::ManualClock clock;
    net::IoThreads threads{1};
    EmbeddedBackend backend(threads, clock);
    Log log;
    std::vector<std::unique_ptr<Conditional>> conditional;
    constexpr int times = 2000;
    Log unused;
    Forwarded forwarded(unused);
    std::thread writer([&] {
        for (int i = 0; i < times; ++i) {
            backend.forward({}, {bytes_of({"APPEND", "k", "w"})}, forwarded);
        }
    });

    for (int i = 0; i < times; ++i) {
        std::size_t length = 0;
        const ValueTest test = [&](const std::string_view* value) {
            length = value == nullptr ? 0 : value->size();
            std::this_thread::yield();
            return true;
        };
        conditional.push_back(std::make_unique<Conditional>(log));
        backend.forward_if({}, {"k", test}, {bytes_of({"APPEND", "k", "c"})}, *conditional.back());
        conditional.back()->expected = ":" + std::to_string(length + 1) + "\r\n";
    }
    writer.join();
    Log expected;
    for (const auto& one : conditional) expected.push_back(one->expected);

    // The writer's completions are on the same lane.
    threads.lane(0).poll();
    CHECK(log == expected);
}

TEST_CASE("there is one database, and no connection to lend") {
    struct Nobody final : PrivateConnection::Listener {
        void on_value(const net::Slice&) override {}
        void on_lost(Errc) override {}
    };
    Bench bench;
    Nobody nobody;

    CHECK(bench.try_select("0") == "+OK\r\n");
    CHECK(bench.try_select("1") == "-ERR DB index is out of range\r\n");
    CHECK(bench.try_select("-1") == "-ERR DB index is out of range\r\n");
    CHECK(bench.try_select("x") == "-ERR value is not an integer or out of range\r\n");
    CHECK_FALSE(bench.backend->lends());
    CHECK(bench.backend->lend({}, nobody) == nullptr);
    CHECK(bench.backend->lent() == 0);
    CHECK(bench.backend->home_database() == 0);
}

TEST_CASE("commands take effect in the order given and complete in it, not before the lane runs") {
    Bench bench;
    std::vector<std::unique_ptr<Forwarded>> forwarded;
    std::vector<std::unique_ptr<Got>> got;

    Log expected;
    for (int i = 1; i <= 100; ++i) {
        forwarded.push_back(std::make_unique<Forwarded>(bench.log));
        bench.backend->forward({}, {bytes_of({"INCR", "n"})}, *forwarded.back());
        got.push_back(std::make_unique<Got>(bench.log));
        bench.backend->get({}, "n", *got.back());
        expected.push_back(":" + std::to_string(i) + "\r\n");
        expected.push_back(std::to_string(i));
    }
    CHECK(bench.log.empty());
    bench.run_lane();

    CHECK(bench.log == expected);
}

TEST_CASE("completions keep their order when the lane's own thread asks") {
    Bench bench;
    std::vector<std::unique_ptr<Forwarded>> forwarded;
    boost::asio::post(bench.threads.lane(0), [&] {
        for (int i = 0; i < 50; ++i) {
            forwarded.push_back(std::make_unique<Forwarded>(bench.log));
            bench.backend->forward({}, {bytes_of({"INCR", "n"})}, *forwarded.back());
        }
        CHECK(bench.log.empty());
    });

    bench.run_lane();

    Log expected;
    for (int i = 1; i <= 50; ++i) expected.push_back(":" + std::to_string(i) + "\r\n");
    CHECK(bench.log == expected);
}

TEST_CASE("a stopped backend refuses, and still answers what it was given before") {
    Bench bench;
    CHECK(bench.backend->is_reachable());
    Forwarded before(bench.log), after(bench.log), tried(bench.log);
    Conditional conditional(bench.log);
    Got got(bench.log);
    GotMany many(bench.log);
    const std::vector<std::string_view> keys{"k"};

    bench.backend->forward({}, {bytes_of({"SET", "k", "v"})}, before);
    bench.backend->stop();
    bench.backend->forward({}, {bytes_of({"SET", "k", "w"})}, after);
    bench.backend->get({}, "k", got);
    bench.backend->get_many({}, keys, many);
    bench.backend->try_select({}, "0", tried);
    bench.backend->forward_if({}, {"k", {}}, {bytes_of({"SET", "k", "w"})}, conditional);
    CHECK_FALSE(bench.backend->is_reachable());
    bench.run_lane();

    const std::string down(describe(Errc::shutting_down));
    CHECK(bench.log == Log{"+OK\r\n", down, down, down, down, down});
}

TEST_CASE("a completion may come after the backend is gone") {
    Bench bench;
    bench.run({"SET", "k", "v"});
    Got got(bench.log);

    bench.backend->get({}, "k", got);
    bench.backend.reset();
    bench.run_lane();

    CHECK(bench.log.back() == "v");
}

TEST_CASE("what is no command is answered with an error") {
    Bench bench;
    Forwarded broken(bench.log);
    Conditional broken_too(bench.log);

    bench.backend->forward({}, {"*1\r\n$x\r\n"}, broken);
    bench.backend->forward_if({}, {"k", {}}, {"*1\r\n$x\r\n"}, broken_too);
    bench.run_lane();

    const std::string error = "-ERR Protocol error: invalid bulk length\r\n";
    CHECK(bench.log == Log{error, error});
}

TEST_CASE("a date is counted from the calendar at the start and the monotonic clock since") {
    tests::ManualClock clock;
    net::IoThreads threads{1};
    Log log;
    EmbeddedBackend backend(threads, clock,
                            std::chrono::sys_seconds(std::chrono::seconds(2'000'000'000)));
    Forwarded set(log);
    Got got(log);
    clock.advance(10s);

    backend.forward({}, {bytes_of({"SET", "k", "v", "EXAT", "2000000060"})}, set);
    backend.get({}, "k", got);
    threads.lane(0).poll();

    CHECK(got.remaining == 50s);
}

}  // namespace
}  // namespace nearcache::backend::embedded
