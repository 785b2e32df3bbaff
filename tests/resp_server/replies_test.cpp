#include "resp_server/replies.hpp"

#include <set>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/resp_server/flattened.hpp"

namespace nearcache::resp_server {
namespace {

std::string failure(Errc why) {
    Output out;
    append_failure(out, why);
    return flattened(out);
}

cache::EntryRef entry_of(std::string_view value) {
    return store::make_entry({"k", store::hash_of("k"), value, TimePoint{}, TimePoint{}});
}

TEST_CASE("a value is a bulk string of its exact bytes") {
    Output out;

    append_value(out, *entry_of({"a\0\r\n", 4}));
    append_value(out, *entry_of(""));

    CHECK(flattened(out) == std::string("$4\r\na\0\r\n\r\n$0\r\n\r\n", 16));
}

TEST_CASE("a short value is copied, a long one is shared and outlives its entry's other owners") {
    const std::string longest_copied(copied_value_bytes, 'v'), shared = longest_copied + "!";
    Output copied_out, shared_out;

    append_value(copied_out, *entry_of(longest_copied));
    append_value(shared_out, *entry_of(shared));

    CHECK_FALSE(copied_out.has_pinned());
    CHECK(flattened(copied_out) == "$2048\r\n" + longest_copied + "\r\n");
    CHECK(shared_out.has_pinned());
    CHECK(flattened(shared_out) == "$2049\r\n" + shared + "\r\n");
}

TEST_CASE("replies of every kind keep their order") {
    const std::string shared(copied_value_bytes + 1, 'v');
    Output out;

    append_error(out, "ERR one");
    append_value(out, *entry_of(shared));
    append_wrong_arity(out, "get");

    CHECK(flattened(out) == "-ERR one\r\n$2049\r\n" + shared +
                                "\r\n-ERR wrong number of arguments for 'get' command\r\n");
}

TEST_CASE("an error stays one line, whatever is in it") {
    Output out;

    append_error(out, "ERR unknown 'a\r\nb'");

    CHECK(flattened(out) == "-ERR unknown 'a  b'\r\n");
}

TEST_CASE("every failure has an error line of its own") {
    std::set<std::string> lines;
    for (const Errc why :
         {Errc::backend_unreachable, Errc::backend_connection_lost, Errc::backend_timeout,
          Errc::backend_protocol_error, Errc::overloaded, Errc::shutting_down}) {
        const auto line = failure(why);
        CAPTURE(line);
        CHECK(line.starts_with("-ERR "));
        CHECK(line.ends_with("\r\n"));
        CHECK(line != "-ERR internal error\r\n");
        lines.insert(line);
    }

    CHECK(lines.size() == 6);
    CHECK(failure(Errc::overloaded) ==
          "-ERR max number of clients reached (proxy in-flight limit)\r\n");
}

TEST_CASE("a client is warned where its command may have taken effect") {
    constexpr std::string_view warning = "may have taken effect";
    const auto warns = [&](Errc why) { return failure(why).find(warning) != std::string::npos; };

    CHECK(warns(Errc::backend_connection_lost));
    CHECK(warns(Errc::backend_timeout));
    CHECK_FALSE(warns(Errc::backend_unreachable));
    CHECK_FALSE(warns(Errc::overloaded));
}

TEST_CASE("what failed is known from its error line, and nothing else is taken for it") {
    for (const Errc why :
         {Errc::backend_unreachable, Errc::backend_connection_lost, Errc::backend_timeout,
          Errc::backend_protocol_error, Errc::overloaded, Errc::shutting_down}) {
        const auto line = failure(why);
        CHECK(failure_of(line.substr(1, line.size() - 3)) == why);
    }

    CHECK(failure_of(no_more_own_text) == Errc::too_many_private_connections);
    CHECK(failure_of("ERR") == std::nullopt);
    CHECK(failure_of("ERR backend") == std::nullopt);
    CHECK(failure_of("WRONGTYPE a list") == std::nullopt);
}

}  // namespace
}  // namespace nearcache::resp_server
