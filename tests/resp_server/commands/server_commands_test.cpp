#include "resp_server/commands/server_commands.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;

// The value of "name:value" in INFO's text; "(none)" without such a line.
std::string field(const std::string& info, std::string_view name) {
    const auto line = "\r\n" + std::string(name) + ":";
    const auto at = info.find(line);
    if (at == info.npos) return "(none)";
    const auto begin = at + line.size();
    return info.substr(begin, info.find("\r\n", begin) - begin);
}

std::string sections(const std::string& info) {
    std::string names;
    for (auto at = info.find("# "); at != info.npos; at = info.find("# ", at + 1)) {
        names += info.substr(at + 2, info.find("\r\n", at) - at - 2) + " ";
    }
    return names;
}

TEST_CASE("COMMAND and COMMAND INFO tell of every command, with its arity") {
    House house;
    Visitor visitor(house);
    const auto count = std::to_string(all_commands().size());

    const auto all = visitor.ask("COMMAND");
    CHECK(all.starts_with("*" + count + "\r\n*10\r\n"));
    CHECK(visitor.ask("COMMAND INFO") == all);
    CHECK(visitor.ask("COMMAND COUNT") == ":" + count + "\r\n");
    CHECK(all.find("*10\r\n$3\r\nget\r\n:2\r\n") != std::string::npos);
}

TEST_CASE("COMMAND INFO tells of the commands it names, in their order, and nil of the others") {
    House house;
    Visitor visitor(house);

    const auto reply = visitor.ask("COMMAND INFO set nonsense GET config|get");

    CHECK(reply.starts_with("*4\r\n*10\r\n$3\r\nset\r\n:-3\r\n"));
    const auto nil = reply.find("*-1\r\n*10\r\n$3\r\nget\r\n:2\r\n");
    REQUIRE(nil != std::string::npos);
    CHECK(reply.find("*10\r\n$10\r\nconfig|get\r\n:-3\r\n", nil) != std::string::npos);
}

TEST_CASE("COMMAND LIST names every command") {
    House house;
    Visitor visitor(house);
    std::string expected = "*" + std::to_string(all_commands().size()) + "\r\n";
    for (const auto& spec : all_commands()) expected += bulk(spec.name);

    CHECK(visitor.ask("command list") == expected);
}

TEST_CASE("what else COMMAND can be asked is the backend's to answer") {
    for (const std::string_view line :
         {"COMMAND DOCS get", "COMMAND GETKEYS SET k v", "COMMAND LIST FILTERBY PATTERN x*"}) {
        CAPTURE(line);
        House house;
        Visitor visitor(house);

        visitor.say(line);
        CHECK(house.backend.commands().back() == "> " + std::string(line));
        house.backend.reply(0, "*0\r\n");

        CHECK(visitor.hear() == "*0\r\n");
    }
}

TEST_CASE("CONFIG GET answers what it knows of the patterns it is given, each setting once") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("CONFIG GET save") == "*2\r\n" + bulk("save") + bulk(""));
    CHECK(visitor.ask("config get APPENDONLY Save") ==
          "*4\r\n" + bulk("appendonly") + bulk("no") + bulk("save") + bulk(""));
    CHECK(visitor.ask("CONFIG GET max* maxclients") ==
          "*6\r\n" + bulk("maxclients") + bulk("50") + bulk("maxmemory") + bulk("268435456") +
              bulk("maxmemory-policy") + bulk("allkeys-lru"));
    CHECK(visitor.ask("CONFIG GET nonsense") == "*0\r\n");
}

TEST_CASE("CONFIG GET * answers every setting") {
    House house;
    house.config.idle_timeout = 90s;
    house.config.request.max_bulk_bytes = 1000;
    Visitor visitor(house);

    const auto reply = visitor.ask("CONFIG GET *");

    CHECK(reply.starts_with("*16\r\n"));
    CHECK(reply.find(bulk("timeout") + bulk("90")) != std::string::npos);
    CHECK(reply.find(bulk("proto-max-bulk-len") + bulk("1000")) != std::string::npos);
    CHECK(reply.find(bulk("databases") + bulk("1")) != std::string::npos);
}

TEST_CASE("INFO has our sections, or those that are asked for, in one bulk string") {
    House house;
    Visitor visitor(house);

    CHECK(sections(visitor.ask("INFO")) == "Server Clients Stats Cache Coherence ");
    CHECK(sections(visitor.ask("INFO everything")) == "Server Clients Stats Cache Coherence ");
    CHECK(sections(visitor.ask("INFO all")) == "Server Clients Stats Cache Coherence ");
    CHECK(sections(visitor.ask("INFO default")) == "Server Clients Stats Cache Coherence ");
    CHECK(sections(visitor.ask("INFO CACHE")) == "Cache ");
    CHECK(sections(visitor.ask("info stats clients")) == "Clients Stats ");
    CHECK(visitor.ask("INFO replication") == bulk(""));
    const auto info = visitor.ask("INFO stats");
    const auto text = info.substr(info.find("\r\n") + 2);
    CHECK(info == bulk(text.substr(0, text.size() - 2)));
}

TEST_CASE("sections are parted by an empty line") {
    House house;
    Visitor visitor(house);

    const auto info = visitor.ask("INFO");

    for (const std::string_view name : {"Clients", "Stats", "Cache", "Coherence"}) {
        CHECK(info.find("\r\n\r\n# " + std::string(name) + "\r\n") != std::string::npos);
    }
}

TEST_CASE("INFO says who we are and how the backend does") {
    House house;
    house.facts.version = "1.2.3";
    house.facts.run_id = "abc";
    house.facts.backend = "redis://h:1";
    house.facts.threads = 2;
    house.facts.tcp_port = 6380;
    house.facts.started_at = house.clock.now();
    house.clock.advance(61900ms);
    Visitor visitor(house);

    const auto info = visitor.ask("INFO server");
    CHECK(field(info, "redis_version") == "7.0.15");
    CHECK(field(info, "nearcache_version") == "1.2.3");
    CHECK(field(info, "nearcache_backend") == "redis://h:1");
    CHECK(field(info, "nearcache_backend_reachable") == "1");
    CHECK(field(info, "run_id") == "abc");
    CHECK(field(info, "tcp_port") == "6380");
    CHECK(field(info, "io_threads") == "2");
    CHECK(field(info, "uptime_in_seconds") == "61");

    house.backend.set_reachable(false);
    CHECK(field(visitor.ask("INFO"), "nearcache_backend_reachable") == "0");
}

TEST_CASE("INFO counts clients and requests in flight, and who was refused") {
    House house(2);
    const auto place = house.connections.try_acquire();
    Visitor visitor(house), other(house);
    other.say("GET a");
    other.say("GET b");
    other.say("GET c");

    const auto info = visitor.ask("INFO");
    CHECK(field(info, "connected_clients") == "1");
    CHECK(field(info, "maxclients") == "50");
    CHECK(field(info, "requests_in_flight") == "2");
    CHECK(field(info, "max_requests_in_flight") == "2");
    CHECK(field(info, "rejected_requests") == "1");
    CHECK(field(info, "rejected_connections") == "0");

    house.backend.fail_all(Errc::shutting_down);
    CHECK(field(visitor.ask("INFO"), "requests_in_flight") == "0");
}

TEST_CASE("INFO adds up what the lanes have counted") {
    House house;
    Counters::add(house.context.counters[0].commands, 3);
    Counters::add(house.context.counters[1].commands, 4);
    Counters::add(house.context.counters[1].connections, 2);
    Counters::add(house.context.counters[0].protocol_errors, 1);
    Visitor visitor(house);

    const auto info = visitor.ask("INFO stats");

    CHECK(field(info, "total_commands_processed") == "7");
    CHECK(field(info, "total_connections_received") == "2");
    CHECK(field(info, "protocol_errors") == "1");
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

    visitor.say("INFO cache");
    house.backend.answer(0, "open", "w");
    const auto info = visitor.hear();

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
}

}  // namespace
}  // namespace nearcache::resp_server
