#include "backend/embedded/number_commands.hpp"

#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/backend/embedded/command_replies.hpp"

namespace nearcache::tests {
namespace {

TEST_CASE("INCR and its relatives count and keep the key's life") {
    check_replies({
        {"INCR n", ":1\r\n"},
        {"INCRBY n 41", ":42\r\n"},
        {"EXPIRE n 10", ":1\r\n"},
        {"DECR n", ":41\r\n"},
        {"DECRBY n 50", ":-9\r\n"},
        {"DECRBY n -9", ":0\r\n"},
        {"TTL n", ":10\r\n"},
        {"GET n", "$1\r\n0\r\n"},
    });
}

TEST_CASE("INCR refuses what is no number, and what would not fit") {
    constexpr std::string_view overflow = "-ERR increment or decrement would overflow\r\n";
    check_replies({
        {"SET n 9223372036854775807", "+OK\r\n"},
        {"INCR n", overflow},
        {"DECRBY n -1", overflow},
        {"DECRBY n -9223372036854775808", "-ERR decrement would overflow\r\n"},
        {"DECR n", ":9223372036854775806\r\n"},
        {"INCRBY n 9223372036854775808", not_an_integer},
        {"INCRBY n 1.0", not_an_integer},
        {"SET n +1", "+OK\r\n"},
        {"INCR n", not_an_integer},
        {"SET n 01", "+OK\r\n"},
        {"INCR n", not_an_integer},
        {"SET n \"1 \"", "+OK\r\n"},
        {"INCR n", not_an_integer},
        {"SET n \"\"", "+OK\r\n"},
        {"INCR n", not_an_integer},
    });
}

TEST_CASE("INCRBYFLOAT writes numbers as Redis does") {
    constexpr std::string_view not_a_float = "-ERR value is not a valid float\r\n";
    check_replies({
        {"SET f 10.50", "+OK\r\n"},
        {"INCRBYFLOAT f 0.1", "$4\r\n10.6\r\n"},
        {"INCRBYFLOAT f -10.6", "$1\r\n0\r\n"},
        {"INCRBYFLOAT f 5.0e3", "$4\r\n5000\r\n"},
        {"INCRBYFLOAT new 0x10", "$2\r\n16\r\n"},
        {"INCRBYFLOAT f inf", "-ERR increment would produce NaN or Infinity\r\n"},
        {"INCRBYFLOAT f nan", not_a_float},
        {"INCRBYFLOAT f \" 1\"", not_a_float},
        {"INCRBYFLOAT f 1x", not_a_float},
        {"INCRBYFLOAT f \"\"", not_a_float},
        {"SET f abc", "+OK\r\n"},
        {"INCRBYFLOAT f 1", not_a_float},
    });
}

TEST_CASE("threads that count on one key lose no step") {
    constexpr int thread_count = 4;
    constexpr int steps = 5000;
    EmbeddedStore store;

    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; ++i) {
        threads.emplace_back([&store] {
            for (int step = 0; step < steps; ++step) {
                store.run("INCR n");
                store.run("APPEND text x");
            }
        });
    }
    for (auto& thread : threads) thread.join();

    CHECK(store.run("GET n") == "$5\r\n20000\r\n");
    CHECK(store.run("STRLEN text") == ":20000\r\n");
}

}  // namespace
}  // namespace nearcache::tests
