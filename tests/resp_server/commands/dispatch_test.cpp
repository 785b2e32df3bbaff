#include "resp_server/commands/dispatch.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/visitor.hpp"

namespace nearcache::resp_server {
namespace {

std::string answer_to(std::string_view line) {
    House house;
    Visitor visitor(house);
    return visitor.ask(line);
}

// Whether a command goes to the backend, as it is.
bool is_forwarded(std::string_view line) {
    House house;
    Visitor visitor(house);
    CHECK(visitor.say(line) == Execution::done);
    const bool is_sent = house.backend.forwards() == 1;
    house.backend.fail_all(Errc::shutting_down);
    return is_sent;
}

std::string wrong_arity(std::string_view name) {
    return "-ERR wrong number of arguments for '" + std::string(name) + "' command\r\n";
}

TEST_CASE("a command is known in any case") {
    CHECK(answer_to("ping") == "+PONG\r\n");
    CHECK(answer_to("PiNg") == "+PONG\r\n");
    CHECK(is_forwarded("sEt k v"));
    CHECK_FALSE(is_forwarded("gEt k"));
}

TEST_CASE("a command with the wrong number of words is refused here, by its own name") {
    CHECK(answer_to("GET") == wrong_arity("get"));
    CHECK(answer_to("GET a b") == wrong_arity("get"));
    CHECK(answer_to("MGET") == wrong_arity("mget"));
    CHECK(answer_to("SET k") == wrong_arity("set"));
    CHECK(answer_to("ECHO") == wrong_arity("echo"));
    CHECK(answer_to("PING a b") == wrong_arity("ping"));
    CHECK(answer_to("CONFIG") == wrong_arity("config"));
    CHECK(answer_to("CONFIG GET") == wrong_arity("config|get"));
    CHECK(answer_to("CLIENT SETNAME") == wrong_arity("client|setname"));
}

TEST_CASE("of a long unknown command only the beginning is shown") {
    const std::string name(200, 'n'), word(100, 'w');

    const auto reply = answer_to(name + " " + word + " " + word + " " + word);

    CHECK(reply == "-ERR unknown command '" + name.substr(0, 128) +
                       "', with args beginning with: '" + word + "' '" + word.substr(0, 25) +
                       "' \r\n");
}

// The lines of a form that a web page sends here must not be executed as commands.
TEST_CASE("HTTP is hung up on without an answer") {
    for (const std::string bytes : {"POST /key HTTP/1.1\r\n", "host: localhost:6380\r\n"}) {
        House house;
        Visitor visitor(house);

        visitor.say_bytes(bytes);

        CHECK(visitor.hear().empty());
        CHECK(visitor.client().is_leaving());
    }
}

TEST_CASE("an unknown subcommand is refused with a hint") {
    CHECK(answer_to("config frobnicate x") ==
          "-ERR unknown subcommand 'frobnicate'. Try CONFIG HELP.\r\n");
    CHECK(answer_to("CLIENT nonsense") ==
          "-ERR unknown subcommand 'nonsense'. Try CLIENT HELP.\r\n");
}

TEST_CASE("what makes something else of a connection is refused, and reaches nobody") {
    for (const std::string_view line : {"SYNC", "PSYNC ? -1", "REPLCONF x", "SCRIPT DEBUG YES"}) {
        CAPTURE(line);
        House house;
        Visitor visitor(house);

        const auto reply = visitor.ask(line);

        CHECK(reply.starts_with("-ERR '"));
        CHECK(reply.ends_with("' takes over its connection: send it to Redis itself\r\n"));
        CHECK(house.backend.commands().empty());
        CHECK(house.backend.private_connections() == 0);
    }
}

TEST_CASE("what would change the server is refused where it is not allowed, and reaches nobody") {
    for (const std::string_view line :
         {"SHUTDOWN", "CONFIG SET maxmemory 1", "REPLICAOF a 1", "CLIENT PAUSE 1"}) {
        CAPTURE(line);
        House house;
        Visitor visitor(house);

        const auto reply = visitor.ask(line);

        CHECK(reply.starts_with("-NOPERM '"));
        CHECK(
            reply.ends_with("' is an administrative command, and resp.admin_commands is deny\r\n"));
        CHECK(house.backend.commands().empty());
        CHECK(house.backend.private_connections() == 0);
    }
}

TEST_CASE("READONLY and its like are told that there is no cluster") {
    for (const std::string_view line : {"READONLY", "READWRITE", "ASKING"}) {
        CHECK(answer_to(line) == "-ERR This instance has cluster support disabled\r\n");
    }
}

TEST_CASE("an XREAD that does not block is forwarded like any other command") {
    CHECK(is_forwarded("XREAD COUNT 1 STREAMS s 0"));
}

TEST_CASE("what is answered here reaches nobody") {
    for (const std::string_view line :
         {"PING", "ECHO a", "QUIT", "SELECT 0", "CLIENT ID", "HELLO", "HELLO 3", "AUTH a", "RESET",
          "EXEC", "DISCARD", "UNWATCH", "UNSUBSCRIBE", "CLIENT REPLY ON"}) {
        CAPTURE(line);
        House house;
        Visitor visitor(house);

        CHECK_FALSE(visitor.ask(line).empty());
        CHECK(house.backend.commands().empty());
        CHECK(house.in_flight.refusals() + house.in_flight.taken() == 0);
    }
}

TEST_CASE("what is answered here is answered though nothing else may be") {
    House house(0);
    Visitor visitor(house);

    CHECK(visitor.ask("PING") == "+PONG\r\n");
    CHECK(visitor.ask("SET k v") == overloaded);
}

}  // namespace
}  // namespace nearcache::resp_server
