#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background.hpp"
#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

std::function<std::string()> resp_reader(const NearcacheProcess& proxy) {
    return [client = std::make_shared<TestClient>(proxy.resp_port())] {
        const auto reply = client->ask({"GET", "a"});
        return is_error(reply) ? reply : std::string();
    };
}

std::function<std::string()> http_reader(const NearcacheProcess& proxy) {
    return [client = std::make_shared<HttpClient>(proxy.http_port())] {
        const auto status = client->get("/a").status;
        return status == 200 || status == 404 ? std::string() : std::to_string(status);
    };
}

// Others who read the key all the time, on both doors and, as connections are dealt round-robin,
// on both threads.
class Readers {
  public:
    explicit Readers(const NearcacheProcess& proxy) {
        for (int thread = 0; thread < 2; ++thread) {
            readers_.push_back(std::make_unique<Background>(resp_reader(proxy)));
            readers_.push_back(std::make_unique<Background>(http_reader(proxy)));
        }
    }

    bool have_begun() const {
        return eventually([this] {
            return std::ranges::all_of(readers_, [](const auto& one) { return one->rounds() > 0; });
        });
    }

    // What surprised them.
    std::string stop() {
        std::string surprises;
        for (const auto& reader : readers_) surprises += reader->stop();
        return surprises;
    }

  private:
    std::vector<std::unique_ptr<Background>> readers_;
};

const std::string set_get_incr_get = command({"SET", "a", "1"}) + command({"GET", "a"}) +
                                     command({"INCR", "a"}) + command({"GET", "a"});
const Words set_get_incr_get_replies{ok, bulk("1"), integer(2), bulk("2")};

const std::string get_set_get =
    command({"GET", "a"}) + command({"SET", "a", "2"}) + command({"GET", "a"});
const Words get_set_get_replies{bulk("1"), ok, bulk("2")};

}  // namespace

TEST_CASE("a pipeline of SET GET INCR GET gives 1 and 2 while others read the key") {
    ProxiedRedis servers;
    auto client = servers.resp();
    Readers readers(servers.proxy);
    REQUIRE(readers.have_begun());

    for (std::size_t round = 0; round < scaled(2000); ++round) {
        REQUIRE(client.pipeline(set_get_incr_get, 4) == set_get_incr_get_replies);
    }

    CHECK(readers.stop() == "");
}

TEST_CASE("a GET before a SET in one pipeline never sees what the SET writes") {
    ProxiedRedis servers;
    auto client = servers.resp();
    Readers readers(servers.proxy);
    REQUIRE(readers.have_begun());

    for (std::size_t round = 0; round < scaled(2000); ++round) {
        REQUIRE(client.ask({"SET", "a", "1"}) == ok);
        REQUIRE(client.pipeline(get_set_get, 3) == get_set_get_replies);
    }

    CHECK(readers.stop() == "");
}

TEST_CASE("writes and reads of many keys in one pipeline keep their order") {
    ProxiedRedis servers;
    auto client = servers.resp();
    std::string requests;
    Words expected;
    for (int i = 0; i < 200; ++i) {
        const auto key = "k" + std::to_string(i % 7);
        const auto value = std::to_string(i);
        requests += command({"SET", key, value}) + command({"GET", key}) +
                    command({"MGET", key, "absent"}) + command({"DEL", key}) +
                    command({"GET", key}) + command({"EXISTS", key});
        expected.insert(expected.end(),
                        {ok, bulk(value), array({bulk(value), nil}), integer(1), nil, integer(0)});
    }

    const auto replies = client.pipeline(requests, expected.size());

    CHECK(replies == expected);
}

TEST_CASE("pipelined HTTP requests of one client take effect in their order") {
    ProxiedRedis servers;
    auto client = servers.http();

    for (std::size_t round = 0; round < scaled(300); ++round) {
        client.send(http_request("PUT", "/a", {}, "1") + http_request("GET", "/a") +
                    http_request("PUT", "/a", {}, "2") + http_request("GET", "/a") +
                    http_request("DELETE", "/a") + http_request("GET", "/a"));

        CHECK(client.read_response().is_success());
        REQUIRE(client.read_response().body == "1");
        CHECK(client.read_response().is_success());
        REQUIRE(client.read_response().body == "2");
        CHECK(client.read_response().is_success());
        REQUIRE(client.read_response().status == 404);
    }
}

}  // namespace nearcache::tests
