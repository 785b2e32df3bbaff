#include "http/routes/origin_routes.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "http/cache_control.hpp"
#include "http/origin/companion.hpp"
#include "http/origin/origin.hpp"
#include "net/tls_digest.hpp"
#include "tests/http/visitor.hpp"

namespace nearcache::http {

namespace {

const std::string url = "http://127.0.0.1:9/a";
const std::string asking = "/?url=http://127.0.0.1:9/a&key=origin:k";
const std::string companion = "origin:k#origin";

OriginConfig loopback_allowed() {
    OriginConfig config;
    config.allow = {"http://127.0.0.1:9"};
    return config;
}

// One lane run by hand, and a backend that answers when it is told to. No address of a rule may be
// connected to, so a fetch ends before it has begun.
struct Bench {
    explicit Bench(const OriginConfig& with = loopback_allowed()) : origin_config(with) {}

    std::string ask(const std::string& target, std::string_view cache_control = {}) {
        Request request;
        request.method = verb::get;
        request.target = target;
        read_cache_control(cache_control, request.directives);
        request.has_directives = request.directives != cache::Directives{};
        return ask(request);
    }
    std::string ask(Request& request) {
        const auto target = split_target(request.target);
        Asked asked{{}, clock.now(), &out};
        routes.answer(target->query, request, asked);
        lanes.run(0);
        return read();
    }
    std::string read() {
        lanes.run(0);
        auto bytes = written(out);
        out.clear();
        return bytes;
    }

    tests::ManualClock clock;
    tests::Lanes lanes{1};
    tests::FakeBackend backend;
    cache::Config cache_config = small_cache();
    cache::CacheService cache{lanes.threads(), backend, clock, cache_config};
    net::Limiter in_flight{2};
    Config config;
    const OriginConfig origin_config;
    origin::Origin origin{origin_config, {lanes.threads(), cache, clock}};
    Context context{config, cache, clock, in_flight, nullptr, &origin};
    Output out;
    int answered = 0;
    Desk desk{context, 0, [this] { ++answered; }};
    OriginRoutes routes{desk};
};

std::string companion_of(std::string_view of_url, std::string_view value) {
    return origin::companion_value(net::sha256_hex(of_url), content_hash(value));
}

// The value and its companion get into the cache as they would by any request.
void cache_both(Bench& bench, std::string_view of_url, std::string_view value) {
    bench.ask(asking);
    bench.backend.answer(0, companion, companion_of(of_url, value));
    bench.backend.answer(0, "origin:k", value);
    bench.read();
    REQUIRE_FALSE(bench.routes.is_waiting());
}

}  // namespace

TEST_CASE("without an allow-list nothing is fetched, and the answer says how to change that") {
    Bench bench{OriginConfig{}};

    const auto reply = bench.ask(asking);

    CHECK(status_of(reply) == "403");
    CHECK(body_of(reply).find("origin.allow") != std::string::npos);
    CHECK(bench.backend.commands().empty());
}

TEST_CASE("a request that is not well-formed is refused before anything is asked") {
    Bench bench;

    for (const std::string target :
         {"/?url=http://127.0.0.1:9/a", "/?url=http://127.0.0.1:9/a&key=", "/?url=&key=origin:k",
          "/?url=/a&key=origin:k", "/?url=ftp://127.0.0.1:9/a&key=origin:k",
          "/?url=http://u@127.0.0.1:9/a&key=origin:k", "/?url=%zz&key=origin:k",
          "/?url=http://127.0.0.1:9/a&key=%2", "/?url=http://127.0.0.1:9/a&key=origin:k%23origin",
          "/?url=http://127.0.0.1:9/a&key=origin:k&params=",
          "/?url=http://127.0.0.1:9/a&key=k&params=1",
          "/?url=http://127.0.0.1:9/a&key=origin:k&params={\"q\":[]}",
          "/?url=http://127.0.0.1:9/a&key=origin:k&ttl=",
          "/?url=http://127.0.0.1:9/a&key=origin:k&ttl=0",
          "/?url=http://127.0.0.1:9/a&key=origin:k&ttl=-1",
          "/?url=http://127.0.0.1:9/a&key=origin:k&ttl=x",
          "/?url=http://127.0.0.1:9/a%0d%0aHost:%20x&key=origin:k"}) {
        CAPTURE(target);
        CHECK(status_of(bench.ask(target)) == "400");
    }
    CHECK(bench.backend.commands().empty());
    CHECK(bench.in_flight.taken() == 0);
}

TEST_CASE("a key or a URL that may not be used is refused before anything is asked") {
    Bench bench;

    for (const std::string target :
         {"/?url=http://127.0.0.1:9/a&key=other", "/?url=http://127.0.0.1:9/a&key=Origin:k",
          "/?url=http://127.0.0.1/a&key=origin:k", "/?url=https://127.0.0.1:9/a&key=origin:k",
          "/?url=http://localhost:9/a&key=origin:k",
          "/?url=http://127.0.0.1:9.evil.example/&key=origin:k"}) {
        CAPTURE(target);
        const auto reply = bench.ask(target);
        CHECK((status_of(reply) == "403" || status_of(reply) == "400"));
    }
    CHECK(status_of(bench.ask("/?url=http://localhost:9/a&key=origin:k")) == "403");
    CHECK(bench.backend.commands().empty());
}

TEST_CASE("a value that somebody else has put there is served as it is, and cached") {
    Bench bench;

    CHECK(bench.ask(asking).empty());
    CHECK(bench.backend.commands() == std::vector<std::string>{"GET " + companion, "GET origin:k"});
    bench.backend.answer_absent(0, companion);
    bench.clock.advance(std::chrono::milliseconds(1));
    bench.backend.answer(0, "origin:k", "theirs");
    CHECK(bench.read().empty());
    bench.backend.answer_absent(0, companion);
    const auto first = bench.read();
    const auto second = bench.ask(asking);

    CHECK(status_of(first) == "200");
    CHECK(body_of(first) == "theirs");
    CHECK(source_of(first) == "fwd=miss; stored");
    CHECK(bench.answered == 1);
    CHECK(body_of(second) == "theirs");
    CHECK(source_of(second).starts_with("hit"));
    CHECK(bench.backend.commands().size() == 3);
    CHECK(bench.in_flight.taken() == 0);
}

// It came between the two answers, with its companion; this URL would be told another's body.
TEST_CASE(
    "a value that is written while it is asked for is not taken for one of nobody knows whom") {
    Bench bench;
    bench.ask(asking);
    bench.backend.answer_absent(0, companion);
    bench.clock.advance(std::chrono::milliseconds(1));
    bench.backend.answer(0, "origin:k", "theirs");

    bench.lanes.run(0);
    bench.backend.answer(0, companion, companion_of("http://127.0.0.1:9/other", "theirs"));

    const auto reply = bench.read();
    CHECK(status_of(reply) != "200");
    CHECK(body_of(reply) != "theirs");
}

TEST_CASE("a value that this URL has given is served from the cache, and to no other URL") {
    Bench bench;
    cache_both(bench, url, "ours");

    const auto same = bench.ask(asking);
    const auto fragment = bench.ask("/?url=HTTP://127.0.0.1:9/x/../a%23part&key=origin:k");
    const auto other = bench.ask("/?url=http://127.0.0.1:9/b&key=origin:k");
    const auto with_params = bench.ask("/?url=http://127.0.0.1:9/a&key=origin:k&params={\"q\":1}");

    CHECK(body_of(same) == "ours");
    CHECK(body_of(fragment) == "ours");
    // Both would be fetched, and their address is none of the internet.
    CHECK(status_of(other) == "403");
    CHECK(status_of(with_params) == "403");
}

TEST_CASE("a value that another URL has given is fetched anew, wherever it lies") {
    Bench bench;

    CHECK(bench.ask(asking).empty());
    bench.backend.answer(0, companion, companion_of("http://127.0.0.1:9/b", "theirs"));
    bench.backend.answer(0, "origin:k", "theirs");

    CHECK(status_of(bench.read()) == "403");
}

TEST_CASE("half of one write and half of another fit no URL") {
    Bench bench;

    CHECK(bench.ask(asking).empty());
    bench.backend.answer(0, companion, companion_of(url, "ours"));
    bench.backend.answer(0, "origin:k", "theirs");

    CHECK(status_of(bench.read()) == "403");
}

TEST_CASE("a key of another type is neither served nor overwritten") {
    Bench bench;

    CHECK(bench.ask(asking).empty());
    bench.backend.answer_absent(0, companion);
    bench.backend.answer_error(0, "origin:k", "WRONGTYPE Operation against a key");
    CHECK(status_of(bench.read()) == "409");

    CHECK(bench.ask(asking, "no-cache").empty());
    bench.backend.answer_error(0, "origin:k", "WRONGTYPE Operation against a key");
    CHECK(status_of(bench.read()) == "409");
    CHECK(bench.backend.forwards() == 0);
}

TEST_CASE("who forbids to fetch gets what is cached, or nothing") {
    Bench bench;

    CHECK(status_of(bench.ask(asking, "only-if-cached")) == "504");
    cache_both(bench, url, "ours");

    CHECK(body_of(bench.ask(asking, "only-if-cached")) == "ours");
    CHECK(status_of(bench.ask("/?url=http://127.0.0.1:9/b&key=origin:k", "only-if-cached")) ==
          "504");
}

TEST_CASE("no-cache passes over what is cached, and over what the backend has") {
    Bench bench;
    cache_both(bench, url, "ours");
    bench.clock.advance(std::chrono::milliseconds(1));

    CHECK(bench.ask(asking, "no-cache").empty());
    bench.backend.answer(0, "origin:k", "ours");

    CHECK(status_of(bench.read()) == "403");
}

TEST_CASE("a backend that cannot be asked does not keep the origin from being asked") {
    Bench bench;

    CHECK(bench.ask(asking).empty());
    bench.backend.fail(0, Errc::backend_unreachable);
    bench.backend.fail(0, Errc::backend_unreachable);

    CHECK(status_of(bench.read()) == "403");
}

TEST_CASE("a blocked address is refused in the words of a name that leads nowhere") {
    Bench bench;

    CHECK(bench.ask(asking).empty());
    bench.backend.answer_absent(0, companion);
    bench.backend.answer_absent(0, "origin:k");
    const auto reply = bench.read();

    CHECK(status_of(reply) == "403");
    CHECK(body_of(reply) == "the host of this URL may not be connected to\n");
}

TEST_CASE("conditions and ranges hold for what was fetched, too") {
    Bench bench;
    cache_both(bench, url, "abcdef");
    Request known;
    known.method = verb::get;
    known.target = asking;
    known.has_fields = true;
    known.fields.if_none_match = "*";
    Request part = known;
    part.fields.if_none_match.clear();
    part.fields.range = "bytes=1-2";

    CHECK(status_of(bench.ask(known)) == "304");
    const auto reply = bench.ask(part);

    CHECK(status_of(reply) == "206");
    CHECK(body_of(reply) == "bc");
}

TEST_CASE("without a permit nothing is asked") {
    Bench bench;
    const auto one = bench.in_flight.try_acquire();
    const auto two = bench.in_flight.try_acquire();

    CHECK(status_of(bench.ask(asking)) == "503");
    CHECK(bench.backend.commands().empty());
    CHECK_FALSE(bench.routes.is_waiting());
}

TEST_CASE("many who ask for a key and a URL at once cost the backend one question") {
    Bench bench;
    Output other_out;
    OriginRoutes other{bench.desk};

    CHECK(bench.ask(asking).empty());
    Request request;
    request.target = asking;
    other.answer(split_target(request.target)->query, request, {{}, bench.clock.now(), &other_out});
    bench.lanes.run(0);
    bench.backend.answer_absent(0, companion);
    bench.clock.advance(std::chrono::milliseconds(1));
    bench.backend.answer(0, "origin:k", "v");
    CHECK(bench.read().empty());
    bench.backend.answer_absent(0, companion);

    CHECK(source_of(bench.read()) == "fwd=miss; stored");
    CHECK(source_of(written(other_out)) == "fwd=miss; stored; collapsed");
    CHECK(bench.backend.gets() == 3);
    CHECK(bench.answered == 2);
}

TEST_CASE("a server that goes down says so to whoever waits") {
    Bench bench;

    CHECK(bench.ask(asking).empty());
    bench.origin.stop();
    bench.lanes.run(0);
    bench.backend.answer_absent(0, companion);
    bench.backend.answer_absent(0, "origin:k");
    const auto waiting = bench.read();
    bench.backend.stop();

    CHECK(status_of(waiting) == "503");
}

}  // namespace nearcache::http
