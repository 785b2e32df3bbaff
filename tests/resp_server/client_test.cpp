#include "resp_server/client.hpp"

#include <initializer_list>
#include <string_view>

#include <doctest/doctest.h>

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

}  // namespace
}  // namespace nearcache::resp_server
