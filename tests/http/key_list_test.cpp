#include "http/key_list.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "resp/reply_writer.hpp"

namespace nearcache::http {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

std::string resp_of(const std::vector<Words>& commands) {
    std::string bytes;
    for (const auto& words : commands) resp::append_command(bytes, words);
    return bytes;
}

TEST_CASE("commas part keys before they are decoded, and a parameter may be repeated") {
    CHECK(read_keys("keys=a,b,c") == Words{"a", "b", "c"});
    CHECK(read_keys("keys=a&keys=b,c") == Words{"a", "b", "c"});
    CHECK(read_keys("x=1&keys=a%2Cb,c%26d&mkeys=z&keysx=y") == Words{"a,b", "c&d"});
    CHECK(read_keys("keys=a+b,a%2Bb,a%20b") == Words{"a b", "a+b"});
    CHECK(read_keys("keys=%00%ff") == Words{std::string("\0\xff", 2)});
    CHECK(read_keys("keys=a=b") == Words{"a=b"});
}

TEST_CASE("a key is asked for once, where it is named first") {
    CHECK(read_keys("keys=b,a,b&keys=a,%61,c") == Words{"b", "a", "c"});
}

TEST_CASE("the empty key is a key within a list, and an empty list has none") {
    CHECK(read_keys("keys=a,,b") == Words{"a", "", "b"});
    CHECK(read_keys("keys=,") == Words{""});
    CHECK(read_keys("keys=") == Words{});
    CHECK(read_keys("keys") == Words{});
    CHECK(read_keys("") == Words{});
    CHECK(read_keys("keys=&keys=a&") == Words{"a"});
}

TEST_CASE("a percent sign without its digits makes no list") {
    CHECK(read_keys("keys=a,b%2") == std::nullopt);
    CHECK(read_keys("keys=%zz&keys=a") == std::nullopt);
}

TEST_CASE("without directives all are asked for at once") {
    CHECK(commands_for({"a", "b c"}, nullptr) == resp_of({{"MGET", "a", "b c"}}));
}

TEST_CASE("with directives each is asked for by what they mean") {
    const auto asked = [](const cache::Directives& directives) {
        return commands_for({"a"}, &directives);
    };

    CHECK(asked({.no_cache = true}) == resp_of({{"PROXY.GET", "a", "NOCACHE"}}));
    CHECK(asked({.no_store = true}) == resp_of({{"PROXY.GET", "a", "NOSTORE"}}));
    CHECK(asked({.no_cache = true, .no_store = true, .max_age = 5s}) ==
          resp_of({{"PROXY.GET", "a", "NOCACHE", "NOSTORE"}}));
    CHECK(asked({.only_if_cached = true, .max_age = 1s, .min_fresh = 2s, .max_stale = 3s}) ==
          resp_of({{"PROXY.GET", "a", "MAXAGE", "1000", "MINFRESH", "2000", "MAXSTALE", "3000",
                    "ONLYCACHED"}}));
    CHECK(asked({.max_stale = std::chrono::milliseconds::max()}) ==
          resp_of({{"PROXY.GET", "a", "MAXSTALE", "3153600000000"}}));
    const cache::Directives directives{.only_if_cached = true};
    CHECK(commands_for({"a", "b"}, &directives) ==
          resp_of({{"PROXY.GET", "a", "ONLYCACHED"}, {"PROXY.GET", "b", "ONLYCACHED"}}));
}

TEST_CASE("values are an object in the order of the keys") {
    const Words keys{"a", "b", "c"};
    const std::string expected = "{\"a\":\"x\",\"b\":null,\"c\":\"\"}\n";

    CHECK(values_in("*3\r\n$1\r\nx\r\n$-1\r\n$0\r\n\r\n", keys).json == expected);
    CHECK(values_in("$1\r\nx\r\n$-1\r\n$0\r\n\r\n", keys).json == expected);
}

TEST_CASE("bytes that are no UTF-8 are named and told in their own ways") {
    const Words keys{"\xff/a", "\xc3\xa4\""};

    const auto values = values_in("*2\r\n$2\r\n\xfe\xff\r\n$2\r\n\xc3\xa4\r\n", keys);

    CHECK(values.json == "{\"%FF%2F%61\":{\"base64\":\"/v8=\"},\"\xc3\xa4\\\"\":\"\xc3\xa4\"}\n");
}

TEST_CASE("another type is null, as in MGET; any other error is one of the whole") {
    CHECK(values_in("-WRONGTYPE a list\r\n$1\r\nx\r\n", {"a", "b"}).json ==
          "{\"a\":null,\"b\":\"x\"}\n");
    CHECK(values_in("$1\r\nx\r\n-ERR a\r\n-ERR b\r\n", {"a", "b", "c"}).error == "ERR a");
    CHECK(values_in("-ERR no\r\n", {"a", "b"}).error == "ERR no");
    CHECK(values_in("$1\r\nx\r\n", {"a", "b"}).error == "ERR not executed");
}

}  // namespace
}  // namespace nearcache::http
