#include "backend/redis/expected_replies.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::backend::redis {
namespace {

using namespace std::chrono_literals;

struct Forwarded final : ForwardCompletion {
    void on_reply(const net::Slice&) override {}
    void on_failure(Errc why) override { failure = why; }
    std::optional<Errc> failure;
};

TimePoint at(Duration since_start) { return TimePoint(1000h) + since_start; }

// Some who wait, each a second longer than the one before.
struct Line {
    explicit Line(int count) {
        for (int i = 0; i < count; ++i) join(std::chrono::seconds(i));
    }
    void join(Duration until) {
        waiting.push_back(std::make_unique<Forwarded>());
        expected.push({.asker = waiting.back().get(), .deadline = at(until)});
    }
    std::optional<Errc> failure_of(std::size_t index) {
        lane.restart();
        lane.poll();
        return waiting[index]->failure;
    }

    net::IoContext lane{1};
    ExpectedReplies expected{lane};
    std::vector<std::unique_ptr<Forwarded>> waiting;
};

}  // namespace

TEST_CASE("expected replies keep their order while they come and go") {
    Line line(0);
    std::size_t answered = 0;
    const auto answer = [&] {
        CHECK(std::get<ForwardCompletion*>(line.expected.front().asker) ==
              line.waiting[answered++].get());
        line.expected.pop();
    };

    for (int round = 0; round < 100; ++round) {
        for (int i = 0; i < 7; ++i) line.join(1s);
        for (int i = 0; i < 5; ++i) answer();
    }

    CHECK(line.expected.size() == 200);
    while (!line.expected.empty()) answer();
    CHECK(answered == 700);
}

TEST_CASE("who is overdue is told once and keeps the place") {
    Line line(3);
    CHECK(line.expected.next_deadline() == at(0s));

    line.expected.tell_overdue(at(1s));

    CHECK(line.waiting[0]->failure == std::nullopt);  // not from within the call
    CHECK(line.failure_of(0) == Errc::backend_timeout);
    CHECK(line.failure_of(1) == Errc::backend_timeout);
    CHECK(line.failure_of(2) == std::nullopt);
    CHECK(line.expected.size() == 3);
    CHECK_FALSE(line.expected.front().is_awaited());
    CHECK(line.expected.next_deadline() == at(2s));
    line.expected.fail_all(Errc::backend_connection_lost);
    CHECK(line.failure_of(0) == Errc::backend_timeout);
    CHECK(line.failure_of(2) == Errc::backend_connection_lost);
}

TEST_CASE("nobody is expected, and nothing is due, once all have failed") {
    Line line(20);
    line.expected.pop();

    line.expected.fail_all(Errc::shutting_down);

    CHECK(line.expected.empty());
    CHECK(line.expected.next_deadline() == TimePoint::max());
    CHECK(line.failure_of(0) == std::nullopt);
    CHECK(line.failure_of(19) == Errc::shutting_down);
}

}  // namespace nearcache::backend::redis
