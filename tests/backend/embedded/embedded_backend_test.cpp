#include "backend/embedded/embedded_backend.hpp"

#include <memory>
#include <optional>
#include <string>
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

struct Forwarded final : ForwardCompletion {
    explicit Forwarded(Log& shared_log) : log(shared_log) {}
    void on_reply(std::string_view reply) override { log.emplace_back(reply); }
    void on_failure(Errc why) override { log.emplace_back(describe(why)); }

    Log& log;
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

    void run_lane() {
        threads.lane(0).restart();
        threads.lane(0).poll();
    }
    std::string run(const std::vector<std::string>& words) {
        Forwarded forwarded(log);
        backend->forward(0, bytes_of(words), forwarded);
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
    bench.backend->get(0, "stays", stays);
    bench.backend->get(0, "goes", goes);
    bench.backend->get(0, "none", none);
    bench.run_lane();

    CHECK(bench.log == Log{"+OK\r\n", "+OK\r\n", "v", "w", ""});
    CHECK(stays.kind == GetReply::Kind::value);
    CHECK(stays.remaining == std::nullopt);
    CHECK(goes.remaining == 1000ms);
    CHECK(none.kind == GetReply::Kind::absent);
}

TEST_CASE("commands take effect in the order given and complete in it, not before the lane runs") {
    Bench bench;
    std::vector<std::unique_ptr<Forwarded>> forwarded;
    std::vector<std::unique_ptr<Got>> got;

    Log expected;
    for (int i = 1; i <= 100; ++i) {
        forwarded.push_back(std::make_unique<Forwarded>(bench.log));
        bench.backend->forward(0, bytes_of({"INCR", "n"}), *forwarded.back());
        got.push_back(std::make_unique<Got>(bench.log));
        bench.backend->get(0, "n", *got.back());
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
            bench.backend->forward(0, bytes_of({"INCR", "n"}), *forwarded.back());
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
    Forwarded before(bench.log), after(bench.log);
    Got got(bench.log);

    bench.backend->forward(0, bytes_of({"SET", "k", "v"}), before);
    bench.backend->stop();
    bench.backend->forward(0, bytes_of({"SET", "k", "w"}), after);
    bench.backend->get(0, "k", got);
    CHECK_FALSE(bench.backend->is_reachable());
    bench.run_lane();

    const std::string down(describe(Errc::shutting_down));
    CHECK(bench.log == Log{"+OK\r\n", down, down});
}

TEST_CASE("a completion may come after the backend is gone") {
    Bench bench;
    bench.run({"SET", "k", "v"});
    Got got(bench.log);

    bench.backend->get(0, "k", got);
    bench.backend.reset();
    bench.run_lane();

    CHECK(bench.log.back() == "v");
}

TEST_CASE("what is no command is answered with an error") {
    Bench bench;
    Forwarded broken(bench.log);

    bench.backend->forward(0, "*1\r\n$x\r\n", broken);
    bench.run_lane();

    CHECK(bench.log == Log{"-ERR Protocol error: invalid bulk length\r\n"});
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

    backend.forward(0, bytes_of({"SET", "k", "v", "EXAT", "2000000060"}), set);
    backend.get(0, "k", got);
    threads.lane(0).poll();

    CHECK(got.remaining == 50s);
}

}  // namespace
}  // namespace nearcache::backend::embedded
