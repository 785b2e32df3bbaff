#include "resp_server/reply_queue.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
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
    void speak(std::string_view text) {
        unmute();
        answer(text);
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

TEST_CASE("a push goes ahead of the reply that comes next from where it came, behind all before") {
    Bench bench;
    auto& first = bench.add();
    auto& second = bench.add();
    bench.say("c");
    auto& third = bench.add();

    bench.queue.put_in({">2"}, &second);
    bench.queue.put_in({">3"}, &third);
    bench.queue.put_in({">2 again"}, &second);
    CHECK(bench.leave().empty());
    third.answer("d");
    first.answer("a");
    CHECK(bench.leave() == "a>2>2 again");
    second.answer("b");

    CHECK(bench.leave() == "bc>3d");
    CHECK(bench.queue.idle());
}

TEST_CASE("a push ahead of the reply that is due next leaves at once") {
    Bench bench;
    bench.say("a");
    auto& pending = bench.add();
    bench.queue.put_in({">"}, &pending);

    CHECK(bench.calls == 1);
    CHECK(bench.leave() == "a>");
    pending.answer("b");
    CHECK(bench.leave() == "b");
}

TEST_CASE("a push leaves at once while nobody waits") {
    Bench bench;

    bench.queue.put_in({">"}, nullptr);

    CHECK(bench.calls == 1);
    CHECK(bench.leave() == ">");
}

TEST_CASE("a push that belongs to no reply goes behind all that wait, and before what comes then") {
    Bench bench;
    auto& first = bench.add();
    bench.add().answer("b");

    bench.queue.put_in({">"}, nullptr);
    bench.say("c");
    first.answer("a");

    CHECK(bench.leave() == "ab>c");
}

TEST_CASE("places are kept though replies before them have left") {
    Bench bench;
    bench.add().answer("a");
    auto& second = bench.add();
    auto& third = bench.add();
    second.answer("b");
    auto& fourth = bench.add();

    bench.queue.put_in({">4"}, &fourth);
    bench.queue.put_in({">3"}, &third);
    fourth.answer("d");
    third.answer("c");

    CHECK(bench.leave() == "ab>3c>4d");
}

TEST_CASE("the bytes of pushes count wherever they wait") {
    Bench bench;
    const auto guess = bench.settle();
    auto& first = bench.add();
    auto& second = bench.add();

    bench.queue.put_in({"12"}, &second);
    CHECK(bench.queue.bytes() == 2 + 2 * guess);
    bench.queue.put_in({"345"}, nullptr);
    CHECK(bench.queue.bytes() == 5 + 2 * guess);
    bench.queue.put_in({"6"}, &first);
    CHECK(bench.queue.bytes() == 6 + 2 * guess);
    bench.leave();
    CHECK(bench.queue.bytes() == 5 + 2 * guess);

    second.answer("7");
    first.answer("8");
    CHECK(bench.leave() == "8127345");
    CHECK(bench.queue.bytes() == 0);
}

TEST_CASE("while muted nothing is said, neither at once nor later, whenever it becomes ready") {
    Bench bench;
    auto& before = bench.add();
    bench.queue.mute(true);
    bench.say("unheard");
    auto& muted = bench.add();
    bench.say("unheard");
    bench.queue.mute(false);
    auto& after = bench.add();
    bench.say("d");

    muted.answer("unheard");
    before.answer("a");
    after.answer("c");

    CHECK(bench.leave() == "acd");
    CHECK(bench.queue.bytes() == 0);
}

TEST_CASE("a reply may speak though the client wants none, and so may a push") {
    Bench bench;
    bench.queue.mute(true);
    auto& muted = bench.add();
    auto& spoken = bench.add();

    spoken.speak("b");
    bench.queue.put_in({">"}, &spoken);
    bench.queue.unmuted_tail().append("c");
    muted.answer("unheard");

    CHECK(bench.leave() == ">bc");
}

TEST_CASE("what was diverted and ends does not end the silence") {
    Bench bench;
    Output elsewhere;
    bench.queue.mute(true);

    bench.queue.divert(&elsewhere);
    bench.say("there");
    bench.queue.divert(nullptr);
    bench.say("unheard");
    bench.queue.mute(false);
    bench.say("here");

    CHECK(flattened(elsewhere) == "there");
    CHECK(bench.leave() == "here");
}

TEST_CASE("who waits for what may never come holds no permit") {
    Bench bench;
    auto made = std::make_unique<Pending>(std::nullopt);
    auto& endless = *made;
    bench.queue.add(std::move(made));
    CHECK(bench.limiter.taken() == 0);

    endless.answer("at last");

    CHECK(bench.leave() == "at last");
}

}  // namespace
}  // namespace nearcache::resp_server
