#include "resp_server/reply_queue.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/flattened.hpp"

namespace nearcache::resp_server {
namespace {

class Pending final : public PendingReply {
  public:
    using PendingReply::PendingReply;

    void answer(std::string_view text) {
        reply().append(text);
        ready();
    }
};

struct Bench {
    Pending& add(std::size_t request_bytes = 0) {
        auto made = std::make_unique<Pending>(std::move(*limiter.try_acquire()), request_bytes);
        auto& pending = *made;
        queue.add(std::move(made));
        return pending;
    }
    void say(std::string_view text) { queue.tail().append(text); }
    // After many short replies: what one counts that is still to come.
    std::size_t settle() {
        for (int i = 0; i < 200; ++i) add().answer("+");
        auto& next = add();
        leave();
        const auto guess = queue.bytes();
        next.answer("+");
        leave();
        return guess;
    }
    // What may leave now leaves.
    std::string leave() {
        auto bytes = flattened(queue.output());
        queue.output().clear();
        return bytes;
    }

    net::Limiter limiter{100};
    int calls = 0;
    ReplyQueue queue{[this] { ++calls; }};
};

TEST_CASE("what is known at once may leave at once, and nobody needs to be called") {
    Bench bench;
    CHECK(bench.queue.idle());

    bench.say("a");
    bench.say("b");

    CHECK_FALSE(bench.queue.idle());
    CHECK(bench.leave() == "ab");
    CHECK(bench.queue.idle());
    CHECK(bench.calls == 0);
}

TEST_CASE("what comes behind a pending reply waits for it") {
    Bench bench;
    bench.say("a");
    auto& pending = bench.add();
    bench.say("c");

    CHECK(bench.leave() == "a");
    CHECK_FALSE(bench.queue.idle());
    pending.answer("b");

    CHECK(bench.leave() == "bc");
    CHECK(bench.queue.idle());
    CHECK(bench.calls == 1);
}

TEST_CASE("replies that become ready in any order leave in the order of their commands") {
    std::array<std::size_t, 4> order{0, 1, 2, 3};
    do {
        Bench bench;
        std::vector<Pending*> pending;
        bench.say("<");
        for (std::size_t i = 0; i < order.size(); ++i) {
            pending.push_back(&bench.add());
            bench.say(std::string(i, '.'));
        }
        std::string left = bench.leave();

        for (const auto i : order) {
            pending[i]->answer(std::to_string(i));
            left += bench.leave();
        }

        CHECK(left == "<01.2..3...");
        CHECK(bench.queue.idle());
    } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("a reply that is ready behind one that is not lets nothing leave") {
    Bench bench;
    auto& first = bench.add();
    auto& second = bench.add();

    second.answer("b");
    CHECK(bench.leave().empty());
    CHECK(bench.calls == 0);
    CHECK(bench.queue.pending() == 2);

    first.answer("a");
    CHECK(bench.leave() == "ab");
    CHECK(bench.calls == 1);
    CHECK(bench.queue.pending() == 0);
}

TEST_CASE("a reply gives its permit back when it is ready, though it may have to wait in line") {
    Bench bench;
    bench.add();
    auto& second = bench.add();
    CHECK(bench.limiter.taken() == 2);

    second.answer("b");

    CHECK(bench.limiter.taken() == 1);
}

TEST_CASE("a queue that goes gives back the permits of those who still wait") {
    net::Limiter limiter(2);
    {
        ReplyQueue queue([] {});
        queue.add(std::make_unique<Pending>(std::move(*limiter.try_acquire())));
        CHECK(limiter.taken() == 1);
    }

    CHECK(limiter.taken() == 0);
}

TEST_CASE("all bytes that wait are counted, wherever they are held") {
    Bench bench;
    const auto guess = bench.settle();
    CHECK(bench.queue.bytes() == 0);
    bench.say("12");
    CHECK(bench.queue.bytes() == 2);
    auto& first = bench.add();
    bench.say("345");
    CHECK(bench.queue.bytes() == 5 + guess);
    auto& second = bench.add();
    bench.say("6");
    bench.say("7");
    CHECK(bench.queue.bytes() == 7 + 2 * guess);

    second.answer("89");
    CHECK(bench.queue.bytes() == 9 + guess);
    bench.say("0");
    CHECK(bench.queue.bytes() == 10 + guess);
    bench.leave();
    CHECK(bench.queue.bytes() == 8 + guess);

    first.answer("abc");
    CHECK(bench.queue.bytes() == 11);
    CHECK(bench.leave().size() == 11);
    CHECK(bench.queue.bytes() == 0);
}

TEST_CASE("the bytes of a command count until it is answered") {
    Bench bench;
    const auto guess = bench.settle();

    auto& pending = bench.add(1000);
    CHECK(bench.queue.bytes() == 1000 + guess);
    pending.answer("abc");

    CHECK(bench.queue.bytes() == 3);
}

TEST_CASE("a reply that is to come counts as much as those before it were long") {
    Bench bench;
    bench.settle();
    bench.add().answer(std::string(100'000, 'v'));
    bench.leave();

    bench.add();
    CHECK(bench.queue.bytes() == 100'000);
    bench.add();
    CHECK(bench.queue.bytes() == 200'000);
}

TEST_CASE("long replies are forgotten when short ones follow, but not at once") {
    Bench bench;
    bench.add().answer(std::string(100'000, 'v'));
    bench.add().answer("short");
    auto& pending = bench.add();
    bench.leave();
    CHECK(bench.queue.bytes() > 50'000);
    CHECK(bench.queue.bytes() < 100'000);

    pending.answer("short");
    CHECK(bench.settle() < 10);
}

TEST_CASE("shared values keep their place among the copied ones") {
    const std::string shared(copied_value_bytes + 1, 'v');
    const auto value =
        store::make_entry({"k", store::hash_of("k"), shared, TimePoint{}, TimePoint{}});
    Bench bench;
    auto& pending = bench.add();
    append_value(bench.queue.tail(), *value);
    bench.say("after");

    pending.answer("before ");

    CHECK(bench.leave() == "before $2049\r\n" + shared + "\r\nafter");
}

}  // namespace
}  // namespace nearcache::resp_server
