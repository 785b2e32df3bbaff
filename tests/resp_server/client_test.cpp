#include "resp_server/client.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "resp_server/own_connection.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

cache::Hash hash(std::string_view key) { return cache::Key(key).hash; }

cache::Written written(std::initializer_list<std::string_view> keys) {
    cache::Written hashes;
    for (const auto key : keys) hashes.hashes.push_back(hash(key));
    return hashes;
}

cache::Written everything() {
    cache::Written all;
    all.everything = true;
    return all;
}

struct Bench {
    House house;
    Client client{house.context, 0, [] {}};
};

TEST_CASE("a key counts as written from the sending of the write until its answer") {
    Bench bench;
    CHECK_FALSE(bench.client.wrote(hash("a")));

    bench.client.write_sent(written({"a", "b"}));
    CHECK(bench.client.wrote(hash("a")));
    CHECK(bench.client.wrote(hash("b")));
    CHECK_FALSE(bench.client.wrote(hash("c")));

    bench.client.write_answered(written({"a", "b"}));
    CHECK_FALSE(bench.client.wrote(hash("a")));
    CHECK_FALSE(bench.client.wrote(hash("b")));
}

TEST_CASE("a key that was written twice is free when both writes are answered") {
    Bench bench;
    bench.client.write_sent(written({"a"}));
    bench.client.write_sent(written({"a", "b"}));

    bench.client.write_answered(written({"a"}));
    CHECK(bench.client.wrote(hash("a")));
    CHECK(bench.client.wrote(hash("b")));

    bench.client.write_answered(written({"a", "b"}));
    CHECK_FALSE(bench.client.wrote(hash("a")));
}

TEST_CASE("a write that names a key twice counts it twice, and frees it twice") {
    Bench bench;

    bench.client.write_sent(written({"a", "a"}));
    CHECK(bench.client.wrote(hash("a")));
    bench.client.write_answered(written({"a", "a"}));

    CHECK_FALSE(bench.client.wrote(hash("a")));
}

TEST_CASE("a write of anything is a write of every key") {
    Bench bench;

    bench.client.write_sent(everything());
    bench.client.write_sent(written({"a"}));
    CHECK(bench.client.wrote(hash("a")));
    CHECK(bench.client.wrote(hash("b")));

    bench.client.write_answered(everything());
    CHECK(bench.client.wrote(hash("a")));
    CHECK_FALSE(bench.client.wrote(hash("b")));
}

TEST_CASE("a command that writes nothing leaves no mark") {
    Bench bench;

    bench.client.write_sent({});
    CHECK_FALSE(bench.client.wrote(hash("a")));
    bench.client.write_answered({});

    bench.client.write_sent(written({"a"}));
    CHECK(bench.client.wrote(hash("a")));
}

TEST_CASE("reads that wait elsewhere are counted") {
    Bench bench;
    CHECK_FALSE(bench.client.waits_elsewhere());

    bench.client.read_sent_elsewhere();
    bench.client.read_sent_elsewhere();
    bench.client.read_elsewhere_answered();
    CHECK(bench.client.waits_elsewhere());

    bench.client.read_elsewhere_answered();
    CHECK_FALSE(bench.client.waits_elsewhere());
}

TEST_CASE("every client has a number of its own, beginning with one") {
    House house;

    const Client first(house.context, 0, [] {}), second(house.context, 1, [] {});

    CHECK(first.id() == 1);
    CHECK(second.id() == 2);
    CHECK(second.lane() == 1);
}

TEST_CASE("a client stays until it leaves") {
    Bench bench;
    CHECK_FALSE(bench.client.is_leaving());

    bench.client.leave();

    CHECK(bench.client.is_leaving());
}

TEST_CASE("a client begins in the home database and in RESP2, and its route follows it") {
    House house({.home_database = 3});
    Client client(house.context, 1, [] {});
    CHECK(client.route() == cache::Route{.lane = 1, .database = 3});
    CHECK(client.key("k").hash == hash("k"));

    client.set_database(1);
    client.set_dialect(resp::Dialect::resp3);

    CHECK(client.route() ==
          cache::Route{.lane = 1, .database = 1, .dialect = resp::Dialect::resp3});
    CHECK(client.database().number == 1);
    CHECK(client.key("k").hash != hash("k"));
    client.set_database(3);
    CHECK(client.key("k").hash == hash("k"));
}

TEST_CASE("beyond the databases that are cached nothing is read from the cache") {
    Bench bench;
    for (std::uint32_t number = 0; number < cache::most_cached_databases; ++number) {
        bench.client.set_database(number);
        CHECK(bench.client.reads_cache());
    }

    bench.client.set_database(cache::most_cached_databases);
    CHECK_FALSE(bench.client.reads_cache());

    bench.client.set_database(1);
    CHECK(bench.client.reads_cache());
}

TEST_CASE("a client is held back until all that holds it lets go") {
    Bench bench;
    CHECK_FALSE(bench.client.is_held_back());

    bench.client.hold_back();
    bench.client.hold_back();
    bench.client.let_go_on();
    CHECK(bench.client.is_held_back());

    bench.client.let_go_on();
    CHECK_FALSE(bench.client.is_held_back());
}

TEST_CASE("a client's own connection is in its database and dialect, and ends with it") {
    House house;
    {
        Client client(house.context, 0, [] {});
        client.set_database(1);
        client.set_dialect(resp::Dialect::resp3);

        REQUIRE(client.lend_own() != nullptr);
        CHECK(client.own() != nullptr);
        CHECK(lent(house).route() == client.route());
    }

    CHECK(house.backend.lent() == 0);
    CHECK_FALSE(lent(house).was_given_back());
}

TEST_CASE("a connection that is dropped is closed, not given back") {
    Bench bench;
    REQUIRE(bench.client.lend_own() != nullptr);

    bench.client.drop_own();
    bench.client.drop_own();

    CHECK(bench.client.own() == nullptr);
    CHECK(bench.house.backend.lent() == 0);
    CHECK_FALSE(lent(bench.house).was_given_back());
}

TEST_CASE("whatever Redis has to hear of a client's reads keeps them from the cache") {
    Bench bench;
    auto& own = *bench.client.lend_own();
    CHECK(bench.client.reads_cache());

    for (bool* const state :
         {&own.is_watching, &own.is_tracking, &own.is_monitoring, &own.is_marked}) {
        *state = true;
        CHECK_FALSE(bench.client.reads_cache());
        *state = false;
    }
    own.transaction.begin(0);
    CHECK_FALSE(bench.client.reads_cache());
    own.transaction.start_ending();
    CHECK(bench.client.reads_cache());
    own.subscriptions.apply({"subscribe", "c"});
    own.is_exempt = true;
    CHECK(bench.client.reads_cache());
}

TEST_CASE("a client ends at once when nothing is pending, and wakes its session for it") {
    House house;
    int calls = 0;
    Client client(house.context, 0, [&] { ++calls; });

    client.end();

    CHECK(client.is_leaving());
    CHECK(calls == 1);
}

// What each of three commands gets to say, once a client has asked for `how`.
std::string heard_after(Client::Replying how) {
    Bench bench;
    bench.client.set_replying(how);
    bench.client.command_done();
    for (const std::string_view word : {"a", "b", "c"}) {
        bench.client.out().append(word);
        bench.client.command_done();
    }
    return flattened(bench.client.replies().output());
}

TEST_CASE("CLIENT REPLY decides whether commands get to say anything") {
    CHECK(heard_after(Client::Replying::on) == "abc");
    CHECK(heard_after(Client::Replying::off) == "");
    CHECK(heard_after(Client::Replying::skip_next) == "bc");
}

TEST_CASE("what is not said takes no memory") {
    Bench bench;
    bench.client.set_replying(Client::Replying::off);

    for (int i = 0; i < 100; ++i) {
        bench.client.out().append(std::string(1000, 'x'));
        bench.client.command_done();
        CHECK(bench.client.out().size() == 0);
    }
}

}  // namespace
}  // namespace nearcache::resp_server
