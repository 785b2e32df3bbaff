#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "tests/resp_server/command_replies.hpp"
#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {

// A connection that is only a name, and remembers that it was closed.
class FakeSocket final : public ClientSocket {
  public:
    explicit FakeSocket(std::string peer) : peer_(std::move(peer)) {}

    std::string peer() const override { return is_closed_ ? "?:0" : peer_; }
    std::string local() const override { return is_closed_ ? "?:0" : "127.0.0.1:6380"; }
    int descriptor() const override { return is_closed_ ? -1 : 9; }
    std::size_t unread_bytes() const override { return 26; }
    void hang_up() override { is_closed_ = true; }

    bool is_closed() const noexcept { return is_closed_; }

  private:
    const std::string peer_;
    bool is_closed_ = false;
};

// Runs all lanes until nothing is left to do.
inline void settle(House& house) {
    while (house.lanes.run(0) + house.lanes.run(1) != 0) {
    }
}

// A client that has a connection, and is told what others want to know of it: as a Session would
// have it, a command that has to wait is said again.
class Guest {
  public:
    explicit Guest(House& house, net::LaneId lane = 0, std::string peer = "127.0.0.1:50000")
        : house_(house),
          socket_(std::move(peer)),
          client_(
              house.context, lane, [] {}, &socket_) {}

    // Says it, as far as it may be said.
    Execution say(std::string_view line) { return say_words(words_of(line)); }
    Execution say_words(const std::vector<std::string>& words) {
        std::string bytes;
        resp::append_command(bytes, words);
        return execute_bytes(house_, client_, bytes);
    }

    std::string hear() { return heard_by(client_); }
    // What it hears once all lanes have done what they can.
    std::string ask(std::string_view line) { return ask_words(words_of(line)); }
    std::string ask_words(const std::vector<std::string>& words) {
        while (say_words(words) == Execution::later) settle(house_);
        settle(house_);
        return hear();
    }

    // Subscribes to a channel, on the connection that the backend lends next.
    void subscribe(std::string_view channel) {
        say("SUBSCRIBE " + std::string(channel));
        auto& lent = house_.backend.private_connection(house_.backend.private_connections() - 1);
        lent.give("*3\r\n$9\r\nsubscribe\r\n" + bulk(channel) + ":1\r\n");
        hear();
    }

    Client& client() noexcept { return client_; }
    FakeSocket& socket() noexcept { return socket_; }

  private:
    House& house_;
    FakeSocket socket_;
    Client client_;
};

// Has the backend know what CLIENT has since Redis 7.2.
inline void know_redis_7_2(House& house) {
    HandMade client{.name = "client", .first = 0, .last = 0, .step = 0};
    for (const auto& [name, arity] :
         {std::pair("client|setinfo", 4), std::pair("client|no-touch", 3)}) {
        client.subcommands.push_back({.name = name,
                                      .arity = arity,
                                      .flags = "noscript loading stale",
                                      .first = 0,
                                      .last = 0,
                                      .step = 0});
    }
    house.context.commands.publish(
        std::make_unique<const CommandCatalogue>(*read_commands(reply_of({client}))));
}

inline const std::string ok = "+OK\r\n";

}  // namespace nearcache::resp_server
