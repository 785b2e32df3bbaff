#include "base/duration.hpp"

#include <array>
#include <clocale>
#include <string>

#include <doctest/doctest.h>

using nearcache::format_duration;
using nearcache::parse_duration;
using namespace std::chrono_literals;

TEST_CASE("a duration is a number and a unit, seconds without one") {
    CHECK(parse_duration("5") == 5000ms);
    CHECK(parse_duration("0.5") == 500ms);
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("5s") == 5s);
    CHECK(parse_duration("2m") == 2min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("1d") == 24h);
    CHECK(parse_duration("1y") == 365 * 24h);
    CHECK(parse_duration("1.5h") == 90min);
    CHECK(parse_duration("0") == 0ms);
    CHECK(parse_duration("007s") == 7s);
}

TEST_CASE("a decimal fraction is read exactly to the millisecond") {
    CHECK(parse_duration("0.001") == 1ms);
    CHECK(parse_duration("0.3") == 300ms);
    CHECK(parse_duration("1.005") == 1005ms);
    CHECK(parse_duration("2.0001s") == 2s);
}

TEST_CASE("a length above zero is never rounded down to zero") {
    CHECK(parse_duration("0.0001s") == 1ms);
    CHECK(parse_duration("0.1ms") == 1ms);
}

TEST_CASE("what is no duration is refused") {
    constexpr std::array<const char*, 26> wrong{
        "",    " ",   "s",        "ms",  "-1",   "+1",    "-0",       " 5",   "5 ",
        "5 s", "5S",  "5parsecs", "inf", "nan",  "1e3",   "0x10",     ".5",   "5.",
        ".",   "1,5", "1.2.3",    "5ss", "5s5s", "5m30s", "infinity", "1_000"};
    for (const auto* const text : wrong) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text));
    }
    CHECK_FALSE(parse_duration(std::string_view("5\0s", 3)));
}

TEST_CASE("the longest duration is ten years") {
    CHECK(parse_duration("10y") == 3650 * 24h);
    CHECK_FALSE(parse_duration("10.001y"));
    CHECK_FALSE(parse_duration("315360001"));
    CHECK_FALSE(parse_duration("99999999999999999999"));
    CHECK_FALSE(parse_duration(std::string(500, '9')));
}

TEST_CASE("a locale with a decimal comma changes nothing") {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    for (const auto* const name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"}) {
        if (std::setlocale(LC_ALL, name) != nullptr) break;
    }

    const auto with_dot = parse_duration("0.5");
    const auto with_comma = parse_duration("0,5");
    std::setlocale(LC_ALL, before.c_str());

    CHECK(with_dot == 500ms);
    CHECK_FALSE(with_comma);
}

TEST_CASE("a length is shown in the longest unit that divides it") {
    CHECK(format_duration(0ms) == "0s");
    CHECK(format_duration(1ms) == "1ms");
    CHECK(format_duration(1500ms) == "1500ms");
    CHECK(format_duration(75s) == "75s");
    CHECK(format_duration(60s) == "1m");
    CHECK(format_duration(25h) == "25h");
    CHECK(format_duration(48h) == "2d");
    CHECK(format_duration(3650 * 24h) == "10y");
}

TEST_CASE("what is shown is read back as the same length") {
    for (long long ms = 0; ms < 400'000'000'000; ms = ms * 3 + 7) {
        const auto length = std::chrono::milliseconds(ms);
        if (length > 3650 * 24h) break;
        CAPTURE(ms);
        CHECK(parse_duration(format_duration(length)) == length);
    }
}
