#include "tests/support/history_judge.hpp"

#include <string>

#include <doctest/doctest.h>

namespace nearcache::tests {

namespace {

using Kind = Write::Kind;
using Way = Write::Way;
using Outcome = Write::Outcome;

Moment at(int ms) { return Moment() + std::chrono::hours(1) + milliseconds(ms); }

// A history of one key, told in milliseconds.
struct Story {
    History history;
    std::uint32_t versions = 0;

    Write& add(Way way, int began, int ended) {
        Write write;
        write.version = ++versions;
        write.way = way;
        write.began = at(began);
        write.ended = at(ended);
        return history.writes.emplace_back(write);
    }
    Write& foreign(int began, int ended) { return add(Way::redis, began, ended); }
    Write& proxied(int began, int ended) { return add(Way::nearcache, began, ended); }

    void read(std::uint32_t version, int began, int ended) {
        history.reads.push_back({0, version, 0, at(began), at(ended)});
    }
    void loss(int began, int ended) { history.losses.push_back({at(began), at(ended)}); }

    Verdict verdict() const { return judge(history, {milliseconds(1000), milliseconds(5)}); }
    // How many reads are condemned, and why the first is.
    std::size_t violations() const { return verdict().violations; }
    bool first_says(const std::string& why) const {
        const auto found = verdict().first_violations;
        return !found.empty() && found.front().find(why) != std::string::npos;
    }
};

}  // namespace

TEST_CASE("what a writer writes can be read back from its text") {
    const auto stamp = Stamp::from(Stamp{7, 12, 3}.text());

    REQUIRE(stamp.has_value());
    CHECK(stamp->key == 7);
    CHECK(stamp->version == 12);
    CHECK(stamp->writer == 3);
    for (const char* text : {"", "7", "7:12", "7:12:", "7:12:3 ", "7:12:3:1", "a:1:2", "-1:1:2"}) {
        CHECK_FALSE(Stamp::from(text).has_value());
    }
}

TEST_CASE("reading what is there, before, while and after it is replaced, is right") {
    Story story;
    story.read(Read::absent, 0, 1);
    story.proxied(2, 4);
    story.read(Read::absent, 3, 5);
    story.read(1, 3, 5);
    story.read(1, 6, 7);
    story.foreign(10, 12);
    story.read(1, 11, 20);
    story.read(2, 11, 20);
    story.read(2, 30, 31);

    const auto verdict = story.verdict();

    CHECK(verdict.violations == 0);
    CHECK(verdict.reads == 7);
    CHECK(verdict.stale.count == 0);
}

TEST_CASE("a value that nobody wrote, or not yet, is a violation") {
    Story unwritten;
    unwritten.proxied(0, 1);
    unwritten.read(2, 5, 6);
    Story early;
    early.proxied(10, 11);
    early.read(1, 5, 6);

    CHECK(unwritten.first_says("never written"));
    CHECK(early.first_says("before it was written"));
}

TEST_CASE("what was replaced through nearcache is read no more once the writer has its reply") {
    Story story;
    story.foreign(0, 1);
    story.proxied(10, 12);
    story.read(1, 11, 13);
    REQUIRE(story.violations() == 0);

    story.read(1, 12, 14);

    CHECK(story.first_says("replaced through nearcache for 0 ms"));
}

TEST_CASE("what was replaced through nearcache does not come back with a later foreign write") {
    Story story;
    story.foreign(0, 1);
    story.proxied(10, 12);
    story.foreign(20, 22);
    story.read(2, 25, 26);
    REQUIRE(story.violations() == 0);

    story.read(1, 25, 26);

    CHECK(story.violations() == 1);
}

TEST_CASE("a foreign write may be noticed late, but not too late, and lateness is measured") {
    Story story;
    story.foreign(0, 1);
    story.foreign(10, 12);
    story.foreign(500, 501);
    story.read(1, 15, 16);
    story.read(2, 15, 16);
    story.read(1, 1011, 1013);

    const auto verdict = story.verdict();

    CHECK(verdict.violations == 0);
    CHECK(verdict.stale.count == 2);
    CHECK(verdict.stale.median == milliseconds(3));
    CHECK(verdict.stale.most == milliseconds(999));
    story.read(1, 1012, 1013);
    CHECK(story.first_says("stale for 1000 ms"));
}

TEST_CASE("a write whose outcome is unknown may show at once, late or never") {
    Story story;
    story.proxied(0, 1);
    story.proxied(2, 3).outcome = Outcome::unknown;
    story.read(1, 5000, 5001);
    story.proxied(6000, 6001);
    story.read(3, 7000, 7001);

    CHECK(story.violations() == 0);
    story.read(2, 9000, 9001);
    CHECK(story.violations() == 0);
}

TEST_CASE("once a write of unknown outcome was seen it replaces, and is replaced") {
    Story story;
    story.foreign(0, 1);
    story.foreign(2, 3).outcome = Outcome::unknown;
    story.read(2, 10, 20);
    story.read(1, 1019, 1021);
    story.proxied(1100, 1101);
    REQUIRE(story.violations() == 0);

    SUBCASE("what it replaced is stale after a while") {
        story.read(1, 1020, 1021);
        CHECK(story.first_says("stale for 1000 ms"));
    }
    SUBCASE("it is not read after what was written when it had been seen") {
        story.read(2, 1101, 1102);
        CHECK(story.first_says("replaced through nearcache"));
    }
}

TEST_CASE("a write that was refused is never read and replaces nothing") {
    Story story;
    story.proxied(0, 1);
    story.proxied(2, 3).outcome = Outcome::refused;
    story.read(1, 5000, 5001);
    REQUIRE(story.violations() == 0);

    story.read(2, 10, 11);

    CHECK(story.first_says("refused"));
}

TEST_CASE("absence has its reasons: the beginning, an erasing write") {
    Story story;
    story.proxied(10, 11);
    story.read(Read::absent, 5, 6);
    story.read(Read::absent, 10, 12);
    REQUIRE(story.violations() == 0);

    SUBCASE("not after a value was set") {
        story.read(Read::absent, 11, 12);
        CHECK(story.violations() == 1);
    }
    SUBCASE("but after it was erased, and not after the next was set") {
        story.proxied(20, 21).kind = Kind::erase;
        story.read(Read::absent, 30, 31);
        story.proxied(40, 41);
        story.read(Read::absent, 40, 41);
        REQUIRE(story.violations() == 0);
        story.read(1, 30, 31);
        story.read(Read::absent, 45, 46);
        CHECK(story.violations() == 2);
    }
    SUBCASE("an erasing write is no value to be read") {
        story.proxied(20, 21).kind = Kind::erase;
        story.read(2, 30, 31);
        CHECK(story.first_says("never written"));
    }
}

TEST_CASE("a value is read for its life and little longer, and absent not before its end") {
    Story story;
    story.proxied(0, 2).life = milliseconds(100);
    story.read(1, 101, 102);
    story.read(1, 106, 107);
    story.read(Read::absent, 99, 100);
    story.read(Read::absent, 500, 501);
    REQUIRE(story.violations() == 0);
    CHECK(story.verdict().expired.most == milliseconds(4));

    SUBCASE("not much longer") {
        story.read(1, 107, 108);
        CHECK(story.first_says("expired for 5 ms"));
    }
    SUBCASE("not absent while it lives") {
        story.read(Read::absent, 98, 99);
        CHECK(story.violations() == 1);
    }
    SUBCASE("not absent when another was set while it lived") {
        story.foreign(50, 51);
        story.read(Read::absent, 600, 601);
        CHECK(story.violations() > 0);
    }
}

TEST_CASE("after a loss nothing older is read, and absence is right until the next write") {
    Story story;
    story.proxied(0, 1);
    story.proxied(99, 103);  // reached the old server or the new one
    story.loss(100, 200);
    story.read(1, 150, 151);
    story.read(2, 5000, 5001);
    story.read(Read::absent, 150, 151);
    story.read(Read::absent, 5000, 5001);
    CHECK(story.violations() == 1);  // version 1: the write through nearcache had its reply

    story.foreign(6000, 6001);
    story.read(Read::absent, 7000, 7001);
    CHECK(story.violations() == 1);
    story.read(Read::absent, 7001, 7002);
    CHECK(story.violations() == 2);
}

TEST_CASE("a value from before a loss is stale like any other") {
    Story story;
    story.foreign(0, 1);
    story.loss(100, 200);
    story.read(1, 1199, 1200);
    REQUIRE(story.violations() == 0);

    story.read(1, 1200, 1201);

    CHECK(story.first_says("stale for 1000 ms"));
}

}  // namespace nearcache::tests
