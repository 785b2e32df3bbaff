#include "resp_server/catalogue_reader.hpp"

#include <string>

#include <doctest/doctest.h>

#include "tests/resp_server/command_replies.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

struct Reading {
    House house;
    KnownCommands known;
    CatalogueReader reader{house.lanes.threads(), house.cache, house.clock, known};

    std::size_t questions() const { return house.backend.forwards(); }
};

const HandMade json_get{.name = "json.get", .flags = "readonly"};

TEST_CASE("the table is read once for the connections that there are") {
    Reading reading;

    reading.reader.look();
    CHECK(reading.house.backend.commands().back() == "> COMMAND");
    reading.house.backend.reply(0, reply_of({json_get}));
    reading.reader.look();

    CHECK(reading.questions() == 1);
    REQUIRE(reading.known.current() != nullptr);
    CHECK(reading.known.current()->find("json.get") != nullptr);
}

TEST_CASE("nothing is asked while the answer is on its way") {
    Reading reading;
    reading.reader.look();

    reading.reader.look();

    CHECK(reading.questions() == 1);
    reading.house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("the table is read again over new connections, and the old one serves meanwhile") {
    Reading reading;
    reading.reader.look();
    reading.house.backend.reply(0, reply_of({json_get}));

    reading.house.backend.make_connection();
    reading.reader.look();
    CHECK(reading.questions() == 2);
    CHECK(reading.known.current()->find("json.get") != nullptr);
    reading.house.backend.reply(0, reply_of({}));

    CHECK(reading.known.current()->find("json.get") == nullptr);
}

TEST_CASE("a connection made while the answer was on its way makes the question be asked again") {
    Reading reading;
    reading.reader.look();
    reading.house.backend.make_connection();
    reading.house.backend.reply(0, reply_of({json_get}));

    reading.reader.look();

    CHECK(reading.questions() == 2);
    reading.house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("a backend that is away is asked when it is back") {
    Reading reading;
    reading.house.backend.set_reachable(false);
    reading.reader.look();
    CHECK(reading.questions() == 0);

    reading.house.backend.set_reachable(true);
    reading.reader.look();

    CHECK(reading.questions() == 1);
    reading.house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("a question that is lost is asked again") {
    Reading reading;
    reading.reader.look();
    reading.house.backend.fail(0, Errc::backend_connection_lost);

    reading.reader.look();

    CHECK(reading.questions() == 2);
    CHECK(reading.known.current() == nullptr);
    reading.house.backend.fail_all(Errc::shutting_down);
}

TEST_CASE("an answer that is no table is not believed, and asked for again after a pause") {
    for (const std::string reply : {"-LOADING soon\r\n", "+OK\r\n", "*1\r\n*2\r\n:1\r\n:2\r\n"}) {
        CAPTURE(reply);
        Reading reading;
        reading.reader.look();
        reading.house.backend.reply(0, reply);

        reading.reader.look();
        CHECK(reading.questions() == 1);
        CHECK(reading.known.current() == nullptr);
        reading.house.clock.advance(CatalogueReader::pause);
        reading.reader.look();

        CHECK(reading.questions() == 2);
        reading.house.backend.fail_all(Errc::shutting_down);
    }
}

TEST_CASE("a backend that never tells is asked once for each time it is connected to") {
    for (const std::string reply : {"-NOPERM no\r\n", "-ERR unknown command 'COMMAND'\r\n"}) {
        CAPTURE(reply);
        Reading reading;
        reading.reader.look();
        reading.house.backend.reply(0, reply);

        reading.house.clock.advance(CatalogueReader::pause);
        reading.reader.look();

        CHECK(reading.questions() == 1);
        REQUIRE(reading.known.current() != nullptr);
        CHECK(reading.known.current()->size() == 0);
    }
}

TEST_CASE("what was started asks by itself, until it is stopped") {
    Reading reading;
    auto& lanes = reading.house.lanes;

    reading.reader.start();
    CHECK(lanes.run_until(0, [&] { return reading.questions() == 1; }));
    reading.house.backend.fail(0, Errc::backend_connection_lost);
    CHECK(lanes.run_until(0, [&] { return reading.questions() == 2; }));
    reading.house.backend.fail(0, Errc::backend_connection_lost);
    reading.reader.stop();
    lanes.finish();

    CHECK(lanes.threads().lane(0).stopped());
    CHECK(reading.questions() == 2);
}

}  // namespace
}  // namespace nearcache::resp_server
