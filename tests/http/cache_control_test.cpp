#include "http/cache_control.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace nearcache::http {
namespace {

using namespace std::chrono_literals;
using cache::Directives;
using std::chrono::milliseconds;
using std::chrono::seconds;

// RFC 9111, 1.2.2: what does not fit, or is larger, is taken for this.
constexpr seconds most{2'147'483'648};

Directives directives_of(std::string_view field) {
    Directives directives;
    read_cache_control(field, directives);
    return directives;
}

bool says_nothing(std::string_view field) { return directives_of(field) == Directives{}; }

TEST_CASE("each directive of RFC 9111, 5.2.1 that is about a cache is known") {
    CHECK(directives_of("no-cache").no_cache);
    CHECK(directives_of("no-store").no_store);
    CHECK(directives_of("only-if-cached").only_if_cached);
    CHECK(directives_of("max-age=5").max_age == 5s);
    CHECK(directives_of("min-fresh=6").min_fresh == 6s);
    CHECK(directives_of("max-stale=7").max_stale == 7s);
    CHECK(directives_of("max-stale").max_stale == milliseconds::max());
}

TEST_CASE("a directive says what it says, and nothing else") {
    Directives no_cache, max_age;
    no_cache.no_cache = true;
    max_age.max_age = 5s;

    CHECK(directives_of("no-cache") == no_cache);
    CHECK(directives_of("max-age=5") == max_age);
}

TEST_CASE("names are known in any case") {
    CHECK(directives_of("No-Cache").no_cache);
    CHECK(directives_of("NO-STORE").no_store);
    CHECK(directives_of("MAX-age=5").max_age == 5s);
    CHECK(directives_of("Max-Stale").max_stale == milliseconds::max());
}

TEST_CASE("a field may say several things, with or without space between them") {
    for (const std::string_view field :
         {"no-cache,max-age=5,max-stale", " no-cache , max-age=5 , max-stale ",
          "\tno-cache\t,\tmax-age=5,max-stale\t", ",, no-cache,,max-age=5,max-stale,",
          "no-cache, max-age = 5, max-stale"}) {
        CAPTURE(field);
        const auto directives = directives_of(field);
        CHECK(directives.no_cache);
        CHECK(directives.max_age == 5s);
        CHECK(directives.max_stale == milliseconds::max());
        CHECK_FALSE(directives.no_store);
    }
}

TEST_CASE("a number may be quoted") {
    CHECK(directives_of("max-age=\"5\"").max_age == 5s);
    CHECK(directives_of("max-stale=\"5\", no-store").max_stale == 5s);
    CHECK(directives_of("max-stale=\"5\", no-store").no_store);
}

TEST_CASE("a comma within quotes ends nothing") {
    const auto directives =
        directives_of("x=\"no-cache, no-store\", y=\"a\\\", max-age=1\", max-age=5");

    CHECK_FALSE(directives.no_cache);
    CHECK_FALSE(directives.no_store);
    CHECK(directives.max_age == 5s);
}

TEST_CASE("quotes that do not end hide what follows, and break nothing") {
    CHECK(directives_of("no-store, x=\"no-cache, max-age=1").no_store);
    CHECK_FALSE(directives_of("no-store, x=\"no-cache, max-age=1").max_age.has_value());
    CHECK(says_nothing("\""));
    CHECK(says_nothing("x=\"\\"));
    CHECK(says_nothing("\\"));
}

TEST_CASE("what is unknown, or only looks like something known, is ignored") {
    for (const std::string_view field :
         {"", " ", ",", "=", "=5", ",=,", "no-transform", "must-revalidate", "private", "public",
          "s-maxage=5", "max-ages=5", "xmax-age=5", "no-cache-at-all", "no cache", "\"no-cache\"",
          "community=\"UCI\"", "stale-if-error=5"}) {
        CAPTURE(field);
        CHECK(says_nothing(field));
    }
}

TEST_CASE("a number that is none counts as the strictest there is") {
    for (const std::string_view number :
         {"", "\"\"", "-1", "+1", "1.5", "5s", "0x5", "five", "5 5", "'5'", "\"5", "5\"", "1e3"}) {
        CAPTURE(number);
        CHECK(directives_of("max-age=" + std::string(number)).max_age == 0s);
        CHECK(directives_of("max-stale=" + std::string(number)).max_stale == 0s);
        CHECK(directives_of("min-fresh=" + std::string(number)).min_fresh == most);
    }
}

TEST_CASE("a directive that lacks its number counts as the strictest, but for max-stale") {
    CHECK(directives_of("max-age").max_age == 0s);
    CHECK(directives_of("min-fresh").min_fresh == most);
}

TEST_CASE("a number that is too large is taken for the largest") {
    for (const std::string_view number :
         {"2147483648", "2147483649", "9223372036854775807", "9223372036854775808",
          "99999999999999999999999999999999999999999999999999"}) {
        CAPTURE(number);
        CHECK(directives_of("max-age=" + std::string(number)).max_age == most);
        CHECK(directives_of("min-fresh=" + std::string(number)).min_fresh == most);
        CHECK(directives_of("max-stale=" + std::string(number)).max_stale == most);
    }
    CHECK(directives_of("max-age=2147483647").max_age == 2'147'483'647s);
    CHECK(directives_of("max-age=00000000000000000000000000005").max_age == 5s);
}

TEST_CASE("of what is said twice the stricter counts, in whichever order") {
    CHECK(directives_of("max-age=5, max-age=3").max_age == 3s);
    CHECK(directives_of("max-age=3, max-age=5").max_age == 3s);
    CHECK(directives_of("min-fresh=5, min-fresh=3").min_fresh == 5s);
    CHECK(directives_of("max-stale, max-stale=3").max_stale == 3s);
    CHECK(directives_of("max-stale=3, max-stale").max_stale == 3s);
}

TEST_CASE("an argument where there should be none changes nothing") {
    CHECK(directives_of("no-cache=\"x\"").no_cache);
    CHECK(directives_of("only-if-cached=0").only_if_cached);
}

TEST_CASE("a second field adds to the first") {
    Directives directives;

    read_cache_control("no-cache, max-age=3", directives);
    read_cache_control("no-store, max-age=5", directives);

    CHECK(directives.no_cache);
    CHECK(directives.no_store);
    CHECK(directives.max_age == 3s);
}

TEST_CASE("Pragma has one word that counts") {
    for (const std::string_view field :
         {"no-cache", " No-Cache ", "x, no-cache", "x=\",\",no-cache"}) {
        CAPTURE(field);
        CHECK(is_pragma_no_cache(field));
    }
    for (const std::string_view field :
         {"", ",", "no-store", "no-cache=1", "x=\"no-cache\"", "x=\",no-cache,\"", "xno-cache"}) {
        CAPTURE(field);
        CHECK_FALSE(is_pragma_no_cache(field));
    }
}

}  // namespace
}  // namespace nearcache::http
