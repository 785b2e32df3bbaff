#include "cache/store/expiry_wheel.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {
namespace {

using namespace std::chrono_literals;

const Retentions no_retentions{{}};
const Retentions some_retentions{{{},
                                  {.while_revalidate = 1ms, .if_error = 7ms},
                                  {.while_revalidate = std::chrono::hours(5'000)},
                                  {.if_error = std::chrono::hours(20'000)}}};

EntryRef entry_until(TimePoint expires_at, std::uint8_t rule = 0) {
    return make_entry({"", 0, "", std::min(start, expires_at), expires_at, rule});
}

// Any length from a nanosecond to 30 years, each order of magnitude as likely as the others.
Duration any_length(std::mt19937_64& random) {
    return Duration(1 + static_cast<Duration::rep>(random() >> (4 + random() % 60)) %
                            946'080'000'000'000'000);
}

// Entries by the time at which they are to be found: what the wheel must know, found the slow way.
using Model = std::multimap<TimePoint, EntryRef>;

Model::iterator any_of(Model& model, std::mt19937_64& random) {
    return std::next(model.begin(), static_cast<std::ptrdiff_t>(random() % model.size()));
}

// Checks that what the wheel finds is expired, and takes it out of both.
void take_expired(ExpiryWheel& wheel, Model& model, TimePoint now) {
    Entry* const entry = wheel.find_expired(now);
    if (model.empty() || model.begin()->first > now) {
        REQUIRE(entry == nullptr);
        return;
    }
    REQUIRE(entry != nullptr);
    const TimePoint leave_time = some_retentions.leave_time(*entry);
    REQUIRE(leave_time <= now);
    wheel.erase(*entry);
    auto [first, last] = model.equal_range(leave_time);
    while (first != last && first->second.get() != entry) ++first;
    REQUIRE(first != last);
    model.erase(first);
}

}  // namespace

TEST_CASE("an entry is found at its time and not a tick before") {
    for (int bit = 0; bit < 42; ++bit) {
        for (const int off : {-1, 0, 1}) {
            const std::chrono::milliseconds length((std::int64_t{1} << bit) + off);
            if (length <= 0ms) continue;
            ExpiryWheel wheel(no_retentions);
            const EntryRef entry = entry_until(start + length);
            const TimePoint time = entry->expires_at();

            wheel.add(bare(entry), start);

            REQUIRE(wheel.find_expired(start) == nullptr);
            REQUIRE(wheel.find_expired(time - Duration(1)) == nullptr);
            REQUIRE(wheel.find_expired(time) == entry.get());
            REQUIRE(wheel.find_expired(time) == entry.get());
            wheel.erase(bare(entry));
            REQUIRE(wheel.find_expired(TimePoint::max()) == nullptr);
        }
    }
}

TEST_CASE("an entry that is retained is found when it is of no more use") {
    ExpiryWheel wheel(some_retentions);
    const EntryRef entry = entry_until(start + 10ms, 1);

    wheel.add(bare(entry), start);

    CHECK(wheel.find_expired(start + 17ms - 1ns) == nullptr);
    CHECK(wheel.find_expired(start + 17ms) == entry.get());
    wheel.erase(bare(entry));
}

TEST_CASE("an entry that is retained for ever is never found") {
    const Retentions for_ever{{{.if_error = std::chrono::milliseconds::max()}}};
    ExpiryWheel wheel(for_ever);
    const EntryRef entry = entry_until(start + 1ms);

    wheel.add(bare(entry), start);

    CHECK(wheel.find_expired(start + std::chrono::hours(24 * 365 * 200)) == nullptr);
    wheel.erase(bare(entry));
}

TEST_CASE("an entry that never expires is never found") {
    ExpiryWheel wheel(no_retentions);
    const EntryRef entry = entry_until(TimePoint::max());

    wheel.add(bare(entry), start);

    CHECK(wheel.find_expired(start) == nullptr);
    CHECK(wheel.find_expired(start + std::chrono::hours(24 * 365 * 200)) == nullptr);
    wheel.erase(bare(entry));
}

TEST_CASE("an entry whose time is past for another thread's clock is found at the next tick") {
    ExpiryWheel wheel(no_retentions);
    const EntryRef entry = entry_until(start);
    wheel.find_expired(start + Duration(10));

    wheel.add(bare(entry), start + Duration(10));

    CHECK(wheel.find_expired(start + Duration(11)) == entry.get());
    wheel.erase(bare(entry));
}

TEST_CASE("a cleared wheel finds nothing and can be filled again") {
    ExpiryWheel wheel(no_retentions);
    std::vector<EntryRef> entries;
    for (int i = 1; i < 100; ++i) {
        entries.push_back(entry_until(start + i * 1ms));
        wheel.add(bare(entries.back()), start);
    }

    wheel.clear();

    CHECK(wheel.find_expired(start + std::chrono::hours(1)) == nullptr);
    const EntryRef late = entry_until(start + std::chrono::hours(2));
    wheel.add(bare(late), start + std::chrono::hours(1));
    CHECK(wheel.find_expired(start + std::chrono::hours(2)) == late.get());
    wheel.erase(bare(late));
}

TEST_CASE("a wheel finds what a sorted list finds through random times") {
    for (unsigned seed = 0; seed < 2'000; ++seed) {
        std::mt19937_64 random(seed);
        // Some clocks begin before zero.
        TimePoint now = seed % 10 == 0 ? TimePoint(Duration(-5'000'000'000)) : start;
        ExpiryWheel wheel(some_retentions);
        Model model;
        for (int step = 0; step < 200; ++step) {
            const auto action = random() % 10;
            if (action < 5) {
                const TimePoint expires_at =
                    now + any_length(random) % std::chrono::hours(1 << (random() % 18));
                const EntryRef entry =
                    entry_until(expires_at, static_cast<std::uint8_t>(random() % 5));
                const TimePoint leave_time = some_retentions.leave_time(*entry);
                if (leave_time <= now) continue;
                wheel.add(bare(entry), now);
                model.emplace(leave_time, entry);
            } else if (action < 7 && !model.empty()) {
                const auto leaving = any_of(model, random);
                wheel.erase(bare(leaving->second));
                model.erase(leaving);
            } else if (action < 8 && !model.empty()) {
                // To the tick of some entry, or just before or after it.
                const TimePoint moment =
                    any_of(model, random)->first + Duration(static_cast<int>(random() % 3) - 1);
                now = std::max(now, moment);
            } else if (action < 9) {
                now += any_length(random) % std::chrono::hours(1 << (random() % 14));
            }
            take_expired(wheel, model, now);
        }
        while (!model.empty()) {
            now = std::max(now, model.begin()->first);
            take_expired(wheel, model, now);
        }
        REQUIRE(wheel.find_expired(TimePoint::max()) == nullptr);
    }
}

}  // namespace nearcache::store
