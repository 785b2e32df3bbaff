#include "backend/embedded/string_commands.hpp"

#include <doctest/doctest.h>

#include "tests/backend/embedded/command_replies.hpp"

namespace nearcache::tests {
namespace {

TEST_CASE("GET and SET keep any bytes") {
    check_replies({
        {"GET k", "$-1\r\n"},
        {"SET k v", "+OK\r\n"},
        {"GET k", "$1\r\nv\r\n"},
        {"set k \"a\\r\\n\\x00b\"", "+OK\r\n"},
        {"get k", std::string_view("$5\r\na\r\n\0b\r\n", 11)},
        {"SET \"\" \"\"", "+OK\r\n"},
        {"GET \"\"", "$0\r\n\r\n"},
    });
}

TEST_CASE("SET heeds NX, XX and GET") {
    check_replies({
        {"SET k 1 XX", "$-1\r\n"},
        {"SET k 1 nx", "+OK\r\n"},
        {"SET k 2 NX", "$-1\r\n"},
        {"SET k 3 NX GET", "$1\r\n1\r\n"},
        {"SET k 4 xx get", "$1\r\n1\r\n"},
        {"GET k", "$1\r\n4\r\n"},
        {"SET new 5 NX GET", "$-1\r\n"},
        {"GET new", "$1\r\n5\r\n"},
        {"SET absent 6 XX GET", "$-1\r\n"},
        {"EXISTS absent", ":0\r\n"},
    });
}

TEST_CASE("SET heeds the life it is given") {
    check_replies({
        {"SET k 1 EX 100", "+OK\r\n"},
        {"PTTL k", ":100000\r\n"},
        {"SET k 2 KEEPTTL", "+OK\r\n"},
        {"PTTL k", ":100000\r\n"},
        {"SET k 3", "+OK\r\n"},
        {"PTTL k", ":-1\r\n"},
        {"SET k 1 PX 1500", "+OK\r\n"},
        {"PTTL k", ":1500\r\n"},
        {"SET k 1 EXAT 2000000060", "+OK\r\n"},
        {"TTL k", ":60\r\n"},
        {"SET k 1 PXAT 2000000061500", "+OK\r\n"},
        {"PTTL k", ":61500\r\n"},
        {"SET k 1 EX 10 EX 20", "+OK\r\n"},
        {"TTL k", ":20\r\n"},
        {"SET k 1 PXAT 1", "+OK\r\n"},
        {"GET k", "$-1\r\n"},
        {"SET k 1 PXAT 9223372036854775807", "+OK\r\n"},
        {"PEXPIRETIME k", ":9223372036854775807\r\n"},
    });
}

TEST_CASE("SET refuses options that contradict each other or make no sense") {
    check_replies({
        {"SET k", "-ERR wrong number of arguments for 'set' command\r\n"},
        {"SET k 1 NX XX", syntax_error},
        {"SET k 1 EX", syntax_error},
        {"SET k 1 EX 10 PX 10", syntax_error},
        {"SET k 1 KEEPTTL EX 10", syntax_error},
        {"SET k 1 PERSIST", syntax_error},
        {"SET k 1 bogus", syntax_error},
        {"SET k 1 EX x", not_an_integer},
        {"SET k 1 EX 0", "-ERR invalid expire time in 'set' command\r\n"},
        {"SET k 1 PX -1", "-ERR invalid expire time in 'set' command\r\n"},
        {"SET k 1 EX 9223372036854775807", "-ERR invalid expire time in 'set' command\r\n"},
        {"SET k 1 EXAT 9223372036854776", "-ERR invalid expire time in 'set' command\r\n"},
        {"SET k 1 PX 9223372036854775807", "-ERR invalid expire time in 'set' command\r\n"},
        {"EXISTS k", ":0\r\n"},
    });
}

TEST_CASE("the older forms of SET reply in their own ways") {
    check_replies({
        {"SETNX k 1", ":1\r\n"},
        {"SETNX k 2", ":0\r\n"},
        {"GETSET k 3", "$1\r\n1\r\n"},
        {"GETSET new 4", "$-1\r\n"},
        {"SETEX k 10 5", "+OK\r\n"},
        {"PTTL k", ":10000\r\n"},
        {"GETSET k 6", "$1\r\n5\r\n"},
        {"PTTL k", ":-1\r\n"},
        {"PSETEX k 10 7", "+OK\r\n"},
        {"PTTL k", ":10\r\n"},
        {"GET k", "$1\r\n7\r\n"},
        {"SETEX k 0 8", "-ERR invalid expire time in 'setex' command\r\n"},
        {"PSETEX k -1 8", "-ERR invalid expire time in 'psetex' command\r\n"},
        {"SETEX k x 8", not_an_integer},
    });
}

TEST_CASE("GETDEL and GETEX reply with the value and change the key") {
    check_replies({
        {"SET k 1", "+OK\r\n"},
        {"GETEX k", "$1\r\n1\r\n"},
        {"PTTL k", ":-1\r\n"},
        {"GETEX k EX 10", "$1\r\n1\r\n"},
        {"PTTL k", ":10000\r\n"},
        {"GETEX k", "$1\r\n1\r\n"},
        {"PTTL k", ":10000\r\n"},
        {"GETEX k PERSIST", "$1\r\n1\r\n"},
        {"PTTL k", ":-1\r\n"},
        {"GETEX k EX 0", "-ERR invalid expire time in 'getex' command\r\n"},
        {"GETEX absent EX 0", "$-1\r\n"},
        {"GETEX k PERSIST EX 10", syntax_error},
        {"GETEX k NX", syntax_error},
        {"GETEX k KEEPTTL", syntax_error},
        {"GETEX k PXAT 1", "$1\r\n1\r\n"},
        {"GET k", "$-1\r\n"},
        {"SET k 2", "+OK\r\n"},
        {"GETDEL k", "$1\r\n2\r\n"},
        {"GETDEL k", "$-1\r\n"},
    });
}

TEST_CASE("MGET, MSET and MSETNX take many keys at once") {
    check_replies({
        {"MSET a 1 b 2 a 3", "+OK\r\n"},
        {"MGET a none b a", "*4\r\n$1\r\n3\r\n$-1\r\n$1\r\n2\r\n$1\r\n3\r\n"},
        {"MSETNX c 1 a 2", ":0\r\n"},
        {"EXISTS c", ":0\r\n"},
        {"MSETNX c 1 d 2", ":1\r\n"},
        {"MGET c d", "*2\r\n$1\r\n1\r\n$1\r\n2\r\n"},
        {"EXPIRE c 10", ":1\r\n"},
        {"MSET c", "-ERR wrong number of arguments for 'mset' command\r\n"},
        {"MSET c 2 d", "-ERR wrong number of arguments for 'mset' command\r\n"},
        {"MSETNX e 1 f", "-ERR wrong number of arguments for 'msetnx' command\r\n"},
        {"MSET c 2 d 3", "+OK\r\n"},
        {"TTL c", ":-1\r\n"},
    });
}

TEST_CASE("APPEND and STRLEN count bytes") {
    check_replies({
        {"STRLEN k", ":0\r\n"},
        {"APPEND k abc", ":3\r\n"},
        {"EXPIRE k 10", ":1\r\n"},
        {"APPEND k def", ":6\r\n"},
        {"STRLEN k", ":6\r\n"},
        {"GET k", "$6\r\nabcdef\r\n"},
        {"TTL k", ":10\r\n"},
    });
}

TEST_CASE("GETRANGE cuts out a part, counted from either end") {
    check_replies({
        {"SET k abcdef", "+OK\r\n"},
        {"GETRANGE k 0 2", "$3\r\nabc\r\n"},
        {"GETRANGE k -2 -1", "$2\r\nef\r\n"},
        {"SUBSTR k 4 100", "$2\r\nef\r\n"},
        {"GETRANGE k -100 1", "$2\r\nab\r\n"},
        {"GETRANGE k -100 -100", "$1\r\na\r\n"},
        {"GETRANGE k -1 -2", "$0\r\n\r\n"},
        {"GETRANGE k 3 2", "$0\r\n\r\n"},
        {"GETRANGE k 6 9", "$0\r\n\r\n"},
        {"GETRANGE k -9223372036854775808 9223372036854775807", "$6\r\nabcdef\r\n"},
        {"GETRANGE none 0 -1", "$0\r\n\r\n"},
        {"GETRANGE none x 1", not_an_integer},
    });
}

TEST_CASE("SETRANGE writes into a value and pads it with zeros") {
    check_replies({
        {"SETRANGE none 5 \"\"", ":0\r\n"},
        {"EXISTS none", ":0\r\n"},
        {"SETRANGE k 2 ab", ":4\r\n"},
        {"GET k", std::string_view("$4\r\n\0\0ab\r\n", 10)},
        {"SETRANGE k 0 xyz", ":4\r\n"},
        {"GET k", "$4\r\nxyzb\r\n"},
        {"SETRANGE k 100 \"\"", ":4\r\n"},
        {"SETRANGE k -1 a", "-ERR offset is out of range\r\n"},
        {"SETRANGE k x a", not_an_integer},
    });
}

TEST_CASE("no value grows beyond what Redis allows") {
    constexpr std::string_view too_long =
        "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
    check_replies({
        {"SETRANGE k 536870912 a", too_long},
        {"SETRANGE k 536870911 ab", too_long},
        {"SETRANGE k 9223372036854775807 a", too_long},
        {"EXISTS k", ":0\r\n"},
    });
}

}  // namespace
}  // namespace nearcache::tests
