#include "net/connections.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/lanes.hpp"
#include "tests/support/manual_clock.hpp"

namespace nearcache::net {
namespace {

using namespace std::chrono_literals;
using Log = std::vector<std::string>;

// Writes down what its lane does with it.
class Recorder final : public Connection {
  public:
    Recorder(std::string name, Log& log) : name_(std::move(name)), log_(log) {}
    ~Recorder() override { note("gone"); }

    void start() override { note("start"); }
    void on_deadline() override { note("deadline"); }
    void drain() override { note("drain"); }
    void cut() override { note("cut"); }
    void end_at(TimePoint when) { set_deadline(when); }

  private:
    void note(const char* what) { log_.push_back(name_ + " " + what); }

    const std::string name_;
    Log& log_;
};

struct Bench {
    Recorder& add(const std::string& name) {
        auto made = std::make_unique<Recorder>(name, log);
        auto& connection = *made;
        connections->add(std::move(made));
        return connection;
    }
    // The timer is a real one: this takes a tick. False when none came.
    bool wait_for_tick() {
        context.restart();
        return context.run_one_for(10s) == 1;
    }
    Log take_log() { return std::exchange(log, {}); }

    tests::ManualClock clock;
    Log log;
    IoContext context{1};
    std::unique_ptr<Connections> connections = std::make_unique<Connections>(context, clock);
};

TEST_CASE("a connection is started when it is added and destroyed when it is removed") {
    Bench bench;

    auto& a = bench.add("a");
    bench.add("b");
    CHECK(bench.connections->size() == 2);
    bench.connections->remove(a);

    CHECK(bench.connections->size() == 1);
    CHECK(bench.log == Log{"a start", "b start", "a gone"});
}

TEST_CASE("connections that are still open go with their lane") {
    Bench bench;
    bench.add("a");
    bench.add("b");
    bench.take_log();

    bench.connections.reset();

    CHECK(bench.log == Log{"a gone", "b gone"});
}

TEST_CASE("draining and cutting reach every connection") {
    Bench bench;
    bench.add("a");
    bench.add("b");
    bench.take_log();

    bench.connections->drain_all();
    CHECK(bench.take_log() == Log{"a drain", "b drain"});

    bench.connections->cut_all();
    CHECK(bench.take_log() == Log{"a cut", "b cut"});
}

TEST_CASE("a connection that comes while its lane drains is drained as soon as it is started") {
    Bench bench;

    bench.connections->drain_all();
    bench.add("late");

    CHECK(bench.log == Log{"late start", "late drain"});
}

TEST_CASE("a connection is told of its deadline when that has come, and not before") {
    Bench bench;
    const auto now = bench.clock.now();
    bench.add("never");
    bench.add("due").end_at(now + 1000ms);
    bench.add("later").end_at(now + 1001ms);
    bench.clock.advance(999ms);
    REQUIRE(bench.wait_for_tick());
    bench.take_log();

    bench.clock.advance(1ms);
    REQUIRE(bench.wait_for_tick());

    CHECK(bench.take_log() == Log{"due deadline"});
}

TEST_CASE("with nobody left to watch the lane has nothing to do") {
    Bench bench;
    bench.connections->remove(bench.add("a"));

    CHECK(bench.wait_for_tick());

    CHECK(bench.context.poll() == 0);
    CHECK(bench.context.stopped());
}

TEST_CASE("who comes after everyone left is watched again, by one timer") {
    Bench bench;
    bench.connections->remove(bench.add("first"));
    auto& second = bench.add("second");
    second.end_at(bench.clock.now());
    bench.take_log();

    // The first timer was cancelled: its end is no tick.
    REQUIRE(bench.wait_for_tick());
    CHECK(bench.take_log().empty());
    REQUIRE(bench.wait_for_tick());

    CHECK(bench.take_log() == Log{"second deadline"});
    CHECK(bench.context.poll() == 0);
}

TEST_CASE("the connections of all lanes are counted together, and told each on its own lane") {
    tests::ManualClock clock;
    Log log;
    tests::Lanes lanes(2);
    ConnectionLanes all(lanes.threads(), clock);
    all[0].add(std::make_unique<Recorder>("on 0", log));
    all[1].add(std::make_unique<Recorder>("on 1", log));
    CHECK(all.size() == 2);
    log.clear();

    all.drain_all();
    all.cut_all();
    CHECK(log.empty());

    lanes.run(1);
    CHECK(log == Log{"on 1 drain", "on 1 cut"});
    lanes.run(0);
    CHECK(log == Log{"on 1 drain", "on 1 cut", "on 0 drain", "on 0 cut"});
}

}  // namespace
}  // namespace nearcache::net
