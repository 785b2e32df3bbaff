#include "backend/redis/reply_dealer.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::backend::redis {
namespace {

using Log = std::vector<std::string>;

// Who asks anything, and notes in a log what is answered.
struct Client final : GetCompletion, GetManyCompletion, ForwardCompletion {
    explicit Client(Log& shared_log) : log(shared_log) {}

    void on_reply(const GetReply& reply) override { note(reply); }
    void on_replies(std::span<const GetReply> replies) override {
        for (const auto& reply : replies) note(reply);
    }
    void on_reply(const net::Slice& reply) override {
        log.emplace_back(reply.bytes);
        block = *reply.block;
    }
    void on_failure(Errc why) override { log.emplace_back(describe(why)); }

    void note(const GetReply& reply) {
        log.push_back(reply.kind == GetReply::Kind::value ? std::string(reply.bytes) : "nil");
        if (!reply.is_tracked) log.back() += " of a stranger";
    }

    Log& log;
    net::Block block;
};

// A connection whose other end the test plays.
struct Dealing {
    explicit Dealing(std::uint64_t server = 0) { dealer.begin(server); }

    void expect_lookup() { expect(static_cast<GetCompletion*>(&client), 2); }
    void expect_many(std::uint32_t keys) {
        expect(static_cast<GetManyCompletion*>(&client), keys + 1);
    }
    void expect_forwarded() { expect(static_cast<ForwardCompletion*>(&client), 1); }
    void expect_try() { expect(static_cast<ForwardCompletion*>(&client), 2); }
    void expect(Asker asker, std::uint32_t replies) {
        dealer.expected().push({.asker = asker, .replies = replies, .deadline = TimePoint::max()});
    }

    bool receive(std::string_view bytes) {
        const auto room = dealer.input().prepare();
        REQUIRE(room.size() >= bytes.size());
        std::memcpy(room.data(), bytes.data(), bytes.size());
        dealer.input().commit(bytes.size());
        return dealer.deal();
    }

    net::IoContext lane{1};
    Acquaintance acquaintance;
    ReplyDealer dealer{lane, acquaintance};
    Log log;
    Client client{log};
};

}  // namespace

TEST_CASE("replies go to those who asked, in the order in which they asked") {
    Dealing dealing;
    dealing.expect_forwarded();
    dealing.expect_lookup();
    dealing.expect_many(2);
    dealing.expect_try();
    dealing.expect_forwarded();

    CHECK(
        dealing.receive("+PONG\r\n$1\r\nv\r\n:-1\r\n*2\r\n$1\r\na\r\n$-1\r\n:-1\r\n:-2\r\n"
                        "+OK\r\n+OK\r\n%1\r\n+k\r\n#t\r\n"));

    CHECK(dealing.log == Log{"+PONG\r\n", "v", "a", "nil", "+OK\r\n", "%1\r\n+k\r\n#t\r\n"});
    CHECK(dealing.dealer.expected().empty());
    CHECK(dealing.dealer.answered() == 5);
}

TEST_CASE("replies may come in any pieces") {
    const std::string_view bytes =
        "$1\r\nv\r\n:-1\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n:-1\r\n:-2\r\n-ERR no\r\n+OK\r\n";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CAPTURE(cut);
        Dealing dealing;
        dealing.expect_lookup();
        dealing.expect_many(2);
        dealing.expect_try();

        CHECK(dealing.receive(bytes.substr(0, cut)));
        CHECK(dealing.receive(bytes.substr(cut)));

        CHECK(dealing.log == Log{"v", "a", "b", "-ERR no\r\n"});
    }
}

TEST_CASE("a line is a reply up to its end, however it looks and whenever it comes") {
    const Log lines{
        "+OK\r\n", ":-9223372036854775808\r\n",          "-ERR a\rb\nc\r\n", "+\r\n",
        "+\r\r\n", "+" + std::string(100, 'x') + "\r\n", "$-1\r\n",          ",1.5\r\n"};
    for (const auto& line : lines) {
        for (std::size_t cut = 1; cut < line.size(); ++cut) {
            CAPTURE(line);
            CAPTURE(cut);
            Dealing dealing;
            dealing.expect_forwarded();
            dealing.expect_forwarded();

            CHECK(dealing.receive(std::string_view(line).substr(0, cut)));
            CHECK(dealing.receive(std::string_view(line).substr(cut)));
            CHECK(dealing.receive("+next\r\n"));

            CHECK(dealing.log == Log{line, "+next\r\n"});
        }
    }
}

TEST_CASE("what nobody asked for is answered to nobody") {
    Dealing nobody, somebody;
    somebody.expect_forwarded();

    CHECK_FALSE(nobody.receive("+OK\r\n"));
    CHECK_FALSE(somebody.receive("+OK\r\n+OK\r\n"));

    CHECK(somebody.log == Log{"+OK\r\n"});
}

TEST_CASE("a push is no reply, wherever it comes") {
    Dealing alone, between;
    alone.expect_forwarded();
    between.expect_lookup();

    CHECK_FALSE(alone.receive(">2\r\n+invalidate\r\n*0\r\n"));
    CHECK_FALSE(between.receive("$1\r\nv\r\n>1\r\n+x\r\n:-1\r\n"));

    CHECK(alone.log.empty());
    CHECK(between.log.empty());
}

TEST_CASE("what is no answer to a question is not given to who asked it") {
    for (const std::string_view bytes : {"+OK\r\n:-1\r\n", "$1\r\nv\r\n+OK\r\n", "hello\r\n"}) {
        CAPTURE(bytes);
        Dealing dealing;
        dealing.expect_lookup();

        CHECK_FALSE(dealing.receive(bytes));

        CHECK(dealing.log.empty());
        CHECK(dealing.dealer.expected().size() == 1);
    }
}

TEST_CASE("a database that was tried must be left again") {
    Dealing fine, refused, stuck;
    for (auto* dealing : {&fine, &refused, &stuck}) dealing->expect_try();

    CHECK(fine.receive("+OK\r\n+OK\r\n"));
    CHECK(refused.receive("-ERR DB index is out of range\r\n-NOPERM no\r\n"));
    CHECK_FALSE(stuck.receive("+OK\r\n-NOPERM no\r\n"));

    CHECK(fine.log == Log{"+OK\r\n"});
    CHECK(refused.log == Log{"-ERR DB index is out of range\r\n"});
    CHECK(stuck.log.empty());
}

TEST_CASE("who was told that it took too long is not told again, and the next is answered") {
    Dealing dealing;
    dealing.expect_lookup();
    dealing.dealer.expected().tell_overdue(TimePoint::max());
    dealing.lane.poll();
    dealing.expect_forwarded();

    CHECK(dealing.receive("$4\r\nlate\r\n:-1\r\n+OK\r\n"));

    CHECK(dealing.log == Log{std::string(describe(Errc::backend_timeout)), "+OK\r\n"});
}

TEST_CASE("who is answered may ask again at once") {
    struct Asking final : ForwardCompletion {
        explicit Asking(Dealing& its) : dealing(its) {}
        void on_reply(const net::Slice&) override { dealing.expect_forwarded(); }
        void on_failure(Errc) override {}
        Dealing& dealing;
    };
    Dealing dealing;
    Asking asking(dealing);
    dealing.expect(&asking, 1);

    CHECK(dealing.receive("+first\r\n+second\r\n"));

    CHECK(dealing.log == Log{"+second\r\n"});
}

TEST_CASE("answers of another server than the one that tells of changes are marked") {
    Dealing dealing(7);
    dealing.acquaintance.set_teller(8);
    dealing.expect_lookup();
    dealing.expect_many(1);

    CHECK(dealing.receive("$1\r\nv\r\n:-1\r\n*1\r\n$1\r\na\r\n:-1\r\n"));

    CHECK(dealing.log == Log{"v of a stranger", "a of a stranger"});
    CHECK(dealing.dealer.is_server_strange());
    dealing.dealer.begin(8);
    CHECK_FALSE(dealing.dealer.is_server_strange());
}

TEST_CASE("who keeps the block of a reply keeps its bytes") {
    Dealing dealing;
    dealing.expect_forwarded();
    dealing.expect_forwarded();

    REQUIRE(dealing.receive("+first\r\n"));
    const auto kept = dealing.client.block;
    REQUIRE(dealing.receive("+other\r\n"));

    CHECK(std::string_view(kept.data(), 8) == "+first\r\n");
}

TEST_CASE("a new connection begins with nothing of the old one") {
    Dealing dealing;
    dealing.expect_lookup();
    REQUIRE(dealing.receive("$1\r\nv\r\n:"));
    dealing.dealer.expected().fail_all(Errc::backend_connection_lost);

    dealing.dealer.begin(0);
    dealing.expect_lookup();
    CHECK(dealing.receive("$1\r\nw\r\n:-1\r\n"));

    CHECK(dealing.log.back() == "w");
    CHECK(dealing.dealer.answered() == 1);
}

}  // namespace nearcache::backend::redis
