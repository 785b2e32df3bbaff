#include <cstdlib>
#include <functional>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/history_judge.hpp"
#include "tests/support/history_load.hpp"
#include "tests/support/server_info.hpp"
#include "tests/support/tcp_proxy.hpp"

// Many clients write and read a few keys at once while Redis, or the way to it, is disturbed; what
// they saw is held against what was written. docs/coherence.md tells what is promised.
namespace nearcache::tests {

namespace {

constexpr milliseconds max_staleness(1000);

milliseconds run_length() {
    const char* given = std::getenv("NEARCACHE_TEST_HISTORY_MS");
    return milliseconds(given == nullptr ? 4000 : std::atoi(given));
}

// A nearcache that keeps even what is written often, whose way to Redis can be disturbed.
struct Servers {
    HistoryPorts ports() const { return {proxy.http_port(), proxy.resp_port(), redis.port()}; }

    RealRedis redis;
    TcpProxy way{redis.port()};
    NearcacheProcess proxy{{"--backend", way.url(), "--threads", "2", "--coherence", "tracking",
                            "--max-staleness", std::to_string(max_staleness.count()) + "ms",
                            "--coherence-heartbeat", "200ms", "--cache-write-hot-after", "0"}};
};

// What happened in the run: the history is complete but for what Redis lost.
struct Run {
    explicit Run(Servers& all) : servers(all), load(all.ports()) {}

    bool is_over() const { return length.has_passed(); }
    // Lets a share of the run pass, or what is left of it.
    void let_pass(double share) const {
        const std::chrono::duration<double, std::milli> length_of_share = share * run_length();
        const Deadline end(std::chrono::duration_cast<milliseconds>(length_of_share));
        eventually([&] { return end.has_passed() || is_over(); }, run_length());
    }

    Servers& servers;
    HistoryLoad load;
    Deadline length{run_length()};
    std::vector<Loss> losses;
};

using Disturbance = std::function<void(Run&)>;

void undisturbed(Run& run) { run.let_pass(1); }

void with_redis_restarted(Run& run) {
    run.let_pass(0.4);
    Loss loss{now(), {}};
    run.servers.redis.kill();
    run.let_pass(0.1);
    run.servers.redis.start();
    loss.ended = now();
    run.losses.push_back(loss);
    run.let_pass(1);
}

void with_control_stalled(Run& run) {
    run.let_pass(0.2);
    run.servers.way.stall(TcpProxy::Kind::control);
    const Deadline stalled(max_staleness * 2);
    eventually([&] { return stalled.has_passed(); }, max_staleness * 3);
    run.servers.way.resume(TcpProxy::Kind::control);
    run.let_pass(1);
}

// Every connection but those of the test itself.
void kill_connections(const RealRedis& redis) {
    TestClient killer(redis.port());
    killer.ask({"CLIENT", "SETNAME", foreign_name});
    std::istringstream clients(text_of(killer.ask({"CLIENT", "LIST"})));
    for (std::string line; std::getline(clients, line);) {
        if (line.find(std::string(" name=") + foreign_name + " ") != line.npos) continue;
        const auto id = line.substr(3, line.find(' ') - 3);
        killer.ask({"CLIENT", "KILL", "ID", id});
    }
}

void with_connections_killed(Run& run) {
    while (!run.is_over()) {
        const Deadline second(milliseconds(1000));
        eventually([&] { return second.has_passed() || run.is_over(); }, milliseconds(2000));
        kill_connections(run.servers.redis);
    }
}

// Whether the cache was put to the test at all.
void check_that_much_happened(const NearcacheProcess& proxy, const Verdict& verdict) {
    CHECK(verdict.reads > scaled(10'000));
    CHECK(info_number(proxy, "cache_hits") > static_cast<long long>(scaled(3'000)));
    CHECK(info_number(proxy, "coherence_invalidated_keys") > static_cast<long long>(scaled(500)));
    CHECK(info_number(proxy, "coherence_leases_voided") > 0);
}

void check_history(const std::string& name, const Disturbance& disturb) {
    Servers servers;
    REQUIRE(comes_to_keep(servers.proxy));
    Run run(servers);

    disturb(run);
    CHECK(run.load.stop() == "");
    const Deadline quiet(milliseconds(1000));
    eventually([&] { return quiet.has_passed(); }, milliseconds(2000));

    CHECK(disagreements(servers.ports()) == std::vector<std::string>{});
    auto history = run.load.history();
    history.losses = run.losses;
    const auto verdict = judge(history, {max_staleness, max_staleness});
    MESSAGE(name << ": " << history.writes.size() << " writes, " << run.load.errors() << " errors, "
                 << info_number(servers.proxy, "cache_hits") << " hits, " << verdict.text());
    CHECK(verdict.violations == 0);
    check_that_much_happened(servers.proxy, verdict);
    if (run.losses.empty()) CHECK(info(servers.proxy, "coherence_mode") == "tracking");
}

}  // namespace

TEST_CASE("many writers and readers at once: nobody reads what must not be read") {
    check_history("undisturbed", undisturbed);
}

TEST_CASE("nobody reads what must not be read while Redis is killed and comes back empty") {
    check_history("Redis restarted", with_redis_restarted);
}

TEST_CASE("nobody reads what must not be read while the control connection is stalled") {
    check_history("control connection stalled", with_control_stalled);
}

TEST_CASE("nobody reads what must not be read while all connections are killed every second") {
    check_history("connections killed", with_connections_killed);
}

}  // namespace nearcache::tests
