#include "resp_server/store_dump.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using Words = std::vector<std::string>;

std::string array(const Words& words) {
    std::string reply;
    resp::append_command(reply, words);
    return reply;
}

// What SCAN says.
std::string batch(std::string_view cursor, const Words& keys) {
    return "*2\r\n" + bulk(cursor) + array(keys);
}

// A client that has asked for all there is, and the backend that is asked for it.
struct Dumping {
    explicit Dumping(std::size_t output_limit = 1024) {
        house.config.output_limit_bytes = output_limit;
        visitor.say_bytes("DUMP\r\n");
    }

    // The command that is to be answered next; empty when there is none.
    std::string asked() const {
        const auto& all = house.backend.commands();
        const auto unanswered = house.backend.unanswered();
        return unanswered == 0 ? "" : all[all.size() - unanswered].substr(2);
    }
    void answer(std::string_view reply) { house.backend.reply(0, reply); }
    // Checks the question as well.
    void answer(std::string_view question, std::string_view reply) {
        CHECK(asked() == question);
        answer(reply);
    }
    // TYPE and MEMORY USAGE of the next key.
    void tell_of(const std::string& key, const std::string& type, std::size_t bytes = 50) {
        answer("TYPE " + key, "+" + type + "\r\n");
        answer("MEMORY USAGE " + key, ":" + std::to_string(bytes) + "\r\n");
    }

    House house;
    Visitor visitor{house};
};

TEST_CASE("a dump of nothing is an empty object") {
    Dumping dump;

    dump.answer("SCAN 0 COUNT 250", batch("0", {}));

    CHECK(dump.visitor.hear() == "+{}\r\n");
    CHECK(dump.house.backend.unanswered() == 0);
    CHECK_FALSE(dump.visitor.client().is_held_back());
}

TEST_CASE("a dump reads each key as its type wants, and leaves as it comes") {
    Dumping dump;

    dump.answer("SCAN 0 COUNT 250", batch("0", {"s", "h"}));
    CHECK(dump.visitor.hear() == "+{");
    dump.tell_of("s", "string");
    dump.tell_of("h", "hash");
    dump.answer("GET s", bulk("v"));
    CHECK(dump.visitor.hear() == R"("s":"v")");
    dump.answer("HGETALL h", array({"f", "w"}));

    CHECK(dump.visitor.hear() == ",\"h\":{\"f\":\"w\"}}\r\n");
}

TEST_CASE("a dump walks until SCAN is back where it began, each key once") {
    Dumping dump;

    dump.answer("SCAN 0 COUNT 250", batch("17", {"a", "b"}));
    dump.tell_of("a", "string");
    dump.tell_of("b", "string");
    dump.answer(bulk("1"));
    dump.answer(bulk("2"));
    dump.answer("SCAN 17 COUNT 250", batch("5", {}));
    dump.answer("SCAN 5 COUNT 250", batch("0", {"b", "c", "c"}));
    dump.tell_of("c", "string");
    dump.answer("GET c", bulk("3"));

    CHECK(dump.visitor.hear() == "+{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}\r\n");
}

TEST_CASE("keys that are gone before they are read are left out") {
    Dumping dump;

    dump.answer(batch("0", {"a", "b", "c"}));
    dump.answer("+none\r\n");
    dump.answer("$-1\r\n");
    dump.tell_of("b", "string");
    dump.tell_of("c", "list");
    dump.answer("GET b", "$-1\r\n");
    dump.answer("LRANGE c 0 -1", "*0\r\n");

    CHECK(dump.visitor.hear() == "+{}\r\n");
}

TEST_CASE("a value of a type that has no form in JSON is null, without being read") {
    Dumping dump;

    dump.answer(batch("0", {"m"}));
    dump.tell_of("m", "MBbloom--");

    CHECK(dump.visitor.hear() == "+{\"m\":null}\r\n");
}

TEST_CASE("a key whose type has changed meanwhile is asked about once more") {
    Dumping dump;

    dump.answer(batch("0", {"k"}));
    dump.tell_of("k", "string");
    dump.answer("GET k", "-WRONGTYPE Operation against a key\r\n");
    dump.tell_of("k", "list");
    dump.answer("LRANGE k 0 -1", array({"x"}));
    CHECK(dump.visitor.hear() == "+{\"k\":[\"x\"]}\r\n");

    Dumping restless;
    restless.answer(batch("0", {"k"}));
    for (int i = 0; i < 2; ++i) {
        restless.tell_of("k", "string");
        restless.answer("GET k", "-WRONGTYPE Operation against a key\r\n");
    }
    CHECK(restless.visitor.hear() == "+{\"k\":null}\r\n");
}

TEST_CASE("small values are read together, large ones alone") {
    Dumping dump;
    dump.answer(batch("0", {"a", "b", "large", "c"}));
    dump.tell_of("a", "string");
    dump.tell_of("b", "string");
    dump.tell_of("large", "string", 10'000'000);
    dump.tell_of("c", "string");

    CHECK(dump.house.backend.unanswered() == 2);
    dump.answer("GET a", bulk("1"));
    CHECK(dump.house.backend.unanswered() == 1);
    dump.answer("GET b", bulk("2"));
    CHECK(dump.house.backend.unanswered() == 1);
    dump.answer("GET large", bulk("3"));
    dump.answer("GET c", bulk("4"));

    CHECK(dump.visitor.hear() == "+{\"a\":\"1\",\"b\":\"2\",\"large\":\"3\",\"c\":\"4\"}\r\n");
}

TEST_CASE("where the backend does not tell how large a value is, each is read alone") {
    Dumping dump;
    dump.answer(batch("0", {"a", "b"}));
    for (int i = 0; i < 2; ++i) {
        dump.answer("+string\r\n");
        dump.answer("-ERR unknown command 'MEMORY'\r\n");
    }

    CHECK(dump.house.backend.unanswered() == 1);
    dump.answer("GET a", bulk("1"));
    CHECK(dump.house.backend.unanswered() == 1);
    dump.answer("GET b", bulk("2"));

    CHECK(dump.visitor.hear() == "+{\"a\":\"1\",\"b\":\"2\"}\r\n");
}

TEST_CASE("nothing more is asked for until the client has taken what was written") {
    Dumping dump(10);
    dump.answer(batch("9", {"a", "b"}));
    dump.tell_of("a", "string", 10'000'000);
    dump.tell_of("b", "string", 10'000'000);
    dump.answer("GET a", bulk("a long value"));

    CHECK(dump.asked().empty());
    CHECK(dump.visitor.hear() == R"(+{"a":"a long value")");
    dump.visitor.client().replies().tell_room();
    dump.answer("GET b", bulk("another one"));
    CHECK(dump.asked().empty());
    CHECK(dump.visitor.hear() == R"(,"b":"another one")");
    dump.visitor.client().replies().tell_room();
    dump.answer("SCAN 9 COUNT 250", batch("0", {}));

    CHECK(dump.visitor.hear() == "}\r\n");
}

TEST_CASE("while a dump is under way nothing else of its client is executed") {
    Dumping dump;

    CHECK(dump.visitor.client().is_held_back());
    CHECK(dump.house.in_flight.taken() == 1);
    dump.answer(batch("0", {}));

    CHECK_FALSE(dump.visitor.client().is_held_back());
    CHECK(dump.house.in_flight.taken() == 0);
}

TEST_CASE("a dump that cannot begin is an error like any other") {
    Dumping away;
    away.house.backend.fail(0, Errc::backend_unreachable);
    CHECK(away.visitor.hear() == "-ERR backend unreachable\r\n");
    CHECK_FALSE(away.visitor.client().is_leaving());

    Dumping refused;
    refused.answer("-NOPERM no SCAN for you\r\n");
    CHECK(refused.visitor.hear() == "-NOPERM no SCAN for you\r\n");
}

TEST_CASE("a dump whose backend is lost is never taken for whole, and ends the connection") {
    Dumping dump;
    dump.answer(batch("0", {"a", "b"}));
    dump.tell_of("a", "string");
    dump.tell_of("b", "string");
    dump.answer("GET a", bulk("1"));

    dump.house.backend.fail(0, Errc::backend_connection_lost);

    CHECK(dump.visitor.hear() ==
          "+{\"a\":\"1\" -ERR backend connection lost, the command may have taken effect\r\n");
    CHECK(dump.visitor.client().is_leaving());
    CHECK(dump.house.backend.unanswered() == 0);
}

TEST_CASE("after an error a dump waits for what it has asked, and writes nothing of it") {
    Dumping dump;
    dump.answer(batch("0", {"a", "b"}));
    dump.tell_of("a", "string");
    dump.tell_of("b", "string");

    dump.answer("GET a", "-NOPERM not that key\r\n");
    CHECK(dump.visitor.client().is_held_back());
    dump.answer("GET b", bulk("2"));

    CHECK(dump.visitor.hear() == "+{ -NOPERM not that key\r\n");
    CHECK_FALSE(dump.visitor.client().is_held_back());
}

TEST_CASE("a reply that is none ends a dump as well") {
    Dumping dump;

    dump.answer("*1\r\n$1\r\n0\r\n");

    CHECK(dump.visitor.hear() == "-ERR backend protocol error\r\n");
}

TEST_CASE("a dump for a client that is gone ends as soon as nothing is on its way") {
    Dumping dump(10);
    dump.answer(batch("9", {"a", "b"}));
    dump.tell_of("a", "string");
    dump.tell_of("b", "string");
    dump.visitor.client().replies().tell_client_gone();
    CHECK(dump.visitor.client().replies().pending() == 1);

    dump.answer(bulk("1"));
    dump.answer(bulk("2"));
    CHECK(dump.visitor.client().replies().pending() == 0);
    CHECK(dump.house.in_flight.taken() == 0);

    Dumping paused(10);
    paused.answer(batch("0", {"a", "b"}));
    paused.tell_of("a", "string", 10'000'000);
    paused.tell_of("b", "string", 10'000'000);
    paused.answer("GET a", bulk("a long value"));
    paused.visitor.client().replies().tell_client_gone();
    CHECK(paused.visitor.client().replies().pending() == 0);
}

TEST_CASE("a dump is of the client's database, and in the dialect that is read here") {
    House house;
    Visitor visitor(house);
    visitor.client().set_database(3);
    visitor.client().set_dialect(resp::Dialect::resp3);

    visitor.say_bytes("dump\n");

    CHECK(house.backend.commands().back() == "[db 3] > SCAN 0 COUNT 250");
    house.backend.reply(0, batch("0", {}));
}

}  // namespace
}  // namespace nearcache::resp_server
