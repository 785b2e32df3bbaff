#include "resp_server/info_text.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;

InfoWish wish(std::vector<std::string_view> words) { return InfoWish::of(words); }

std::string info_of(House& house) { return our_info(house.context, wish({})); }

// The value of "name:value"; "(none)" without such a line.
std::string field(const std::string& info, std::string_view name) {
    const auto line = "\r\n" + std::string(name) + ":";
    const auto at = info.find(line);
    if (at == info.npos) return "(none)";
    const auto begin = at + line.size();
    return info.substr(begin, info.find("\r\n", begin) - begin);
}

TEST_CASE("without a section INFO is about everything, ours and the backend's") {
    for (const auto& words : std::vector<std::vector<std::string_view>>{
             {}, {"all"}, {"DEFAULT"}, {"Everything"}, {"cache", "all"}}) {
        CHECK(wish(words).everything);
        CHECK(wish(words).backend);
        CHECK(wish(words).wants_ours());
    }
}

TEST_CASE("a section of INFO is ours by its name in any case, and else the backend's") {
    for (const std::string_view ours : {"nearcache", "Cache", "COHERENCE"}) {
        CHECK(wish({ours}).wants_ours());
        CHECK(!wish({ours}).backend);
        CHECK(wish({ours, "memory"}).backend);
    }
    CHECK(!wish({"server"}).wants_ours());
    CHECK(wish({"server"}).backend);
    CHECK(!wish({"caches"}).wants_ours());
}

TEST_CASE("every field of ours has a name that Redis does not use") {
    House house;
    const auto info = info_of(house);
    std::size_t fields = 0;

    for (auto at = info.find("\r\n"); at + 2 < info.size(); at = info.find("\r\n", at + 2)) {
        const auto line = info.substr(at + 2, info.find("\r\n", at + 2) - at - 2);
        if (line.empty() || line.starts_with("# ")) continue;
        CAPTURE(line);
        ++fields;
        const bool is_ours = line.starts_with("nearcache_") || line.starts_with("cache_") ||
                             line.starts_with("coherence_");
        CHECK(is_ours);
    }
    CHECK(fields > 50);
}

TEST_CASE("INFO says who we are and how the backend does") {
    House house;
    house.facts.version = "1.2.3";
    house.facts.run_id = "abc";
    house.facts.backend = "redis://h:1";
    house.facts.threads = 2;
    house.facts.tcp_port = 6380;
    house.facts.most_own_connections = 7;
    house.facts.started_at = house.clock.now();
    house.clock.advance(61900ms);

    const auto info = info_of(house);
    CHECK(field(info, "nearcache_version") == "1.2.3");
    CHECK(field(info, "nearcache_backend") == "redis://h:1");
    CHECK(field(info, "nearcache_backend_reachable") == "1");
    CHECK(field(info, "nearcache_run_id") == "abc");
    CHECK(field(info, "nearcache_tcp_port") == "6380");
    CHECK(field(info, "nearcache_io_threads") == "2");
    CHECK(field(info, "nearcache_uptime_in_seconds") == "61");
    CHECK(field(info, "nearcache_max_own_backend_connections") == "7");

    house.backend.set_reachable(false);
    CHECK(field(info_of(house), "nearcache_backend_reachable") == "0");
}

TEST_CASE(
    "INFO counts clients, their own connections and requests in flight, and who was refused") {
    House house(2);
    const auto place = house.connections.try_acquire();
    Visitor monitor(house), other(house);
    monitor.say("MONITOR");
    house.backend.private_connection(0).give("+OK\r\n");
    other.say("GET a");
    other.say("GET b");
    other.say("GET c");

    const auto info = info_of(house);
    CHECK(field(info, "nearcache_connected_clients") == "1");
    CHECK(field(info, "nearcache_max_clients") == "50");
    CHECK(field(info, "nearcache_own_backend_connections") == "1");
    CHECK(field(info, "nearcache_requests_in_flight") == "2");
    CHECK(field(info, "nearcache_max_requests_in_flight") == "2");
    CHECK(field(info, "nearcache_rejected_requests") == "1");
    CHECK(field(info, "nearcache_rejected_connections") == "0");

    house.backend.fail_all(Errc::shutting_down);
    CHECK(field(info_of(house), "nearcache_requests_in_flight") == "0");
}

TEST_CASE("INFO adds up what the lanes have counted") {
    House house;
    Counters::add(house.context.counters[0].commands, 3);
    Counters::add(house.context.counters[1].commands, 4);
    Counters::add(house.context.counters[1].connections, 2);
    Counters::add(house.context.counters[0].protocol_errors, 1);

    const auto info = info_of(house);

    CHECK(field(info, "nearcache_total_commands_processed") == "7");
    CHECK(field(info, "nearcache_total_connections_received") == "2");
    CHECK(field(info, "nearcache_protocol_errors") == "1");
}

TEST_CASE("INFO tells what the cache did and holds") {
    House house;
    Visitor visitor(house);
    keep(house, "k", "v");
    visitor.say("GET none");
    house.backend.answer_absent(0, "none");
    visitor.ask("GET k");
    visitor.ask("GET k");
    visitor.ask("GET none");
    visitor.say("GET open");

    const auto info = info_of(house);

    CHECK(field(info, "cache_entries") == "1");
    CHECK(field(info, "cache_max_entries") == "100");
    CHECK(field(info, "cache_absent_keys") == "1");
    CHECK(field(info, "cache_hits") == "2");
    CHECK(field(info, "cache_absent_hits") == "1");
    CHECK(field(info, "cache_misses") == "3");
    CHECK(field(info, "cache_inserts") == "2");
    CHECK(field(info, "cache_open_leases") == "1");
    CHECK(field(info, "cache_ttl_ms") == "60000");
    CHECK(field(info, "cache_shards") == "1");
    house.backend.answer(0, "open", "w");
}

}  // namespace
}  // namespace nearcache::resp_server
