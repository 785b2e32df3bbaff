#include "resp_server/conversation.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

using Said = std::vector<std::string>;

// Who has commands executed without a connection.
class Talker {
  public:
    explicit Talker(House& house, std::size_t most_reply_bytes = 1'000'000)
        : conversation_(std::make_unique<Conversation>(
              Conversation::Place{house.context, 0, most_reply_bytes}, [this] { ++calls_; })) {}

    // Lines, each a command. Whether all is answered.
    bool say(const std::vector<std::string>& lines) {
        std::string bytes;
        for (const auto& line : lines) bytes += command(words_of(line));
        return conversation_->say(std::move(bytes));
    }
    std::string hear() { return conversation_->take_replies(); }
    int calls() const noexcept { return calls_; }
    Conversation& conversation() noexcept { return *conversation_; }
    void leave() { conversation_.reset(); }

  private:
    int calls_ = 0;
    std::unique_ptr<Conversation> conversation_;
};

TEST_CASE("what is known here is answered at once, and nobody is called") {
    House house;
    keep(house, "k", "v");
    Talker talker(house);

    CHECK(talker.say({"PING", "GET k", "NOSUCH"}) == false);  // the backend is asked what it is
    house.backend.reply(0, "*1\r\n*-1\r\n");
    house.lanes.run(0);
    CHECK(talker.hear().starts_with("+PONG\r\n" + bulk("v") + "-ERR unknown command 'NOSUCH'"));
    CHECK(talker.calls() == 1);

    CHECK(talker.say({"PING", "GET k"}));
    CHECK(talker.hear() == "+PONG\r\n" + bulk("v"));
    CHECK(talker.calls() == 1);
}

TEST_CASE("replies come in the order of the commands, all at once, and not from within a call") {
    House house;
    keep(house, "here", "1");
    Talker talker(house);

    CHECK_FALSE(talker.say({"GET a", "GET here", "SET k v", "GET b"}));
    CHECK(house.backend.commands() == Said{"GET here", "GET a", "> SET k v", "GET b"});
    house.backend.answer(0, "a", "2");
    house.backend.reply(0, "+OK\r\n");
    house.lanes.run(0);
    CHECK(talker.calls() == 0);
    house.backend.answer(0, "b", "3");
    CHECK(talker.calls() == 0);
    house.lanes.run(0);

    CHECK(talker.calls() == 1);
    CHECK(talker.hear() == bulk("2") + bulk("1") + "+OK\r\n" + bulk("3"));
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("behind its own write that is not answered a read goes the write's way") {
    House house;
    keep(house, "k", "old");
    Talker talker(house);

    talker.say({"SET k new", "GET k"});
    CHECK(house.backend.commands().back() == "> GET k");
    house.backend.reply(0, "+OK\r\n");
    house.backend.reply(0, bulk("new"));
    house.lanes.run(0);

    CHECK(talker.hear() == "+OK\r\n" + bulk("new"));
}

TEST_CASE("what must wait for earlier replies is executed when they are here") {
    House house;
    Talker talker(house);

    talker.say({"GET a", "MULTI", "SET k v", "EXEC", "GET b"});
    CHECK(house.backend.private_connections() == 0);
    house.backend.answer(0, "a", "1");
    house.lanes.run(0);
    REQUIRE(house.backend.private_connections() == 1);
    auto& own = lent(house);
    for (const auto reply : {"+OK\r\n", "+QUEUED\r\n", "*1\r\n+OK\r\n"}) own.give(reply);
    house.lanes.run(0);
    CHECK(own.was_given_back());
    house.backend.answer(0, "b", "2");
    house.lanes.run(0);

    CHECK(talker.calls() == 1);
    CHECK(talker.hear() == bulk("1") + "+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n" + bulk("2"));
}

TEST_CASE("it goes on where it was told to: a second round comes behind the first") {
    House house;
    Talker talker(house);

    talker.say({"MULTI"});
    auto& own = lent(house);
    own.give("+OK\r\n");
    house.lanes.run(0);
    CHECK(talker.hear() == "+OK\r\n");
    talker.say({"SET k v", "EXEC"});
    own.give("+QUEUED\r\n");
    own.give("*1\r\n+OK\r\n");
    house.lanes.run(0);

    CHECK(talker.calls() == 2);
    CHECK(talker.hear() == "+QUEUED\r\n*1\r\n+OK\r\n");
}

TEST_CASE("what it leaves behind on a connection goes with it") {
    House house;
    auto talker = std::make_unique<Talker>(house);
    talker->say({"WATCH k"});
    auto& own = lent(house);
    own.give("+OK\r\n");
    house.lanes.run(0);
    CHECK(own.is_lent());

    talker.reset();

    CHECK_FALSE(own.is_lent());
    CHECK_FALSE(own.was_given_back());
}

TEST_CASE("what blocks holds back what is behind it, and ends when nothing may wait any more") {
    House house;
    Talker talker(house);

    talker.say({"BLPOP q 0", "PING"});
    house.lanes.run(0);
    CHECK(talker.calls() == 0);
    talker.conversation().end_waiting();
    auto& own = lent(house);
    CHECK(own.is_ending());
    own.lose(Errc::backend_connection_lost);
    house.lanes.run(0);

    CHECK(talker.calls() == 1);
    CHECK(talker.hear() == "-ERR server is shutting down\r\n+PONG\r\n");
}

TEST_CASE("after that nothing begins to wait for ever either") {
    House house;
    Talker talker(house);
    talker.conversation().end_waiting();

    talker.say({"BLPOP q 0", "BLPOP r 0"});
    for (int i = 0; i < 2; ++i) {
        CHECK(lent(house).is_ending());
        lent(house).lose(Errc::backend_connection_lost);
        house.lanes.run(0);
    }

    CHECK(talker.calls() == 1);
    CHECK(talker.hear() == "-ERR server is shutting down\r\n-ERR server is shutting down\r\n");
}

TEST_CASE("no more than the limit of a session wait for the backend") {
    House house;
    house.config.max_pipeline = 2;
    Talker talker(house);

    talker.say({"SET a 1", "SET b 2", "SET c 3"});
    CHECK(house.backend.forwards() == 2);
    house.backend.reply(0, "+OK\r\n");
    house.lanes.run(0);
    CHECK(house.backend.forwards() == 3);
    house.backend.reply(0, "+OK\r\n");
    house.backend.reply(0, "+OK\r\n");
    house.lanes.run(0);

    CHECK(talker.hear() == "+OK\r\n+OK\r\n+OK\r\n");
}

TEST_CASE("once the replies are too long nothing more is executed") {
    House house;
    keep(house, "k", std::string(1000, 'v'));
    Talker talker(house, 2500);

    CHECK(talker.say({"GET k", "GET k", "GET k", "GET k", "GET k"}));

    const auto one = bulk(std::string(1000, 'v'));
    CHECK(talker.hear() == one + one + one);
}

TEST_CASE("how long replies that are still to come will be is a guess, and no reason to stop") {
    House house;
    Talker talker(house, 2500);

    CHECK_FALSE(talker.say({"SET a 1", "SET b 2"}));
    CHECK(house.backend.forwards() == 1);
    house.backend.reply(0, "+OK\r\n");
    house.lanes.run(0);
    CHECK(talker.calls() == 0);
}

TEST_CASE("values that are shared with the cache come whole") {
    const std::string value(copied_value_bytes * 40, 'v');
    House house;
    keep(house, "k", value);
    Talker talker(house);

    CHECK(talker.say({"GET k", "PING", "GET k"}));

    CHECK(talker.hear() == bulk(value) + "+PONG\r\n" + bulk(value));
}

TEST_CASE("others see it in CLIENT LIST, and may end it") {
    House house;
    Talker talker(house);
    Visitor other(house, 1);
    talker.say({"BLPOP q 0", "PING"});

    other.say("CLIENT LIST");
    house.lanes.run(0);
    house.lanes.run(1);
    CHECK(other.hear().find("id=1 addr=?:0 laddr=?:0 fd=-1 ") != std::string::npos);
    other.say("CLIENT KILL ID 1");
    house.lanes.run(0);
    house.lanes.run(1);
    CHECK(other.hear() == ":1\r\n");
    lent(house).lose(Errc::backend_connection_lost);
    house.lanes.run(0);

    CHECK(talker.calls() == 1);
    CHECK(talker.hear().empty());
    talker.leave();
    CHECK(other.ask("CLIENT ID") == ":2\r\n");
}

TEST_CASE("a command that is longer than a client's may be is refused, with all behind it") {
    House house;
    house.config.request.max_bulk_bytes = 10;
    Talker talker(house);

    CHECK(talker.say({"PING", "ECHO 12345678901", "PING"}));

    CHECK(talker.hear() == "+PONG\r\n-ERR Protocol error: invalid bulk length\r\n");
}

TEST_CASE("a request beyond those allowed in flight is refused, the others are served") {
    House house(1);
    keep(house, "here", "v");
    Talker talker(house);
    Visitor other(house);
    other.say("GET slow");

    CHECK(talker.say({"GET k", "GET here"}));
    CHECK(talker.hear() == std::string(overloaded) + bulk("v"));

    house.backend.fail_all(Errc::shutting_down);
}

}  // namespace
}  // namespace nearcache::resp_server
