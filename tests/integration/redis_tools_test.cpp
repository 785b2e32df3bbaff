#include <algorithm>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/support/nearcache_process.hpp"

namespace nearcache::tests {

namespace {

// Runs a program of Redis's own against the proxy and returns what it printed; it must succeed.
std::string run(const ProxiedRedis& servers, Words arguments) {
    const Words address{"-h", "127.0.0.1", "-p", std::to_string(servers.proxy.resp_port())};
    arguments.insert(arguments.begin() + 1, address.begin(), address.end());
    Process process(std::move(arguments));
    const auto status = process.wait(milliseconds(60'000));
    CAPTURE(process.errors());
    CAPTURE(process.output());
    REQUIRE(status == 0);
    return process.output();
}

}  // namespace

TEST_CASE("redis-cli works against the proxy") {
    ProxiedRedis servers;

    CHECK(run(servers, {"redis-cli", "PING"}) == "PONG\n");
    CHECK(run(servers, {"redis-cli", "SET", "k", "v"}) == "OK\n");
    CHECK(run(servers, {"redis-cli", "GET", "k"}) == "v\n");
    CHECK(run(servers, {"redis-cli", "RPUSH", "l", "1", "2"}) == "2\n");
    CHECK(run(servers, {"redis-cli", "LRANGE", "l", "0", "-1"}) == "1\n2\n");
    CHECK(run(servers, {"redis-cli", "-n", "0", "EXISTS", "k"}) == "1\n");
    CHECK(run(servers, {"redis-cli", "INFO", "cache"}).find("# Cache") != std::string::npos);
    CHECK(run(servers, {"redis-cli", "-r", "3", "INCR", "n"}) == "1\n2\n3\n");
}

TEST_CASE("redis-cli may choose its database and its dialect") {
    ProxiedRedis servers;
    servers.redis.command({"HSET", "h", "f", "v"});

    CHECK(run(servers, {"redis-cli", "-n", "1", "SET", "k", "in 1"}) == "OK\n");
    CHECK(run(servers, {"redis-cli", "-n", "1", "GET", "k"}) == "in 1\n");
    CHECK(run(servers, {"redis-cli", "GET", "k"}) == "\n");
    CHECK(run(servers, {"redis-cli", "-3", "--no-raw", "HGETALL", "h"}) == "1# \"f\" => \"v\"\n");
    CHECK(run(servers, {"redis-cli", "-n", "2", "-3", "BLPOP", "q", "0.01"}) == "\n");
}

TEST_CASE("redis-cli --scan and --bigkeys walk the keys behind the proxy") {
    ProxiedRedis servers;
    for (int i = 0; i < 30; ++i) servers.redis.command({"SET", "k" + std::to_string(i), "v"});

    const auto scanned = run(servers, {"redis-cli", "--scan", "--pattern", "k1*"});
    const auto big = run(servers, {"redis-cli", "--bigkeys"});

    CHECK(std::ranges::count(scanned, '\n') == 11);
    CHECK(big.find("30 strings") != std::string::npos);
}

TEST_CASE("redis-benchmark finds nothing to complain about") {
    ProxiedRedis servers;

    const auto report =
        run(servers, {"redis-benchmark", "-t", "get,set", "-n", "2000", "-c", "20", "-q"});
    const auto pipelined = run(servers, {"redis-benchmark", "-t", "get,set,incr,lpush,mset", "-n",
                                         "2000", "-P", "16", "-q"});

    CHECK(report.find("SET: ") != std::string::npos);
    CHECK(report.find("GET: ") != std::string::npos);
    CHECK(pipelined.find("MSET (10 keys): ") != std::string::npos);
}

}  // namespace nearcache::tests
