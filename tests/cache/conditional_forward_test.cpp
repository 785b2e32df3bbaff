#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/service_bench.hpp"

namespace nearcache::cache {
namespace {

// SET k new, if its value is "old"; writes down how it ended, and what the cache knew by then.
struct ConditionalWrite final : ConditionalForwarding {
    explicit ConditionalWrite(ServiceBench& at) : bench(at) {}

    void send(net::LaneId lane) {
        std::string bytes;
        resp::append_command(bytes, std::vector<std::string_view>{"SET", "k", "new"});
        Written written_keys;
        written_keys.hashes.push_back(Key("k").hash);
        bench.service.forward_if(
            {bench.service.home(lane), {bytes}},
            {"k",
             [](const std::string_view* value) { return value != nullptr && *value == "old"; }},
            std::move(written_keys), *this);
    }

    void on_forwarded(const net::Slice& reply) override { end(std::string(reply.bytes)); }
    void on_not_forwarded(Errc why) override { end(std::string(describe(why))); }
    void on_condition_failed() override { end("(condition failed)"); }
    void end(std::string how) {
        ended = std::move(how);
        known_at_end = bench.look_up();
    }

    ServiceBench& bench;
    std::string ended;
    std::string known_at_end;
};

TEST_CASE(
    "a conditional command goes to the backend with its condition, and its reply comes back") {
    ServiceBench bench;
    ConditionalWrite write(bench);

    write.send(1);
    CHECK(bench.backend.commands() == std::vector<std::string>{"k? > SET k new"});
    CHECK(bench.backend.try_condition(1, "old"));
    CHECK(write.ended.empty());
    bench.backend.reply(1, "+OK\r\n");

    CHECK(write.ended == "+OK\r\n");
}

TEST_CASE("a condition that does not hold, or no longer, is told in place of a reply") {
    ServiceBench bench;
    ConditionalWrite of_another(bench), of_none(bench), too_late(bench), failed(bench);

    of_another.send(0);
    CHECK_FALSE(bench.backend.try_condition(0, "other"));
    of_none.send(0);
    CHECK_FALSE(bench.backend.try_condition(0, std::nullopt));
    too_late.send(0);
    CHECK(bench.backend.try_condition(0, "old"));
    bench.backend.change_meanwhile(0);
    failed.send(0);
    bench.backend.fail(0, Errc::backend_timeout);

    CHECK(of_another.ended == "(condition failed)");
    CHECK(of_none.ended == "(condition failed)");
    CHECK(too_late.ended == "(condition failed)");
    CHECK(failed.ended == describe(Errc::backend_timeout));
}

TEST_CASE(
    "what a conditional command may write is dropped before it is sent and before it is told") {
    enum class End { replied, condition_failed, failed };
    for (const auto end : {End::replied, End::condition_failed, End::failed}) {
        ServiceBench bench;
        bench.cache("k", "old");
        ConditionalWrite write(bench);
        Asker asker(1);

        write.send(0);
        CHECK(bench.look_up() == "(miss)");
        bench.load(asker);
        bench.backend.answer(1, "k", "old");
        REQUIRE(bench.look_up() == "old");
        const bool holds = bench.backend.try_condition(
            0, end == End::condition_failed ? std::string_view("other") : "old");
        if (holds && end == End::replied) bench.backend.reply(0, "+OK\r\n");
        if (holds && end == End::failed) bench.backend.fail(0, Errc::backend_connection_lost);

        CHECK_FALSE(write.ended.empty());
        CHECK(write.known_at_end == "(miss)");
    }
}

}  // namespace
}  // namespace nearcache::cache
