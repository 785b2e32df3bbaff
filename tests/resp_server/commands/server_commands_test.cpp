#include "resp_server/commands/server_commands.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using namespace std::chrono_literals;

// In front of a store of our own, which has no INFO.
struct EmbeddedHouse : House {
    EmbeddedHouse() { backend.set_lends(false); }
};

// What the backend of these tests says.
constexpr std::string_view theirs = "# Server\r\nredis_version:7.0.15\r\n";

std::string sections(const std::string& info) {
    std::string names;
    for (auto at = info.find("# "); at != info.npos; at = info.find("# ", at + 1)) {
        names += info.substr(at + 2, info.find("\r\n", at) - at - 2) + " ";
    }
    return names;
}

// The text of a bulk or verbatim string.
std::string text_in(const std::string& reply) {
    const auto head = reply.find("\r\n") + 2;
    return reply.substr(head, reply.size() - head - 2);
}

TEST_CASE("INFO is the backend's text as it is, and then our sections") {
    House house;
    Visitor visitor(house);

    for (const std::string_view line : {"INFO", "info default", "INFO All", "INFO EVERYTHING"}) {
        CAPTURE(line);
        visitor.say(line);
        CHECK(house.backend.commands().back() == "> " + std::string(line));
        house.backend.reply(0, bulk(theirs));

        const auto text = text_in(visitor.hear());
        CHECK(text.starts_with(std::string(theirs) + "\r\n# Nearcache\r\nnearcache_version:"));
        CHECK(sections(text) == "Server Nearcache Cache Coherence ");
    }
}

TEST_CASE("our sections are parted by an empty line, and the text is one bulk string") {
    House house;
    Visitor visitor(house);
    visitor.say("INFO");
    house.backend.reply(0, bulk(theirs));

    const auto info = visitor.hear();

    CHECK(info.find("\r\n\r\n# Cache\r\n") != std::string::npos);
    CHECK(info.find("\r\n\r\n# Coherence\r\n") != std::string::npos);
    CHECK(info == bulk(text_in(info)));
}

TEST_CASE("INFO of our sections alone is answered at once, without the backend") {
    House house;
    Visitor visitor(house);

    CHECK(sections(visitor.ask("INFO CACHE")) == "Cache ");
    CHECK(sections(visitor.ask("info coherence nearcache")) == "Nearcache Coherence ");
    CHECK(house.backend.forwards() == 0);
}

TEST_CASE("INFO of the backend's sections alone is its reply, byte for byte") {
    House house;
    Visitor visitor(house);

    visitor.say("INFO server nosuch");
    house.backend.reply(0, "$3\r\nany\r\n");

    CHECK(visitor.hear() == "$3\r\nany\r\n");
}

TEST_CASE("INFO of sections of both goes to the backend with all its words") {
    House house;
    Visitor visitor(house);

    visitor.say("INFO cache server");
    CHECK(house.backend.commands().back() == "> INFO cache server");
    house.backend.reply(0, bulk(theirs));
    CHECK(sections(visitor.hear()) == "Server Cache ");

    visitor.say("INFO nosuch cache");
    house.backend.reply(0, bulk(""));
    CHECK(text_in(visitor.hear()).starts_with("# Cache\r\n"));
}

TEST_CASE("when the backend cannot be asked, INFO is our sections alone") {
    House house;
    house.backend.set_reachable(false);
    Visitor visitor(house);

    visitor.say("INFO");
    house.backend.fail(0, Errc::backend_unreachable);

    const auto info = visitor.hear();
    CHECK(text_in(info).starts_with("# Nearcache\r\n"));
    CHECK(info.find("\r\nnearcache_backend_reachable:0\r\n") != std::string::npos);
}

TEST_CASE("an error of the backend is all that INFO says") {
    House house;
    Visitor visitor(house);

    visitor.say("INFO");
    house.backend.reply(0, "-NOPERM no\r\n");

    CHECK(visitor.hear() == "-NOPERM no\r\n");
}

TEST_CASE("in RESP3 INFO is a verbatim string") {
    House house;
    Visitor visitor(house);
    visitor.client().set_dialect(resp::Dialect::resp3);

    visitor.say("INFO");
    CHECK(house.backend.commands().back() == "[resp3] > INFO");
    house.backend.reply(0, "=7\r\ntxt:a\r\n\r\n");

    const auto info = visitor.hear();
    const auto text = text_in(info);
    CHECK(text.starts_with("txt:a\r\n\r\n# Nearcache\r\n"));
    CHECK(info == "=" + std::to_string(text.size()) + "\r\n" + text + "\r\n");
    CHECK(visitor.ask("INFO cache").starts_with("="));
}

TEST_CASE("INFO of a client with a connection of its own is asked there") {
    House house;
    Visitor visitor(house);
    visitor.say("WATCH k");
    auto& own = house.backend.private_connection(0);
    own.give("+OK\r\n");
    visitor.hear();
    own.take_sent();

    visitor.say("INFO");
    CHECK(own.take_sent() == "*1\r\n$4\r\nINFO\r\n");
    own.give(bulk(theirs));

    CHECK(sections(visitor.hear()) == "Server Nearcache Cache Coherence ");
}

TEST_CASE("in front of a store of our own INFO has a section Server for those who look into it") {
    EmbeddedHouse house;
    house.facts.run_id = "abc";
    house.facts.tcp_port = 6380;
    Visitor visitor(house);

    const auto info = visitor.ask("INFO");
    CHECK(sections(info) == "Server Nearcache Cache Coherence ");
    CHECK(info.find("\r\nredis_version:7.0.15\r\n") != std::string::npos);
    CHECK(info.find("\r\nrun_id:abc\r\n") != std::string::npos);
    CHECK(info.find("\r\ntcp_port:6380\r\n") != std::string::npos);
    CHECK(sections(visitor.ask("INFO server")) == "Server ");
    CHECK(visitor.ask("INFO replication") == bulk(""));
    CHECK(house.backend.forwards() == 0);
}

TEST_CASE("CONFIG GET is the backend's to answer") {
    House house;
    Visitor visitor(house);

    visitor.say("CONFIG GET save");
    CHECK(house.backend.commands().back() == "> CONFIG GET save");
    house.backend.reply(0, "*0\r\n");

    CHECK(visitor.hear() == "*0\r\n");
}

TEST_CASE("for a store of our own CONFIG GET answers each setting it knows once") {
    EmbeddedHouse house;
    Visitor visitor(house);

    CHECK(visitor.ask("CONFIG GET save") == "*2\r\n" + bulk("save") + bulk(""));
    CHECK(visitor.ask("config get APPENDONLY Save") ==
          "*4\r\n" + bulk("appendonly") + bulk("no") + bulk("save") + bulk(""));
    CHECK(visitor.ask("CONFIG GET max* maxclients") ==
          "*6\r\n" + bulk("maxclients") + bulk("50") + bulk("maxmemory") + bulk("268435456") +
              bulk("maxmemory-policy") + bulk("allkeys-lru"));
    CHECK(visitor.ask("CONFIG GET nonsense") == "*0\r\n");
}

TEST_CASE("for a store of our own CONFIG GET * answers every setting, in RESP3 as a map") {
    EmbeddedHouse house;
    house.config.idle_timeout = 90s;
    house.config.request.max_bulk_bytes = 1000;
    Visitor visitor(house);

    const auto reply = visitor.ask("CONFIG GET *");

    CHECK(reply.starts_with("*16\r\n"));
    CHECK(reply.find(bulk("timeout") + bulk("90")) != std::string::npos);
    CHECK(reply.find(bulk("proto-max-bulk-len") + bulk("1000")) != std::string::npos);
    CHECK(reply.find(bulk("databases") + bulk("1")) != std::string::npos);
    visitor.client().set_dialect(resp::Dialect::resp3);
    CHECK(visitor.ask("CONFIG GET *") == "%8\r\n" + reply.substr(5));
}

TEST_CASE("administrative commands are refused, and the error names the setting") {
    House house;
    Visitor visitor(house);

    for (const std::string_view line :
         {"CONFIG SET save x", "SHUTDOWN", "DEBUG SLEEP 1", "ACL SETUSER a", "CLIENT PAUSE 1"}) {
        CAPTURE(line);
        const auto reply = visitor.ask(line);
        CHECK(reply.starts_with("-NOPERM '"));
        CHECK(
            reply.ends_with(" is an administrative command, and resp.admin_commands is deny\r\n"));
    }
    CHECK(house.backend.commands().empty());
    CHECK(house.backend.private_connections() == 0);
}

TEST_CASE("where they are allowed they go over a connection of the client's own") {
    House house;
    house.config.allows_admin_commands = true;
    Visitor visitor(house);

    visitor.say("CONFIG SET save x");
    auto& own = house.backend.private_connection(0);
    CHECK(own.take_sent() == "*4\r\n" + bulk("CONFIG") + bulk("SET") + bulk("save") + bulk("x"));
    own.give("+OK\r\n");

    CHECK(visitor.hear() == "+OK\r\n");
    CHECK(own.was_given_back());
}

}  // namespace
}  // namespace nearcache::resp_server
