#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/backend_at_work.hpp"
#include "tests/support/real_redis.hpp"
#include "tests/support/socket.hpp"
#include "tests/support/test_client.hpp"

// The backend alone, without doors and cache: its pipelined links, one for each database and
// dialect.
namespace nearcache::tests {

namespace {

using backend::Route;
using Kind = backend::GetReply::Kind;
using namespace std::chrono_literals;

constexpr Route home{};
constexpr Route in_resp3{.dialect = resp::Dialect::resp3};
Route in_database(std::uint32_t number) { return {.database = number}; }

// A redis-server, and our backend in front of it.
struct Served {
    explicit Served(Words flags = {}, const std::string& path = "")
        : redis(std::move(flags)), backend(redis.url() + path) {
        REQUIRE(backend.is_reached());
    }

    // Field of CLIENT LIST, of every connection but the asker's own.
    std::size_t connections_with(const std::string& field) const {
        const auto list = redis.command({"CLIENT", "LIST", "TYPE", "normal"});
        std::size_t found = 0;
        for (auto at = list.find(field); at != list.npos; at = list.find(field, at + 1)) ++found;
        return found;
    }

    RealRedis redis;
    BackendAtWork backend;
};

}  // namespace

TEST_CASE("each database has a link of its own, and keys stay in theirs") {
    Served served;
    auto& backend = served.backend;

    CHECK(backend.reply_to({"SET", "k", "in five"}, in_database(5)) == ok);
    CHECK(backend.reply_to({"SET", "k", "at home"}) == ok);

    CHECK(backend.get("k", in_database(5)).bytes == "in five");
    CHECK(backend.get("k").bytes == "at home");
    CHECK(backend.get("k", in_database(6)).kind == Kind::absent);
    CHECK(served.connections_with(" db=5 ") == 1);
    CHECK(served.redis.command({"DBSIZE"}) == integer(1));
}

TEST_CASE("the home database is the one that the URL names") {
    Served served({}, "/3");
    auto& backend = served.backend;
    CHECK(backend->home_database() == 3);

    CHECK(backend.reply_to({"SET", "k", "v"}, in_database(3)) == ok);

    CHECK(served.connections_with(" db=3 ") == 1);
    CHECK(backend.get("k", home).kind == Kind::absent);
    CHECK(served.connections_with(" db=0 ") >= 1);
}

TEST_CASE("a link in RESP3 is answered in RESP3, and one in RESP2 in RESP2") {
    Served served;
    auto& backend = served.backend;
    backend.reply_to({"HSET", "h", "f", "v"});
    backend.reply_to({"SET", "s", "w", "PX", "50000"});

    CHECK(backend.reply_to({"HGETALL", "h"}, in_resp3) == "%1\r\n" + bulk("f") + bulk("v"));
    CHECK(backend.reply_to({"HGETALL", "h"}) == array({bulk("f"), bulk("v")}));
    CHECK(backend.reply_to({"GET", "none"}, in_resp3) == "_\r\n");
    CHECK(backend.get("s", in_resp3).bytes == "w");
    CHECK(backend.get("s", in_resp3).remaining > 40s);
    CHECK(backend.get("none", in_resp3).kind == Kind::absent);
    CHECK(backend.get("h", in_resp3).kind == Kind::error);
}

TEST_CASE("several keys are asked for at once, in both dialects") {
    Served served;
    auto& backend = served.backend;
    backend.reply_to({"MSET", "a", "1", "b", ""});
    backend.reply_to({"SET", "c", "3", "PX", "50000"});
    backend.reply_to({"RPUSH", "list", "x"});

    for (const auto& route : {home, in_resp3}) {
        served.redis.reset_counts();
        const auto found = backend.get_many({"a", "none", "b", "list", "c"}, route);

        REQUIRE(found.size() == 5);
        CHECK(found[0].bytes == "1");
        CHECK(found[0].kind == Kind::value);
        CHECK(found[0].remaining == std::nullopt);
        CHECK(found[0].is_life_known);
        CHECK(found[1].kind == Kind::absent);
        CHECK(found[2].kind == Kind::value);
        CHECK(found[2].bytes == "");
        CHECK(found[3].kind == Kind::unsure);
        CHECK(found[4].bytes == "3");
        CHECK(found[4].remaining > 40s);
        CHECK(served.redis.count_of("mget") == 1);
        CHECK(served.redis.count_of("pttl") == 5);
    }
}

TEST_CASE("what is not allowed is told for every key, and nobody else is disturbed") {
    Served served;
    served.redis.command({"SET", "k", "v"});
    served.redis.command(
        {"ACL", "SETUSER", "limited", "on", ">p", "~*", "+@all", "-mget", "-pttl"});
    auto url = served.redis.url();
    BackendAtWork limited(url.insert(8, "limited:p@"));
    REQUIRE(limited.is_reached());

    const auto found = limited.get_many({"k", "l"});
    const auto one = limited.get("k");

    REQUIRE(found.size() == 2);
    for (const auto& reply : found) {
        CHECK(reply.kind == Kind::error);
        CHECK(reply.bytes.starts_with("NOPERM"));
    }
    CHECK(one.bytes == "v");
    CHECK_FALSE(one.is_life_known);
    CHECK(limited.get("k", in_resp3).bytes == "v");
}

TEST_CASE("a database is tried without leaving one's own, and Redis's words are passed on") {
    Served served({"--databases", "10"});
    auto& backend = served.backend;
    TestClient direct(served.redis.port());

    for (const auto& word : {"1", "9", "10", "-1", "x", "", "99999999999", "9223372036854775808"}) {
        CAPTURE(word);
        CHECK(backend.try_select(word) == direct.ask({"SELECT", word}));
        CHECK(backend.try_select(word, in_resp3) == direct.ask({"SELECT", word}));
    }
    backend.reply_to({"SET", "k", "v"});
    direct.ask({"SELECT", "0"});

    CHECK(direct.ask({"GET", "k"}) == bulk("v"));
}

TEST_CASE("commands of one route take effect in their order") {
    Served served;
    for (const auto& route : {home, in_database(2), in_resp3}) {
        std::vector<Answer*> answers;
        for (int i = 0; i < 300; ++i) {
            answers.push_back(&served.backend.next_answer());
            if (i % 3 == 0) served.backend->get(route, "n", *answers.back());
            if (i % 3 == 1)
                served.backend->forward(route, {command({"INCR", "n"})}, *answers.back());
            if (i % 3 == 2) served.backend->try_select(route, "7", *answers.back());
        }
        REQUIRE(served.backend.run_until([&] { return answers.back()->is_here; }));

        for (int i = 1; i < 300; i += 3) {
            CHECK(answers[static_cast<std::size_t>(i)]->bytes == integer(i / 3 + 1));
        }
        CHECK(answers[0]->found[0].kind == Kind::absent);
        CHECK(answers[297]->found[0].bytes == "99");
        CHECK(answers[299]->bytes == ok);
        served.backend.reply_to({"DEL", "n"}, route);
    }
}

TEST_CASE("a large command is sent without being copied, and a large reply may be kept") {
    Served served;
    const std::string value(3'000'000, 'v');
    const auto bytes = command({"SET", "large", value});
    net::Block block(bytes.size());
    bytes.copy(block.data(), bytes.size());
    auto& before = served.backend.next_answer();
    auto& large = served.backend.next_answer();
    auto& after = served.backend.next_answer();

    served.backend->forward(home, {command({"SET", "small", "s"})}, before);
    served.backend->forward(home, {{block.data(), bytes.size()}, &block}, large);
    served.backend->forward(home, {command({"STRLEN", "large"})}, after);
    CHECK(block.is_shared());
    REQUIRE(served.backend.run_until([&] { return after.is_here; }));

    CHECK_FALSE(block.is_shared());
    CHECK(large.bytes == ok);
    CHECK(after.bytes == integer(3'000'000));
    auto& reply = served.backend.forward({"GET", "large"});
    CHECK(reply.pinned.data() != nullptr);
    for (int i = 0; i < 5; ++i) served.backend.forward({"GET", "small"});
    CHECK(std::string_view(reply.pinned.data(), reply.bytes.size()) == bulk(value));
}

TEST_CASE("a route that the server refuses fails alone") {
    Served served({"--databases", "2"});
    auto& backend = served.backend;
    const auto connections = backend->connections_made();

    CHECK(backend.forward({"GET", "k"}, in_database(5)).failure == Errc::backend_unreachable);

    CHECK(backend->is_reachable());
    CHECK(backend.reply_to({"SET", "k", "v"}) == ok);
    CHECK(backend.get("k", in_database(1)).kind == Kind::absent);
    CHECK(backend.reply_to({"GET", "k"}, in_resp3) == bulk("v"));
    CHECK(backend->connections_made() == connections);
}

TEST_CASE("links beyond the limit replace those that nobody uses") {
    Served served({"--databases", "200"});

    for (std::uint32_t number = 1; number < 200; ++number) {
        REQUIRE(served.backend.reply_to({"SET", "k", "v"}, in_database(number)) == ok);
    }

    CHECK(eventually([&] {
        served.backend.run_ready();
        return served.connections_with("id=") <= 64 + 2;
    }));
    CHECK(served.backend.get("k", in_database(1)).bytes == "v");
}

TEST_CASE("whoever asks beyond the limit is refused while all links are busy") {
    Served served({"--databases", "200"});
    served.redis.freeze();
    for (std::uint32_t number = 1; number <= 64; ++number) {
        served.backend->get(in_database(number), "k", served.backend.next_answer());
    }

    const auto& refused = served.backend.forward({"PING"}, in_database(65));
    served.redis.thaw();

    CHECK(refused.failure == Errc::backend_unreachable);
    CHECK(served.backend.get("k", in_database(64)).kind == Kind::absent);
    CHECK(served.backend.get("k", in_database(65)).kind == Kind::absent);
}

TEST_CASE("an unasked push ends the link it came over, and reaches nobody") {
    ListeningPort port;
    BackendAtWork backend("redis://127.0.0.1:" + std::to_string(port.port()));
    auto& answer = backend.next_answer();
    backend->get(in_resp3, "k", answer);
    backend.run_ready();
    std::vector<Socket> ends;
    const auto read_until = [&](Socket& end, std::string_view text) {
        std::string seen;
        while (seen.find(text) == seen.npos) {
            backend.run_ready();
            if (end.is_readable(milliseconds(10))) seen += end.receive();
        }
        return seen;
    };
    // Home and RESP3, in whatever order.
    Socket* in_resp3_end = nullptr;
    for (int i = 0; i < 2; ++i) ends.push_back(port.accept());
    for (auto& end : ends) {
        const bool is_resp3 = read_until(end, "PING").find("HELLO") != std::string::npos;
        end.send(is_resp3 ? "%0\r\n+PONG\r\n" : "+PONG\r\n");
        if (is_resp3) in_resp3_end = &end;
    }
    REQUIRE(in_resp3_end != nullptr);
    read_until(*in_resp3_end, "PTTL");

    in_resp3_end->send(">2\r\n+invalidate\r\n*1\r\n+k\r\n$1\r\nv\r\n:-1\r\n");
    REQUIRE(backend.run_until([&] { return answer.is_here; }));

    CHECK(answer.failure == Errc::backend_protocol_error);
    CHECK(backend->is_reachable());
}

TEST_CASE("a stopped backend tells all who wait, on every route") {
    Served served;
    served.redis.freeze();
    std::vector<Answer*> answers;
    for (const auto& route : {home, in_database(1), in_resp3}) {
        answers.push_back(&served.backend.next_answer());
        served.backend->get(route, "k", *answers.back());
    }

    served.backend.finish();
    auto& late = served.backend.next_answer();
    served.redis.thaw();

    for (const auto* answer : answers) CHECK(answer->failure == Errc::shutting_down);
    CHECK_FALSE(late.is_here);
}

}  // namespace nearcache::tests
