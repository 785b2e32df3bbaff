#include "base/log.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <regex>
#include <string>

#include <doctest/doctest.h>
#include <unistd.h>

namespace nearcache::log {
namespace {

// What is written to standard error meanwhile. It goes to a file that nobody else sees.
std::string written(const Config& config, const std::function<void()>& speak) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
    REQUIRE(file != nullptr);
    std::fflush(stderr);
    const int kept = dup(STDERR_FILENO);
    dup2(fileno(file.get()), STDERR_FILENO);

    configure(config);
    speak();
    configure(Config{});

    std::fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    std::fseek(file.get(), 0, SEEK_END);
    std::string text(static_cast<std::size_t>(std::ftell(file.get())), '\0');
    std::rewind(file.get());
    const auto size = std::fread(text.data(), 1, text.size(), file.get());
    CHECK(size == text.size());
    return text;
}

// Without the time, which the wall clock gives.
std::string without_time(const std::string& text) {
    static const std::regex time(
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{3}Z");
    return std::regex_replace(text, time, "TIME");
}

std::string logfmt(const std::function<void()>& speak) {
    return without_time(written({Level::debug, Format::logfmt}, speak));
}

std::string json(const std::function<void()>& speak) {
    return without_time(written({Level::debug, Format::json}, speak));
}

TEST_CASE("a logfmt line is time, level, area, event and fields") {
    CHECK(logfmt([] {
              info("net", "listening", {{"door", "http"}, {"port", 8080}});
          }) == "ts=TIME level=info area=net event=listening door=http port=8080\n");
    CHECK(logfmt([] { warn("net", "gone"); }) == "ts=TIME level=warn area=net event=gone\n");
}

TEST_CASE("a JSON line is the same as an object") {
    CHECK(json([] {
              error("net", "cannot accept", {{"why", "no room"}, {"tries", -3}});
          }) ==
          "{\"ts\":\"TIME\",\"level\":\"error\",\"area\":\"net\",\"event\":\"cannot accept\","
          "\"why\":\"no room\",\"tries\":-3}\n");
}

TEST_CASE("numbers of every size are written as they are") {
    const auto speak = [] {
        info(
            "a", "b",
            {{"least", std::int64_t{INT64_MIN}}, {"most", std::uint64_t{UINT64_MAX}}, {"zero", 0}});
    };

    constexpr auto numbers = "least=-9223372036854775808 most=18446744073709551615 zero=0\n";
    CHECK(logfmt(speak).ends_with(numbers));
    CHECK(json(speak).ends_with(
        "\"least\":-9223372036854775808,\"most\":18446744073709551615,\"zero\":0}\n"));
}

TEST_CASE("a logfmt value is quoted where a reader would lose its way without") {
    const auto value = [](std::string_view text) {
        const auto line = logfmt([&] { info("a", "b", {{"v", text}}); });
        const auto at = line.find(" v=") + 3;
        return line.substr(at, line.size() - at - 1);
    };

    CHECK(value("plain-._/{}") == "plain-._/{}");
    CHECK(value("") == "\"\"");
    CHECK(value("two words") == "\"two words\"");
    CHECK(value("a=b") == "\"a=b\"");
    CHECK(value("say \"hi\"") == "\"say \\\"hi\\\"\"");
    CHECK(value("back\\slash") == "\"back\\\\slash\"");
    CHECK(value("7") == "7");
}

// A key that a client made up must not be able to write a line of its own.
TEST_CASE("whatever is in a value, a line stays one line") {
    const std::string nasty("a\r\nb\0c\x1b\x7f\xff", 9);
    const std::string escaped = "\"a\\u000d\\u000ab\\u0000c\\u001b\\u007f\\u00ff\"";

    CHECK(logfmt([&] {
              info("a", "b", {{"key", nasty}});
          }) == "ts=TIME level=info area=a event=b key=" + escaped + "\n");
    CHECK(json([&] { info("a", "b", {{"key", nasty}}); }).ends_with(",\"key\":" + escaped + "}\n"));
}

TEST_CASE("braces and percent signs are not taken for anything but themselves") {
    CHECK(logfmt([] {
              info("a", "{}", {{"v", "{0}%s%n{"}});
          }) == "ts=TIME level=info area=a event={} v={0}%s%n{\n");
}

TEST_CASE("lines below the level are thrown away") {
    const auto all = [] {
        debug("a", "b");
        info("a", "b");
        warn("a", "b");
        error("a", "b");
    };
    const auto lines = [&](Level level) {
        const auto text = written({level, Format::logfmt}, all);
        return std::count(text.begin(), text.end(), '\n');
    };

    CHECK(lines(Level::debug) == 4);
    CHECK(lines(Level::info) == 3);
    CHECK(lines(Level::warn) == 2);
    CHECK(lines(Level::error) == 1);
}

TEST_CASE("whoever would build a debug line can ask whether it is wanted") {
    bool at_debug = false, at_info = true;

    written({Level::debug, Format::logfmt}, [&] { at_debug = debug_enabled(); });
    written({Level::info, Format::logfmt}, [&] { at_info = debug_enabled(); });

    CHECK(at_debug);
    CHECK_FALSE(at_info);
}

}  // namespace
}  // namespace nearcache::log
