#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "resp_server/command_table.hpp"

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

// The keys that a command may change, with a space between them; "*" for everything.
std::string written_by(std::string_view line) {
    const Words words = words_of(line);
    const Resolved resolved = resolve(words);
    REQUIRE(resolved.spec != nullptr);
    const WrittenKeys written = written_keys(*resolved.spec, words);
    std::string keys = written.everything ? "*" : "";
    for (const auto key : written.keys) {
        if (!keys.empty()) keys += ' ';
        keys += key;
    }
    return keys;
}

struct Sample {
    std::string_view line;
    std::string_view written;
};

void check_written(const std::vector<Sample>& samples) {
    for (const auto& [line, written] : samples) {
        CAPTURE(line);
        CHECK(written_by(line) == written);
    }
}

TEST_CASE("commands of strings name the keys they change") {
    check_written({
        {"SET k v", "k"},
        {"set k v EX 10 GET", "k"},
        {"SETEX k 10 v", "k"},
        {"PSETEX k 10 v", "k"},
        {"SETNX k v", "k"},
        {"SETRANGE k 0 v", "k"},
        {"GETSET k v", "k"},
        {"GETDEL k", "k"},
        {"GETEX k", ""},
        {"GETEX k EX 10", "k"},
        {"GETEX k PERSIST", "k"},
        {"APPEND k v", "k"},
        {"INCR k", "k"},
        {"INCRBY k 2", "k"},
        {"INCRBYFLOAT k 0.5", "k"},
        {"DECR k", "k"},
        {"DECRBY k 2", "k"},
        {"MSET a 1 b 2 c 3", "a b c"},
        {"MSETNX a 1 b 2", "a b"},
        {"SETBIT k 7 1", "k"},
        {"BITFIELD k SET u8 0 255", "k"},
        {"BITOP AND to a b", "to"},
        {"BITOP NOT to a", "to"},
        {"PFADD k a", "k"},
        {"PFCOUNT k", "k"},
        {"PFCOUNT a b", "a b"},
        {"PFMERGE to a b", "to"},
    });
}

TEST_CASE("commands of the keyspace name the keys they change") {
    check_written({
        {"DEL a b c", "a b c"},
        {"UNLINK a b", "a b"},
        {"EXPIRE k 1", "k"},
        {"EXPIREAT k 1 NX", "k"},
        {"PEXPIRE k 1", "k"},
        {"PEXPIREAT k 1", "k"},
        {"PERSIST k", "k"},
        {"RENAME a b", "a b"},
        {"RENAMENX a b", "a b"},
        {"COPY a b", "b"},
        {"COPY a b DB 0 REPLACE", "b"},
        {"MOVE k 1", "k"},
        {"RESTORE k 0 x", "k"},
        {"RESTORE-ASKING k 0 x REPLACE", "k"},
        {"SORT k", ""},
        {"SORT k BY w_* LIMIT 0 5 GET # DESC ALPHA STORE to", "to"},
        {"SORT k store a STORE b", "a b"},
        {"MIGRATE h 1 k 0 10", "k"},
        {"MIGRATE h 1 '' 0 10 KEYS a b", "a b"},
        {"MIGRATE h 1 '' 0 10 COPY AUTH p keys a b", "a b"},
        {"SWAPDB 0 1", "*"},
        {"FLUSHALL", "*"},
        {"FLUSHALL ASYNC", "*"},
        {"FLUSHDB", "*"},
    });
}

TEST_CASE("commands of lists, sets and hashes name the keys they change") {
    check_written({
        {"LPUSH k a b", "k"},
        {"LPUSHX k a", "k"},
        {"RPUSH k a", "k"},
        {"RPUSHX k a", "k"},
        {"LPOP k", "k"},
        {"RPOP k 2", "k"},
        {"LINSERT k BEFORE a b", "k"},
        {"LREM k 0 a", "k"},
        {"LSET k 0 a", "k"},
        {"LTRIM k 0 1", "k"},
        {"LMOVE a b LEFT RIGHT", "a b"},
        {"RPOPLPUSH a b", "a b"},
        {"LMPOP 2 a b LEFT COUNT 3", "a b"},
        {"BLPOP a b 0", "a b"},
        {"BRPOP a 0", "a"},
        {"BLMOVE a b LEFT RIGHT 0", "a b"},
        {"BRPOPLPUSH a b 0", "a b"},
        {"BLMPOP 0 2 a b LEFT", "a b"},
        {"SADD k a", "k"},
        {"SREM k a", "k"},
        {"SPOP k 2", "k"},
        {"SMOVE a b m", "a b"},
        {"SDIFFSTORE to a b", "to"},
        {"SINTERSTORE to a b", "to"},
        {"SUNIONSTORE to a b", "to"},
        {"HSET k f v", "k"},
        {"HSETNX k f v", "k"},
        {"HMSET k f v", "k"},
        {"HDEL k f", "k"},
        {"HINCRBY k f 1", "k"},
        {"HINCRBYFLOAT k f 1", "k"},
    });
}

TEST_CASE("commands of sorted sets, places and streams name the keys they change") {
    check_written({
        {"ZADD k 1 a", "k"},
        {"ZINCRBY k 1 a", "k"},
        {"ZREM k a", "k"},
        {"ZREMRANGEBYLEX k - +", "k"},
        {"ZREMRANGEBYRANK k 0 1", "k"},
        {"ZREMRANGEBYSCORE k 0 1", "k"},
        {"ZPOPMIN k", "k"},
        {"ZPOPMAX k 2", "k"},
        {"ZMPOP 2 a b MIN", "a b"},
        {"BZPOPMIN a b 0", "a b"},
        {"BZPOPMAX a 0", "a"},
        {"BZMPOP 0 1 a MAX COUNT 2", "a"},
        {"ZUNIONSTORE to 2 a b WEIGHTS 1 2", "to"},
        {"ZINTERSTORE to 2 a b", "to"},
        {"ZDIFFSTORE to 2 a b", "to"},
        {"ZRANGESTORE to a 0 -1", "to"},
        {"GEOADD k 1 2 m", "k"},
        {"GEOSEARCHSTORE to a FROMMEMBER m BYRADIUS 1 km STOREDIST", "to"},
        {"GEORADIUS k 1 2 3 km", ""},
        {"GEORADIUS k 1 2 3 km ASC STORE to", "to"},
        {"GEORADIUS k 1 2 3 km storedist to", "to"},
        {"GEORADIUS k 1 2 3 km STORE a STOREDIST b", "a b"},
        {"GEORADIUSBYMEMBER k m 3 km STORE to", "to"},
        {"GEORADIUSBYMEMBER k m 3 km", ""},
        {"XADD k * f v", "k"},
        {"XDEL k 1-1", "k"},
        {"XTRIM k MAXLEN 0", "k"},
        {"XSETID k 1-1", "k"},
        {"XACK k g 1-1", "k"},
        {"XCLAIM k g c 0 1-1", "k"},
        {"XAUTOCLAIM k g c 0 0", "k"},
        {"XGROUP CREATE k g $ MKSTREAM", "k"},
        {"XGROUP SETID k g $", "k"},
        {"XGROUP DESTROY k g", "k"},
        {"XGROUP CREATECONSUMER k g c", "k"},
        {"XGROUP DELCONSUMER k g c", "k"},
        {"XREADGROUP GROUP g c STREAMS a b > >", "a b"},
        {"XREADGROUP GROUP streams streams COUNT 1 BLOCK 0 NOACK streams a 0", "a"},
    });
}

TEST_CASE("a script may change the keys it is given, and anything when it is given none") {
    check_written({
        {"EVAL x 2 a b arg", "a b"},
        {"EVALSHA x 1 a", "a"},
        {"FCALL f 1 a arg", "a"},
        {"EVAL x 0", "*"},
        {"EVAL x 0 a", "*"},
        {"EVALSHA x 0", "*"},
        {"FCALL f 0", "*"},
        {"EVAL_RO x 1 a", ""},
        {"EVALSHA_RO x 1 a", ""},
        {"FCALL_RO f 1 a", ""},
        {"FUNCTION LOAD x", ""},
        {"FUNCTION FLUSH", ""},
        {"SCRIPT FLUSH", ""},
    });
}

TEST_CASE("reads change nothing") {
    check_written({
        {"GET k", ""},
        {"MGET a b", ""},
        {"EXISTS k", ""},
        {"TTL k", ""},
        {"TOUCH k", ""},
        {"DUMP k", ""},
        {"GETRANGE k 0 1", ""},
        {"BITFIELD_RO k GET u8 0", ""},
        {"SORT_RO k", ""},
        {"GEORADIUS_RO k 1 2 3 km", ""},
        {"SINTER a b", ""},
        {"ZUNION 2 a b", ""},
        {"XREAD STREAMS a 0", ""},
        {"XINFO STREAM k", ""},
        {"OBJECT FREQ k", ""},
        {"MEMORY USAGE k", ""},
        {"PING", ""},
        {"WATCH k", ""},
        {"SPUBLISH c m", ""},
    });
}

TEST_CASE("of a count of keys that makes no sense everything is assumed") {
    check_written({
        {"EVAL x -1 a", "*"},
        {"EVAL x two a b", "*"},
        {"EVAL x 3 a b", "*"},
        {"EVAL x 99999999999999999999999999 a b", "*"},
        {"EVAL x 18446744073709551615 a b", "*"},
        {"EVAL x '' a", "*"},
        {"EVAL x", "*"},
        {"EVAL", "*"},
        {"LMPOP 0 a LEFT", "*"},
        {"LMPOP 9 a LEFT", "*"},
        {"ZMPOP", "*"},
        {"BZMPOP 0", "*"},
        {"XREADGROUP GROUP g c", "*"},
        {"XREADGROUP GROUP g c NONSENSE STREAMS a >", "*"},
    });
}

TEST_CASE("a command that is cut short after any word is read to its end and no further") {
    for (const std::string_view line :
         {"MSET a 1 b 2", "BITOP AND to a b", "COPY a b DB 1", "SORT k STORE to",
          "LMPOP 2 a b LEFT", "BLPOP a b 0", "EVAL x 2 a b",
          "XREADGROUP GROUP g c COUNT 1 BLOCK 0 STREAMS a b > >", "MIGRATE h 1 '' 0 10 KEYS a b",
          "GETEX k EX 1", "RENAME a b", "XGROUP CREATE k g $", "GEORADIUS k 1 2 3 km STORE to",
          "FLUSHALL ASYNC"}) {
        const Words words = words_of(line);
        for (std::size_t count = 1; count <= words.size(); ++count) {
            // A vector of exactly these words: AddressSanitizer sees a step beyond its end.
            const Words cut(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count));
            CAPTURE(line);
            CAPTURE(count);

            const Resolved resolved = resolve(cut);
            REQUIRE(resolved.spec != nullptr);
            const WrittenKeys written = written_keys(*resolved.spec, cut);

            CHECK(written.keys.size() < count);
        }
    }
}

TEST_CASE("written keys are views into the words they were found in") {
    const std::string key = "a key long enough to live on the heap";
    const Words words{"set", key, "v"};

    const WrittenKeys written = written_keys(*find_command("set"), words);

    REQUIRE(written.keys.size() == 1);
    CHECK(written.keys[0].data() == key.data());
}

}  // namespace
}  // namespace nearcache::resp_server
