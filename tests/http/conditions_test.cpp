#include "http/conditions.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "http/entity_tag.hpp"

namespace nearcache::http {
namespace {

constexpr std::uint64_t hash = 0x0123456789abcdef;
constexpr std::string_view tag = "\"0123456789abcdef\"";

TEST_CASE("an entity tag is 16 hexadecimal digits in quotes") {
    CHECK(EntityTag(hash).text() == tag);
    CHECK(EntityTag(0).text() == "\"0000000000000000\"");
    CHECK(EntityTag(~std::uint64_t{0}).text() == "\"ffffffffffffffff\"");
}

TEST_CASE("If-None-Match compares weakly, with every tag of its list") {
    const auto holds = [](const std::string& field) { return if_none_match_holds(field, &hash); };
    const std::string ours(tag);

    CHECK_FALSE(holds(ours));
    CHECK_FALSE(holds("W/" + ours));
    CHECK_FALSE(holds("*"));
    CHECK_FALSE(holds("\"a\", " + ours + ", \"b\""));
    CHECK_FALSE(holds("\"a,b\"," + ours));
    CHECK(holds("\"a\", \"b\""));
    CHECK(holds("0123456789abcdef"));
    CHECK(holds("\"x, " + ours.substr(1)));
    CHECK(if_none_match_holds("*", nullptr));
    CHECK(if_none_match_holds(ours, nullptr));
}

TEST_CASE("If-Match compares strongly, and never holds where there is nothing") {
    const auto holds = [](const std::string& field) { return if_match_holds(field, &hash); };
    const std::string ours(tag);

    CHECK(holds(ours));
    CHECK(holds("*"));
    CHECK(holds("\"a\"," + ours));
    CHECK_FALSE(holds("W/" + ours));
    CHECK_FALSE(holds("\"a\""));
    CHECK_FALSE(if_match_holds("*", nullptr));
    CHECK_FALSE(if_match_holds(ours, nullptr));
}

TEST_CASE("a read is judged by If-Match first") {
    const auto judge = [](std::string_view if_match, std::string_view if_none_match) {
        Fields fields;
        fields.if_match = if_match;
        fields.if_none_match = if_none_match;
        return judge_read(fields, hash);
    };

    CHECK(judge("", "") == Judgement::serve);
    CHECK(judge(tag, "\"a\"") == Judgement::serve);
    CHECK(judge("", tag) == Judgement::not_modified);
    CHECK(judge(tag, tag) == Judgement::not_modified);
    CHECK(judge("\"a\"", tag) == Judgement::failed);
}

TEST_CASE("a write is allowed by both conditions or not at all") {
    const std::string_view value = "hello";
    const std::string ours(EntityTag(content_hash(value)).text());
    const auto allows = [](std::string_view if_match, std::string_view if_none_match,
                           const std::string_view* there) {
        Fields fields;
        fields.if_match = if_match;
        fields.if_none_match = if_none_match;
        return allows_write(fields, there);
    };

    CHECK(allows(ours, "", &value));
    CHECK(allows("*", "", &value));
    CHECK(allows(ours, "\"a\"", &value));
    CHECK(allows("", "*", nullptr));
    CHECK(allows("", ours, nullptr));
    CHECK_FALSE(allows(ours, "", nullptr));
    CHECK_FALSE(allows("\"a\"", "", &value));
    CHECK_FALSE(allows("", "*", &value));
    CHECK_FALSE(allows("", ours, &value));
    CHECK_FALSE(allows(ours, ours, &value));
}

TEST_CASE("If-Range wants the very tag: a weak one or a date is of another time") {
    CHECK(if_range_holds("", hash));
    CHECK(if_range_holds(tag, hash));
    CHECK_FALSE(if_range_holds("W/" + std::string(tag), hash));
    CHECK_FALSE(if_range_holds("Fri, 20 Nov 2026 11:34:12 GMT", hash));
    CHECK_FALSE(if_range_holds("\"a\"", hash));
}

}  // namespace
}  // namespace nearcache::http
