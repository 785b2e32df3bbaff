#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"
#include "tests/support/socket.hpp"

// A Redis played by the test itself, so that every byte comes when the test says so.
namespace nearcache::tests {

namespace {

class PlayedRedis {
  public:
    PlayedRedis()
        : proxy({"--backend", "redis://127.0.0.1:" + std::to_string(port.port()), "--threads", "1",
                 "--coherence", "ttl", "--backend-operation-timeout", "400ms"}),
          link(port.accept()) {
        expect("PING");
        link.send("+PONG\r\n");
        expect("COMMAND");
        link.send("*0\r\n");
        wait_until_reachable();
    }

    // Until nearcache has read the answer to its greeting.
    void wait_until_reachable() {
        REQUIRE(eventually([this] {
            const auto info = proxy.resp().ask({"INFO", "nearcache"});
            return info.find("nearcache_backend_reachable:1") != std::string::npos;
        }));
    }

    // Reads what nearcache sends until it holds `text`.
    void expect(std::string_view text) {
        while (seen_.find(text) == std::string::npos) {
            const auto more = link.receive();
            REQUIRE_FALSE(more.empty());
            seen_ += more;
        }
        seen_.clear();
    }

    ListeningPort port;
    NearcacheProcess proxy;
    Socket link;

  private:
    std::string seen_;
};

}  // namespace

TEST_CASE("a backend that says nothing at all for too long loses its link") {
    PlayedRedis redis;
    auto client = redis.proxy.resp();

    client.send(command({"GET", "k"}));
    redis.expect("k");

    CHECK(is_error(client.read_reply()));
    CHECK(redis.link.receive().empty());
    CHECK(redis.port.somebody_waits(patience(milliseconds(2000))));
}

TEST_CASE("a reply that nobody asked for ends the link, and reaches nobody") {
    PlayedRedis redis;
    auto client = redis.proxy.resp();

    redis.link.send("$6\r\nforged\r\n");
    CHECK(redis.link.receive().empty());
    auto link = redis.port.accept();
    std::string asked;
    while (asked.find("PING") == std::string::npos) asked += link.receive();
    link.send("+PONG\r\n");
    while (asked.find("COMMAND") == std::string::npos) asked += link.receive();
    link.send("*0\r\n");
    redis.wait_until_reachable();
    client.send(command({"GET", "k"}));
    while (asked.find("GET") == std::string::npos) asked += link.receive();
    link.send("$4\r\ntrue\r\n:-1\r\n");

    CHECK(client.read_reply() == bulk("true"));
}

TEST_CASE("a backend that falls ever further behind is asked anew from an empty queue") {
    PlayedRedis redis;
    auto client = redis.proxy.resp();
    constexpr int asked = 60;
    for (int i = 1; i < asked; ++i) client.send(command({"STRLEN", "k"}));
    client.send(command({"STRLEN", "last"}));
    redis.expect("last");

    int answered = 0;
    while (answered < asked && !redis.link.is_readable(milliseconds(50))) {
        redis.link.send(":1\r\n");
        ++answered;
    }

    CHECK(answered < asked);
    CHECK(client.read_replies(asked).back() ==
          "-ERR backend timed out, the command may have taken effect\r\n");
}

TEST_CASE("a reply that is too slow fails its command alone while the link is alive") {
    PlayedRedis redis;
    auto slow = redis.proxy.resp();
    auto other = redis.proxy.resp();

    slow.send(command({"LINDEX", "large", "0"}));
    redis.expect("large");
    redis.link.send("$1000\r\n");
    // Bytes keep coming for longer than the command may take.
    std::string owed = std::string(1000, 'x') + "\r\n";
    while (!slow.socket().is_readable(milliseconds(20))) {
        REQUIRE(owed.size() > 10);
        redis.link.send(owed.substr(0, 1));
        owed.erase(0, 1);
    }
    const auto verdict = slow.read_reply();
    other.send(command({"STRLEN", "k"}));
    redis.expect("STRLEN");
    redis.link.send(owed + ":5\r\n");

    CHECK(verdict == "-ERR backend timed out, the command may have taken effect\r\n");
    CHECK(other.read_reply() == ":5\r\n");
    CHECK_FALSE(redis.port.somebody_waits(milliseconds(0)));
}

}  // namespace nearcache::tests
