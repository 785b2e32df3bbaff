#include "resp_server/command_table.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::resp_server {
namespace {

using Words = std::vector<std::string_view>;

// "SET k v" as words; '' is an empty one.
Words words_of(std::string_view line) {
    Words words;
    while (!line.empty()) {
        const auto end = std::min(line.find(' '), line.size());
        const std::string_view word = line.substr(0, end);
        words.push_back(word == "''" ? std::string_view{} : word);
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

Handler handler_of(std::string_view line) { return resolve(words_of(line)).handler; }

// Every other letter in upper case.
std::string mixed_case(std::string_view name, std::size_t first) {
    std::string mixed(name);
    for (std::size_t i = first; i < mixed.size(); i += 2) {
        mixed[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(mixed[i])));
    }
    return mixed;
}

TEST_CASE("every command is found under its name in any case") {
    for (const CommandSpec& spec : all_commands()) {
        CAPTURE(spec.name);

        CHECK(find_command(spec.name) == &spec);
        CHECK(find_command(mixed_case(spec.name, 0)) == &spec);
        CHECK(find_command(mixed_case(spec.name, 1)) == &spec);
    }
}

TEST_CASE("what only looks like a command is not found") {
    for (const std::string_view name :
         {"", "g", "ge", "gett", "get ", "ge\x14", "config|get", "restore\rasking",
          "restore_asking", "sentinel", "no such command", "zremrangebyle"}) {
        CAPTURE(name);
        CHECK(find_command(name) == nullptr);
    }
    for (const CommandSpec& spec : all_commands()) {
        CAPTURE(spec.name);
        CHECK(find_command(std::string(spec.name) + '\0') == nullptr);
        CHECK(find_command(std::string(spec.name) + "!") == nullptr);
    }
    CHECK(find_command(std::string(1'000'000, 'g')) == nullptr);
}

TEST_CASE("the table holds Redis 7.0's 240 commands and 126 subcommands, and two of our own") {
    std::set<std::string_view> names, ours;
    std::size_t subcommand_count = 0;
    for (const CommandSpec& spec : all_commands()) {
        (spec.name.starts_with("proxy.") ? ours : names).insert(spec.name);
        for (const CommandSpec& row : subcommands(spec)) names.insert(row.name);
        subcommand_count += subcommands(spec).size();
        CHECK(spec.has(flags::container) == !subcommands(spec).empty());
    }

    CHECK(ours == std::set<std::string_view>{"proxy.explain", "proxy.get"});
    CHECK(all_commands().size() == 240 + ours.size());
    CHECK(subcommand_count == 126);
    CHECK(names.size() == 366);
}

TEST_CASE("a row says what COMMAND says of it") {
    const CommandSpec& get = *find_command("get");
    CHECK(get.arity == 2);
    CHECK(get.first_key == 1);
    CHECK(get.last_key == 1);
    CHECK(get.key_step == 1);
    CHECK(get.has(flags::readonly));
    CHECK(get.has(flags::fast));
    CHECK_FALSE(get.has(flags::write));

    const CommandSpec& mset = *find_command("mset");
    CHECK(mset.arity == -3);
    CHECK(mset.last_key == -1);
    CHECK(mset.key_step == 2);
    CHECK(mset.has(flags::denyoom));
    CHECK_FALSE(mset.has(flags::fast));

    CHECK(find_command("blpop")->last_key == -2);
    CHECK(find_command("eval")->has(flags::movable));
    CHECK(find_command("shutdown")->has(flags::busy));
    CHECK(find_full_name("xgroup|create")->first_key == 2);
}

TEST_CASE("an arity is exact, or the least when it is negative") {
    const CommandSpec& get = *find_command("get");
    CHECK_FALSE(get.takes(1));
    CHECK(get.takes(2));
    CHECK_FALSE(get.takes(3));

    const CommandSpec& mget = *find_command("mget");
    CHECK_FALSE(mget.takes(1));
    CHECK(mget.takes(2));
    CHECK(mget.takes(1000));
}

TEST_CASE("a subcommand is found in its container only") {
    const CommandSpec& config = *find_command("config");
    const CommandSpec* config_get = find_subcommand(config, "GeT");
    REQUIRE(config_get != nullptr);
    CHECK(config_get->name == "config|get");
    CHECK(find_full_name("CONFIG|Get") == config_get);
    CHECK(find_full_name("get") == find_command("get"));

    CHECK(find_subcommand(config, "usage") == nullptr);
    CHECK(find_subcommand(config, "") == nullptr);
    CHECK(find_subcommand(*find_command("get"), "get") == nullptr);
    CHECK(find_full_name("config|") == nullptr);
    CHECK(find_full_name("get|get") == nullptr);
    CHECK(find_full_name("|get") == nullptr);
}

TEST_CASE("a container with a subcommand falls under the subcommand's row") {
    CHECK(resolve(words_of("CONFIG GET maxmemory")).spec->name == "config|get");
    CHECK(resolve(words_of("client No-Evict on")).spec->name == "client|no-evict");
    CHECK(resolve(words_of("COMMAND")).spec->name == "command");
    CHECK(resolve(words_of("OBJECT")).spec->name == "object");
}

TEST_CASE("a container alone is too short, and has no subcommand to complain about") {
    for (const CommandSpec& spec : all_commands()) {
        if (!spec.has(flags::container) || spec.name == "command") continue;
        CAPTURE(spec.name);

        const Resolved resolved = resolve(Words{spec.name});

        CHECK(resolved.spec == &spec);
        CHECK(resolved.handler != Handler::refuse_subcommand);
        CHECK_FALSE(spec.takes(1));
        CHECK(spec.takes(2));
    }
}

TEST_CASE("unknown commands and subcommands are told apart") {
    CHECK(resolve(words_of("FOO bar")).spec == nullptr);
    CHECK(handler_of("FOO bar") == Handler::refuse_unknown);
    for (const std::string_view line : {"OBJECT foo k", "COMMAND foo", "CLIENT foo", "CONFIG ''"}) {
        CAPTURE(line);
        CHECK(handler_of(line) == Handler::refuse_subcommand);
        CHECK(resolve(words_of(line)).spec == find_command(words_of(line)[0]));
    }
}

TEST_CASE("what the door answers goes to its own handler") {
    CHECK(handler_of("GET k") == Handler::get);
    CHECK(handler_of("mget a b") == Handler::mget);
    CHECK(handler_of("PROXY.GET k NOCACHE") == Handler::proxy_get);
    CHECK(handler_of("proxy.explain k") == Handler::proxy_explain);
    CHECK(handler_of("PING") == Handler::ping);
    CHECK(handler_of("ECHO x") == Handler::echo);
    CHECK(handler_of("QUIT") == Handler::quit);
    CHECK(handler_of("SELECT 0") == Handler::select);
    CHECK(handler_of("COMMAND") == Handler::command);
    CHECK(handler_of("COMMAND DOCS get") == Handler::command);
    CHECK(handler_of("CONFIG GET save") == Handler::config);
    CHECK(handler_of("CLIENT SETNAME x") == Handler::client_here);
    CHECK(handler_of("CLIENT LIST") == Handler::client_list);
    CHECK(handler_of("client reply off") == Handler::client_reply);
    CHECK(handler_of("INFO") == Handler::info);
    CHECK(handler_of("HELLO 3") == Handler::hello);
    CHECK(handler_of("AUTH x") == Handler::auth);
    CHECK(handler_of("RESET") == Handler::reset);
}

TEST_CASE("what needs a connection of its own goes to those who get it one") {
    const std::vector<std::pair<std::string_view, Handler>> handlers{
        {"MULTI", Handler::multi},
        {"EXEC", Handler::exec},
        {"DISCARD", Handler::discard},
        {"WATCH k", Handler::watch},
        {"UNWATCH", Handler::unwatch},
        {"BLPOP k 0", Handler::block},
        {"BRPOP k 0", Handler::block},
        {"BLMOVE a b LEFT LEFT 0", Handler::block},
        {"BRPOPLPUSH a b 0", Handler::block},
        {"BLMPOP 0 1 k LEFT", Handler::block},
        {"BZPOPMIN k 0", Handler::block},
        {"BZPOPMAX k 0", Handler::block},
        {"BZMPOP 0 1 k MIN", Handler::block},
        {"WAIT 1 0", Handler::wait},
        {"SUBSCRIBE c", Handler::subscribe},
        {"UNSUBSCRIBE", Handler::subscribe},
        {"PSUBSCRIBE c", Handler::subscribe},
        {"PUNSUBSCRIBE", Handler::subscribe},
        {"SSUBSCRIBE c", Handler::subscribe},
        {"SUNSUBSCRIBE", Handler::subscribe},
        {"MONITOR", Handler::monitor},
        {"CLIENT TRACKING ON", Handler::client_tracking},
        {"CLIENT NO-EVICT ON", Handler::client_no_evict}};

    for (const auto& [line, handler] : handlers) {
        CAPTURE(line);
        CHECK(handler_of(line) == handler);
    }
}

TEST_CASE("what makes something else of its connection is refused") {
    for (const std::string_view line :
         {"SYNC", "PSYNC ? -1", "REPLCONF ACK 1", "SCRIPT DEBUG YES"}) {
        CAPTURE(line);
        CHECK(handler_of(line) == Handler::refuse_for_good);
    }
}

TEST_CASE("what speaks of a cluster is told that there is none") {
    for (const std::string_view line : {"READONLY", "READWRITE", "ASKING"}) {
        CAPTURE(line);
        CHECK(handler_of(line) == Handler::refuse_cluster);
    }
}

TEST_CASE("every command that Redis marks as blocking waits alone, or is looked at twice") {
    for (const CommandSpec& spec : all_commands()) {
        if (!spec.has(flags::blocking)) continue;
        CAPTURE(spec.name);
        CHECK((spec.handler == Handler::block || spec.handler == Handler::forward_unless_blocking));
    }
}

TEST_CASE("XREAD and XREADGROUP wait alone only with the BLOCK option") {
    CHECK(handler_of("XREAD STREAMS s 0") == Handler::forward);
    CHECK(handler_of("XREAD COUNT 2 STREAMS block 0") == Handler::forward);
    CHECK(handler_of("XREAD COUNT block STREAMS s 0") == Handler::forward);
    CHECK(handler_of("XREADGROUP GROUP block c STREAMS s >") == Handler::forward);
    CHECK(handler_of("XREADGROUP GROUP g block NOACK STREAMS s >") == Handler::forward);
    CHECK(handler_of("XREAD NONSENSE STREAMS s 0") == Handler::forward);

    CHECK(handler_of("XREAD BLOCK 0 STREAMS s 0") == Handler::block);
    CHECK(handler_of("xread count 1 block 0 streams s $") == Handler::block);
    CHECK(handler_of("XREADGROUP GROUP g c NOACK BLOCK 0 STREAMS s >") == Handler::block);
    CHECK(handler_of("XREADGROUP GROUP streams c BLOCK 0 STREAMS s >") == Handler::block);
}

TEST_CASE("an option of a newer Redis does not hide BLOCK") {
    CHECK(handler_of("XREADGROUP GROUP g c CLAIM 10 BLOCK 0 STREAMS s >") == Handler::block);
}

TEST_CASE("what changes the server itself goes to where that is allowed or not") {
    for (const std::string_view line : {"SHUTDOWN",
                                        "DEBUG SLEEP 1",
                                        "REPLICAOF h 1",
                                        "SLAVEOF NO ONE",
                                        "MODULE LOAD m",
                                        "MODULE LOADEX m",
                                        "MODULE UNLOAD m",
                                        "FAILOVER",
                                        "CLUSTER RESET",
                                        "CLUSTER MEET h 1",
                                        "CLUSTER ADDSLOTS 1",
                                        "CLUSTER SETSLOT 1 STABLE",
                                        "SAVE",
                                        "BGSAVE",
                                        "BGREWRITEAOF",
                                        "MIGRATE h 1 k 0 1",
                                        "ACL SETUSER u",
                                        "ACL DELUSER u",
                                        "ACL LOAD",
                                        "ACL SAVE",
                                        "CONFIG SET a b",
                                        "CONFIG RESETSTAT",
                                        "CONFIG REWRITE",
                                        "PFDEBUG GETREG k",
                                        "PFSELFTEST",
                                        "RESTORE-ASKING k 0 x"}) {
        CAPTURE(line);
        CHECK(handler_of(line) == Handler::administer);
    }
}

TEST_CASE("everything with one reply is forwarded") {
    for (const std::string_view line : {"SET k v",       "DEL k",          "HLEN k",
                                        "KEYS *",        "SCAN 0",         "RANDOMKEY",
                                        "DBSIZE",        "LASTSAVE",       "TIME",
                                        "SWAPDB 0 1",    "FLUSHALL",       "EVAL x 0",
                                        "SCRIPT LOAD x", "FUNCTION LIST",  "LATENCY LATEST",
                                        "SLOWLOG GET",   "MEMORY USAGE k", "OBJECT ENCODING k",
                                        "CLUSTER INFO",  "MODULE LIST",    "ACL WHOAMI",
                                        "PUBLISH c m",   "PUBSUB NUMPAT",  "ROLE",
                                        "LOLWUT"}) {
        CAPTURE(line);
        CHECK(handler_of(line) == Handler::forward);
    }
}

TEST_CASE("a command that Redis marks as a write is one here") {
    const auto check = [](const CommandSpec& spec) {
        CAPTURE(spec.name);
        if (spec.has(flags::write)) CHECK(spec.access == Access::write);
        if (spec.access == Access::read) CHECK(spec.has(flags::readonly));
        if (spec.writes != Writes::none) CHECK(spec.access == Access::write);
        // FUNCTION LOAD and the like are writes to Redis, and touch no key.
        if (spec.has(flags::write) && spec.writes == Writes::none) {
            CHECK(spec.name.starts_with("function|"));
        }
    };
    for (const CommandSpec& spec : all_commands()) {
        check(spec);
        std::ranges::for_each(subcommands(spec), check);
    }
    CHECK(find_command("pfcount")->access == Access::write);
    CHECK(find_command("eval")->access == Access::write);
    CHECK(find_command("fcall")->access == Access::write);
    CHECK(find_command("eval_ro")->access == Access::read);
    CHECK(find_command("get")->access == Access::read);
    CHECK(find_command("proxy.get")->access == Access::read);
    CHECK(find_command("proxy.explain")->access == Access::read);
    CHECK(find_command("ping")->access == Access::none);
}

TEST_CASE("COMMAND INFO shows a row in Redis's ten fields") {
    std::string out;

    append_command_info(out, *find_command("getdel"));

    CHECK(out ==
          "*10\r\n$6\r\ngetdel\r\n:2\r\n*2\r\n+write\r\n+fast\r\n:1\r\n:1\r\n:1\r\n"
          "*3\r\n+@write\r\n+@string\r\n+@fast\r\n*0\r\n*0\r\n*0\r\n");
}

TEST_CASE("COMMAND INFO shows a container's subcommands inside it") {
    std::string out;

    append_command_info(out, *find_command("xinfo"));

    CHECK(out.starts_with(
        "*10\r\n$5\r\nxinfo\r\n:-2\r\n*0\r\n:0\r\n:0\r\n:0\r\n*1\r\n+@slow\r\n*0\r\n*0\r\n"
        "*4\r\n*10\r\n$15\r\nxinfo|consumers\r\n:4\r\n*1\r\n+readonly\r\n"));
    CHECK(out.find("$12\r\nxinfo|stream\r\n") != std::string::npos);
}

}  // namespace
}  // namespace nearcache::resp_server
