#include "resp_server/command_table.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/real_redis.hpp"
#include "tests/support/resp_wire.hpp"
#include "tests/support/test_client.hpp"

// The command table against the server it describes.
namespace nearcache::tests {

namespace {

using resp_server::Access;
using resp_server::CommandSpec;

// One key of each type, or two; enough for every sample to find what it works on.
const std::vector<std::string> keys_to_work_on = {"SET s 1",
                                                  "SET s2 abc",
                                                  "RPUSH l a b c",
                                                  "RPUSH l2 d",
                                                  "SADD t a b c",
                                                  "SADD t2 c",
                                                  "HSET h f 1",
                                                  "ZADD z 1 a 2 b 3 c",
                                                  "ZADD z2 1 a",
                                                  "GEOADD g 13 38 m",
                                                  "GEOADD g 13.1 38.1 n",
                                                  "PFADD p a b c",
                                                  "PFADD p2 d",
                                                  "SET v 1 EX 1000",
                                                  "XADD x 1-1 f v",
                                                  "XADD x 1-2 f v",
                                                  "XADD y 1-1 f v",
                                                  "XGROUP CREATE x gr 0",
                                                  "XGROUP CREATE y gr 0"};

// Every command that may change keys, in the forms that differ in which keys. It is run with the
// keys above in place, and something must then have changed.
const std::vector<std::string> effective = {
    "APPEND s v",
    "BITFIELD s SET u8 0 255",
    "BITOP OR to s s2",
    "BLMOVE l l2 LEFT RIGHT 0",
    "BLMPOP 0 2 none l LEFT",
    "BLPOP none l 0",
    "BRPOP none l 0",
    "BRPOPLPUSH l l2 0",
    "BZMPOP 0 2 none z MIN",
    "BZPOPMAX none z 0",
    "BZPOPMIN none z 0",
    "COPY s to",
    "COPY s s2 REPLACE",
    "DECR s",
    "DECRBY s 2",
    "DEL s none l",
    "EVAL return(redis.call('mset',KEYS[1],1,KEYS[2],2)) 2 s to",
    "EVAL return(redis.call('set','unnamed','v')) 0",
    "EXPIRE s 100",
    "EXPIREAT s 99999999999",
    "FLUSHALL",
    "FLUSHDB",
    "GEOADD g 14 39 o",
    "GEORADIUS g 13 38 500 km STORE to",
    "GEORADIUS g 13 38 500 km ASC STOREDIST to",
    "GEORADIUSBYMEMBER g m 500 km STORE to",
    "GEOSEARCHSTORE to g FROMMEMBER m BYRADIUS 500 km",
    "GETDEL s",
    "GETEX s EX 100",
    "GETEX v PERSIST",
    "GETSET s v",
    "HDEL h f",
    "HINCRBY h f 1",
    "HINCRBYFLOAT h f 0.5",
    "HMSET h f 2",
    "HSET h f 2",
    "HSETNX h f2 1",
    "INCR s",
    "INCRBY s 2",
    "INCRBYFLOAT s 0.5",
    "LINSERT l BEFORE b x",
    "LMOVE l l2 LEFT RIGHT",
    "LMPOP 2 none l LEFT",
    "LPOP l",
    "LPUSH l x",
    "LPUSHX l x",
    "LREM l 0 a",
    "LSET l 0 x",
    "LTRIM l 1 1",
    "MOVE s 1",
    "MSET s 1 s2 2 to 3",
    "MSETNX to 1 to2 2",
    "PERSIST v",
    "PEXPIRE s 100000",
    "PEXPIREAT s 99999999999999",
    "PFADD p z",
    "PFCOUNT p",
    "PFMERGE to p p2",
    "PSETEX s 100000 v",
    "RENAME s to",
    "RENAME s s2",
    "RENAMENX s to",
    "RPOP l",
    "RPOPLPUSH l l2",
    "RPUSH l x",
    "RPUSHX l x",
    "SADD t x",
    "SDIFFSTORE to t t2",
    "SET s v",
    "SETBIT s 6 1",
    "SETEX s 100 v",
    "SETNX to v",
    "SETRANGE s 0 v",
    "SINTERSTORE to t t2",
    "SMOVE t t2 a",
    "SORT l ALPHA DESC STORE to",
    "SORT l BY none GET # LIMIT 0 2 STORE to",
    "SPOP t",
    "SREM t a",
    "SUNIONSTORE to t t2",
    "UNLINK s none l",
    "XADD x * f v",
    "XDEL x 1-1",
    "XGROUP CREATE to gr $ MKSTREAM",
    "XTRIM x MAXLEN 0",
    "ZADD z 9 x",
    "ZDIFFSTORE to 2 z z2",
    "ZINCRBY z 1 a",
    "ZINTERSTORE to 2 z z2 WEIGHTS 1 2",
    "ZMPOP 2 none z MIN",
    "ZPOPMAX z",
    "ZPOPMIN z",
    "ZRANGESTORE to z 0 -1",
    "ZREM z a",
    "ZREMRANGEBYLEX z - +",
    "ZREMRANGEBYRANK z 0 0",
    "ZREMRANGEBYSCORE z 1 2",
    "ZUNIONSTORE to 2 z z2",
};

// The rest: what takes more than a line to have an effect, or has one that Redis does not report.
const std::vector<std::string> others = {
    "EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 1 s",
    "FCALL f 1 s",
    "GEORADIUS g 13 38 500 km",
    "GETEX s",
    "MIGRATE 127.0.0.1 1 s 0 10",
    "MIGRATE 127.0.0.1 1 '' 0 10 KEYS s l",
    "PFDEBUG GETREG p",
    "RESTORE to 0 x",
    "RESTORE-ASKING to 0 x",
    "SORT l ALPHA",
    "XACK x gr 1-1",
    "XAUTOCLAIM x gr c 0 0",
    "XCLAIM x gr c 0 1-1",
    "XGROUP CREATE x other $",
    "XGROUP CREATECONSUMER x gr c",
    "XGROUP DELCONSUMER x gr c",
    "XGROUP DESTROY x gr",
    "XGROUP SETID x gr $",
    "XREADGROUP GROUP gr c COUNT 1 STREAMS x y > >",
    "XSETID x 9-9",
};

// Those that Redis calls writes although no key of theirs can be named.
const std::set<std::string> keyless = {"flushall",        "flushdb",        "swapdb",
                                       "function|delete", "function|flush", "function|load",
                                       "function|restore"};

Words words_of(std::string_view line) {
    Words words;
    while (!line.empty()) {
        const auto end = std::min(line.find(' '), line.size());
        const auto word = line.substr(0, end);
        words.emplace_back(word == "''" ? std::string_view{} : word);
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

std::vector<std::string> all_samples() {
    auto samples = effective;
    samples.insert(samples.end(), others.begin(), others.end());
    return samples;
}

// The elements of a flat array's text, "[a, b]"; empty for "[]".
std::vector<std::string> elements_of(std::string_view text) {
    std::vector<std::string> elements;
    REQUIRE(text.starts_with('['));
    text = text.substr(1, text.size() - 2);
    while (!text.empty()) {
        const auto end = std::min(text.find(", "), text.size());
        elements.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return elements;
}

struct Named {
    const CommandSpec* spec = nullptr;
    std::set<std::string> keys;
    bool everything = false;

    bool covers(const std::string& key) const { return everything || keys.contains(key); }
};

// What the table says that a command changes.
Named named_by(const Words& words) {
    const std::vector<std::string_view> views(words.begin(), words.end());
    Named named;
    named.spec = resp_server::resolve(views).spec;
    REQUIRE(named.spec != nullptr);
    const auto written = resp_server::written_keys(*named.spec, views);
    named.keys.insert(written.keys.begin(), written.keys.end());
    named.everything = written.everything;
    return named;
}

// Keys that a command does more than read, from COMMAND GETKEYSANDFLAGS: "[[s, [RW, update]],
// ...]".
std::vector<std::string> keys_not_only_read(std::string_view text) {
    std::vector<std::string> keys;
    std::size_t start = 1;
    for (auto flags = text.find(", ["); flags != std::string_view::npos;
         flags = text.find(", [", start)) {
        const auto key = text.substr(start + 1, flags - start - 1);
        if (!text.substr(flags + 3).starts_with("RO")) keys.emplace_back(key);
        start = text.find("]]", flags) + 4;
    }
    return keys;
}

bool is_redis_7_0(TestClient& client) {
    return text_of(client.ask({"INFO", "server"})).find("redis_version:7.0.") != std::string::npos;
}

// Redis's own word, key by key, on what a command has changed.
//
// Threads: one at a time.
class ChangeLog {
  public:
    explicit ChangeLog(const RealRedis& redis)
        : listener_(redis.port()), tracker_(redis.port()), client_(redis.port()) {
        const auto id = text_of(listener_.ask({"CLIENT", "ID"}));
        tracker_.ask({"CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST"});
        listener_.ask({"SUBSCRIBE", "__redis__:invalidate"});
        listener_.ask({"SUBSCRIBE", "end"});
    }

    TestClient& client() { return client_; }

    // Keys changed since the last call; "(nil)" among them when all may have.
    std::set<std::string> read() {
        const std::string head = "[message, __redis__:invalidate, ";
        std::set<std::string> changed;
        client_.ask({"PUBLISH", "end", ""});
        for (auto text = text_of(listener_.read_reply()); text.starts_with(head);
             text = text_of(listener_.read_reply())) {
            const auto keys = text.substr(head.size(), text.size() - head.size() - 1);
            if (keys == "(nil)") {
                changed.insert(keys);
            } else {
                for (const auto& key : elements_of(keys)) changed.insert(key);
            }
        }
        return changed;
    }

  private:
    TestClient listener_;
    TestClient tracker_;  // has tracking on, and lives as long as it is to stay on
    TestClient client_;
};

// Runs a sample in a fresh database and says what it changed.
std::set<std::string> changed_by(ChangeLog& log, const std::string& line) {
    log.client().ask({"FLUSHALL"});
    for (const auto& prepare : keys_to_work_on) {
        REQUIRE_FALSE(is_error(log.client().ask(words_of(prepare))));
    }
    log.read();
    log.client().ask(words_of(line));
    return log.read();
}

}  // namespace

TEST_CASE("the keys that Redis reports as changed are among those the table names") {
    RealRedis redis;
    ChangeLog log(redis);

    for (const auto& line : all_samples()) {
        CAPTURE(line);
        const Named named = named_by(words_of(line));

        const auto changed = changed_by(log, line);

        for (const auto& key : changed) {
            CAPTURE(key);
            CHECK(named.covers(key));
            CHECK(named.spec->access == Access::write);
        }
        if (std::ranges::count(effective, line) > 0) CHECK_FALSE(changed.empty());
    }
}

TEST_CASE("the keys that COMMAND GETKEYSANDFLAGS calls written are among those the table names") {
    RealRedis redis;
    TestClient client(redis.port());
    if (!is_redis_7_0(client)) return;

    for (const auto& line : all_samples()) {
        auto question = words_of(line);
        const Named named = named_by(question);
        if (named.everything) continue;
        question.insert(question.begin(), {"COMMAND", "GETKEYSANDFLAGS"});
        CAPTURE(line);

        const auto reply = client.ask(question);

        REQUIRE_FALSE(is_error(reply));
        // SORT and GEORADIUS have it said of their source, GETEX even where it only reads.
        if (named.keys.empty()) continue;
        for (const auto& key : keys_not_only_read(text_of(reply))) {
            CAPTURE(key);
            CHECK(named.covers(key));
        }
    }
}

TEST_CASE("every command that Redis lists as a write is one in the table, and has a sample here") {
    RealRedis redis;
    TestClient client(redis.port());
    std::set<std::string> sampled;
    for (const auto& line : all_samples()) {
        sampled.insert(std::string(named_by(words_of(line)).spec->name));
    }

    const auto writes = client.ask({"COMMAND", "LIST", "FILTERBY", "ACLCAT", "write"});

    const bool is_7_0 = is_redis_7_0(client);
    std::size_t known = 0;
    for (const auto& name : elements_of(text_of(writes))) {
        CAPTURE(name);
        const CommandSpec* spec = resp_server::find_full_name(name);
        if (spec == nullptr && !is_7_0) continue;  // commands of a newer Redis
        REQUIRE(spec != nullptr);
        CHECK(spec->access == Access::write);
        CHECK((sampled.contains(name) || keyless.contains(name)));
        known += 1;
    }
    CHECK(known > 100);
}

TEST_CASE("COMMAND INFO says of every row what Redis 7.0 says") {
    RealRedis redis;
    TestClient client(redis.port());
    if (!is_redis_7_0(client)) return;
    const auto check = [&client](const CommandSpec& spec) {
        CAPTURE(spec.name);
        std::string ours;
        resp_server::append_command_info(ours, spec);
        const auto text = text_of(ours);
        // Up to the tips, the eighth field, which the table does not have.
        const auto known = "[" + text.substr(0, text.find(", [], [], ["));

        const auto theirs = text_of(client.ask({"COMMAND", "INFO", std::string(spec.name)}));

        CHECK(theirs.substr(0, known.size()) == known);
    };

    std::size_t ours = 0;
    for (const CommandSpec& spec : resp_server::all_commands()) {
        if (spec.name.starts_with("proxy.")) {
            ours += 1;
            continue;
        }
        check(spec);
        std::ranges::for_each(resp_server::subcommands(spec), check);
    }
    CHECK(ours == 2);
    const auto count = text_of(client.ask({"COMMAND", "COUNT"}));
    CHECK(count == std::to_string(resp_server::all_commands().size() - ours));
}

}  // namespace nearcache::tests
