#include "http/origin/lifetime.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::http::origin {

namespace {

using std::chrono::seconds;

// Sun, 06 Nov 1994 08:49:37 GMT
constexpr Lifetime::WallTime then{seconds(784'111'777)};

Lifetime said(const std::vector<std::string>& cache_control, std::string_view age = "") {
    Lifetime lifetime;
    for (const auto& field : cache_control) lifetime.note_cache_control(field);
    if (!age.empty()) lifetime.note_age(age);
    return lifetime;
}

}  // namespace

TEST_CASE("an origin that says nothing sets no bound") {
    CHECK_FALSE(Lifetime{}.left(then).has_value());
    CHECK_FALSE(Lifetime{}.is_forbidden());
    CHECK_FALSE(said({"public, must-revalidate"}).left(then).has_value());
    CHECK_FALSE(said({"public, must-revalidate"}).is_forbidden());
}

TEST_CASE("no-store, private and no-cache forbid to store, in whatever spelling") {
    for (const std::string field :
         {"no-store", "private", "no-cache", "NO-STORE", "max-age=60, private", " private ",
          "private=\"set-cookie\"", "no-cache=\"x, y\"", "public,no-store", ",,no-store"}) {
        CAPTURE(field);
        CHECK(said({field}).is_forbidden());
    }
    CHECK(said({"public", "no-store"}).is_forbidden());
    CHECK_FALSE(said({"x=\"a, no-store, b\""}).is_forbidden());
    CHECK_FALSE(said({"no-storage, privateer"}).is_forbidden());
}

TEST_CASE("s-maxage counts before max-age, and age has passed already") {
    CHECK(said({"max-age=60"}).left(then) == seconds(60));
    CHECK(said({"max-age=60, s-maxage=10"}).left(then) == seconds(10));
    CHECK(said({"s-maxage=100, max-age=60"}).left(then) == seconds(100));
    CHECK(said({"max-age=\"60\""}).left(then) == seconds(60));
    CHECK(said({"max-age=60"}, "25").left(then) == seconds(35));
    CHECK(said({"max-age=60"}, "61").left(then) == seconds(0));
    CHECK(said({"max-age=60"}, "nonsense").left(then) == seconds(60));
    CHECK(said({"max-age=0"}).left(then) == seconds(0));
}

TEST_CASE("of two that differ the shorter counts, and what is no number is over") {
    CHECK(said({"max-age=60, max-age=10"}).left(then) == seconds(10));
    CHECK(said({"max-age=10", "max-age=60"}).left(then) == seconds(10));
    CHECK(said({"max-age=x"}).left(then) == seconds(0));
    CHECK(said({"max-age"}).left(then) == seconds(0));
    CHECK(said({"max-age=-5"}).left(then) == seconds(0));
    CHECK(said({"max-age=99999999999999999999"}).left(then) == seconds(2'147'483'648));
}

TEST_CASE("without an age, Expires counts from Date, or from now") {
    Lifetime lifetime;
    lifetime.note_expires("Sun, 06 Nov 1994 08:50:37 GMT");

    CHECK(lifetime.left(then) == seconds(60));
    CHECK(lifetime.left(then + seconds(100)) == seconds(0));

    lifetime.note_date("Sun, 06 Nov 1994 08:49:57 GMT");

    CHECK(lifetime.left(then) == seconds(40));

    lifetime.note_cache_control("max-age=5");

    CHECK(lifetime.left(then) == seconds(5));
}

TEST_CASE("an Expires that is no date is over, and of two the sooner counts") {
    Lifetime zero;
    zero.note_expires("0");
    Lifetime two;
    two.note_expires("Sun, 06 Nov 1994 08:50:37 GMT");
    two.note_expires("Sun, 06 Nov 1994 08:49:47 GMT");
    Lifetime late_zero;
    late_zero.note_expires("Sun, 06 Nov 1994 08:50:37 GMT");
    late_zero.note_expires("-1");

    CHECK(zero.left(then) == seconds(0));
    CHECK(two.left(then) == seconds(10));
    CHECK(late_zero.left(then) == seconds(0));
}

TEST_CASE("a date is read in all its three forms, and nothing else is one") {
    CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == then);
    CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == then);
    CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == then);
    for (const std::string text :
         {"", "0", "now", "Sun, 06 Nov 1994 08:49:37", "1994-11-06",
          "Sun, 06 Nov 1994 08:49:37 GMT+1", "Sun, 99 Nov 1994 08:49:37 GMT"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text).has_value());
    }
    CHECK_FALSE(parse_http_date(std::string(100, 'x')).has_value());
}

}  // namespace nearcache::http::origin
