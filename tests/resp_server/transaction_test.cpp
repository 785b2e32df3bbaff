#include "resp_server/transaction.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nearcache::resp_server {
namespace {

using Databases = std::vector<std::uint32_t>;

cache::Written written(std::initializer_list<cache::Hash> hashes) {
    cache::Written keys;
    keys.hashes.assign(hashes.begin(), hashes.end());
    return keys;
}

TEST_CASE("a transaction is open from MULTI on, and must be remembered until its end is answered") {
    Transaction transaction;
    CHECK_FALSE(transaction.is_open());
    CHECK_FALSE(transaction.is_ending());

    transaction.begin(0);
    CHECK(transaction.is_open());
    CHECK_FALSE(transaction.is_ending());

    transaction.start_ending();
    CHECK_FALSE(transaction.is_open());
    CHECK(transaction.is_ending());

    transaction.end();
    CHECK_FALSE(transaction.is_open());
    CHECK_FALSE(transaction.is_ending());
}

TEST_CASE("it knows all that its commands may change") {
    Transaction transaction;
    transaction.begin(0);
    CHECK(transaction.written().nothing());

    transaction.add_written(written({1, 2}));
    transaction.add_written({});
    transaction.add_written(written({2, 3}));
    CHECK(transaction.written().hashes.size() == 4);
    CHECK_FALSE(transaction.written().everything);

    cache::Written all;
    all.everything = true;
    transaction.add_written(all);
    transaction.add_written(written({4}));
    CHECK(transaction.written().everything);
}

TEST_CASE("it begins in its client's database, and knows each that it may get to once") {
    Transaction transaction;
    transaction.begin(3);
    CHECK(transaction.databases() == Databases{3});

    transaction.may_select(1);
    transaction.may_select(3);
    transaction.may_select(1);

    CHECK(transaction.databases() == Databases{3, 1});
}

TEST_CASE("commands whose answer is looked at are known by their place among those queued") {
    Transaction transaction;
    transaction.begin(0);

    transaction.queued();
    transaction.queued({"CLIENT", "ID"});
    transaction.queued();
    transaction.queued({"SELECT", "1"});

    CHECK(transaction.count() == 4);
    REQUIRE(transaction.noted().size() == 2);
    CHECK(transaction.noted()[0].place == 1);
    CHECK(transaction.noted()[0].words == std::vector<std::string>{"CLIENT", "ID"});
    CHECK(transaction.noted()[1].place == 3);
}

TEST_CASE("the next transaction knows nothing of the one before") {
    Transaction transaction;
    transaction.begin(0);
    transaction.add_written(written({1}));
    transaction.may_select(1);
    transaction.changes_client();
    transaction.queued({"SELECT", "1"});
    transaction.start_ending();
    transaction.end();

    transaction.begin(1);

    CHECK(transaction.is_open());
    CHECK(transaction.written().nothing());
    CHECK(transaction.databases() == Databases{1});
    CHECK_FALSE(transaction.may_change_client());
    CHECK(transaction.count() == 0);
    CHECK(transaction.noted().empty());
}

}  // namespace
}  // namespace nearcache::resp_server
