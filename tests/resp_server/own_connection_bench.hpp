#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "resp_server/own_connection.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {

// A message that was published, as a subscriber in RESP3 gets it.
inline const std::string push = ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n";

// A client that has a connection of its own, on which something is left behind: so it keeps it.
struct OwnConnectionBench {
    explicit OwnConnectionBench(resp::Dialect dialect = resp::Dialect::resp2) {
        client.set_dialect(dialect);
        REQUIRE(client.lend_own() != nullptr);
        own().is_exempt = true;
    }

    OwnConnection& own() { return *client.own(); }
    tests::FakePrivateConnection& connection() { return lent(house); }
    void send(std::string_view bytes, OwnReply::Request request = {}) {
        own().send({bytes}, std::make_unique<OwnReply>(client, std::move(request)));
    }
    cache::Written writing(std::string_view key) {
        cache::Written written;
        written.hashes.push_back(client.key(key).hash);
        return written;
    }

    House house;
    Visitor visitor{house};
    Client& client = visitor.client();
};

}  // namespace nearcache::resp_server
