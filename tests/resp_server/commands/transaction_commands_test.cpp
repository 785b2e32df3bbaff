#include "resp_server/commands/transaction_commands.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/resp_server/transaction_bench.hpp"

namespace nearcache::resp_server {
namespace {

using Bench = TransactionBench;

TEST_CASE("a transaction goes over a connection of its own, as it comes, and then goes back") {
    House house;
    Visitor visitor(house);

    visitor.say("MULTI");
    visitor.say("SET k v");
    visitor.say("INCR n");
    visitor.say("EXEC");
    CHECK(lent(house).sent_bytes() == command({"MULTI"}) + command({"SET", "k", "v"}) +
                                          command({"INCR", "n"}) + command({"EXEC"}));
    CHECK(house.backend.commands().empty());
    for (const auto& value : {fine, queued, queued}) lent(house).give(value);
    CHECK(lent(house).is_lent());
    lent(house).give("*2\r\n+OK\r\n:1\r\n");

    CHECK(visitor.hear() == fine + queued + queued + "*2\r\n+OK\r\n:1\r\n");
    CHECK(lent(house).was_given_back());
    CHECK(house.in_flight.taken() == 0);
}

TEST_CASE("nothing is answered from the cache between MULTI and EXEC") {
    Bench bench;
    keep(bench.house, "k", "v");

    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"GET", "k"},
                                               {"MGET", "k"},
                                               {"EXISTS", "k"},
                                               {"STRLEN", "k"},
                                               {"TTL", "k"},
                                               {"ECHO", "a"},
                                               {"INFO"},
                                               {"COMMAND", "COUNT"},
                                               {"CONFIG", "GET", "save"}}) {
        CAPTURE(words.front());
        bench.visitor.say_words(words);
        CHECK(bench.connection().take_sent() == command(words));
        bench.connection().give(queued);
        CHECK(bench.visitor.hear() == queued);
    }
}

TEST_CASE("what was queued is dropped when EXEC is sent, and when it is answered") {
    Bench bench;
    bench.queue("SET k new");
    bench.queue("LPUSH l 1");
    keep(bench.house, "k", "old");
    keep(bench.house, "other", "kept");

    bench.visitor.say("EXEC");
    CHECK_FALSE(is_kept(bench.house, "k"));
    keep(bench.house, "k", "old");
    bench.connection().give("*2\r\n+OK\r\n:1\r\n");

    CHECK_FALSE(is_kept(bench.house, "k"));
    CHECK(is_kept(bench.house, "other"));
}

TEST_CASE("what was queued is dropped though the answer to EXEC is lost, and the client ends") {
    Bench bench;
    bench.queue("SET k new");
    bench.visitor.say("EXEC");
    keep(bench.house, "k", "old");

    bench.connection().lose(Errc::backend_connection_lost);

    CHECK_FALSE(is_kept(bench.house, "k"));
    CHECK(bench.visitor.hear() ==
          "-ERR backend connection lost, the command may have taken effect\r\n");
}

TEST_CASE("behind EXEC a key that it wrote is read on the same connection until it is answered") {
    Bench bench;
    keep(bench.house, "other", "v");
    bench.queue("SET k new");
    bench.visitor.say("EXEC");
    bench.connection().take_sent();

    bench.visitor.say("GET k");
    bench.visitor.say("GET other");
    CHECK(bench.connection().take_sent() == command({"GET", "k"}));
    bench.connection().give("*1\r\n+OK\r\n");
    bench.connection().give(bulk("new"));

    CHECK(bench.visitor.hear() == "*1\r\n+OK\r\n" + bulk("new") + bulk("v"));
    CHECK(bench.connection().was_given_back());
}

TEST_CASE("a transaction that is discarded drops nothing") {
    Bench bench;
    bench.queue("SET k new");
    keep(bench.house, "k", "v");

    bench.visitor.say("DISCARD");
    bench.connection().give(fine);

    CHECK(bench.visitor.hear() == fine);
    CHECK(is_kept(bench.house, "k"));
    CHECK(bench.connection().was_given_back());
}

TEST_CASE("a transaction that is not executed is over as well") {
    for (const std::string reply :
         {"*-1\r\n", "-EXECABORT Transaction discarded because of previous errors.\r\n"}) {
        Bench bench;
        bench.queue("SELECT 1");
        bench.queue("CLIENT ID");

        CHECK(bench.exec(reply) == reply);

        CHECK(bench.visitor.client().database().number == 0);
        CHECK(bench.connection().was_given_back());
        CHECK(bench.visitor.ask("EXEC") == "-ERR EXEC without MULTI\r\n");
    }
}

TEST_CASE("EXEC and DISCARD without MULTI, and UNWATCH without WATCH, need nobody") {
    House house;
    Visitor visitor(house);

    CHECK(visitor.ask("EXEC") == "-ERR EXEC without MULTI\r\n");
    CHECK(visitor.ask("DISCARD") == "-ERR DISCARD without MULTI\r\n");
    CHECK(visitor.ask("UNWATCH") == fine);

    CHECK(house.backend.private_connections() == 0);
}

TEST_CASE("what is not offered in a transaction is refused here, and makes EXEC fail") {
    for (const std::string_view line :
         {"HELLO 3", "SUBSCRIBE c", "MONITOR", "CLIENT LIST", "CLIENT REPLY OFF",
          "CLIENT TRACKING ON", "CLIENT NO-EVICT ON", "PROXY.GET k", "SYNC"}) {
        CAPTURE(line);
        Bench bench;

        bench.visitor.say(line);
        CHECK(bench.connection().take_sent() == refused_stand_in);
        bench.connection().give("-ERR unknown command 'PROXY.REFUSED'\r\n");

        const auto reply = bench.visitor.hear();
        CHECK(reply.starts_with("-ERR '"));
        CHECK(reply.ends_with("' between MULTI and EXEC is not offered by this proxy\r\n"));
        CHECK(bench.exec("-EXECABORT\r\n") == "-EXECABORT\r\n");
    }
}

TEST_CASE("an administrative command is queued only where it is allowed") {
    Bench bench;
    bench.visitor.say("CONFIG SET save x");
    CHECK(bench.connection().take_sent() == refused_stand_in);
    bench.connection().give("-ERR unknown command\r\n");
    CHECK(bench.visitor.hear().starts_with("-NOPERM 'config|set' is an administrative command"));

    bench.house.config.allows_admin_commands = true;
    CHECK(bench.queue("CONFIG SET save x") == command({"CONFIG", "SET", "save", "x"}));
}

TEST_CASE("what is wrong with a command is the backend's to say") {
    Bench bench;

    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"nonsense", "a"},
                                               {"SET", "k"},
                                               {"CONFIG", "frobnicate"},
                                               {"CLIENT", "SETNAME"},
                                               {"OBJECT"}}) {
        CAPTURE(words.front());
        bench.visitor.say_words(words);
        CHECK(bench.connection().take_sent() == command(words));
        bench.connection().give("-ERR wrong\r\n");
        CHECK(bench.visitor.hear() == "-ERR wrong\r\n");
    }
}

TEST_CASE("an EXEC with too many words ends the transaction, as in Redis") {
    Bench bench;
    bench.queue("SET k v");

    bench.visitor.say("EXEC now");
    CHECK(bench.connection().take_sent() == command({"EXEC", "now"}));
    bench.connection().give("-EXECABORT Transaction discarded because of: wrong number\r\n");

    CHECK(bench.connection().was_given_back());
}

TEST_CASE("a command of which nobody knows what it writes drops everything") {
    Bench bench;
    bench.queue("NEW.WRITE k");
    keep(bench.house, "any", "v");

    bench.exec("*1\r\n+OK\r\n");

    CHECK_FALSE(is_kept(bench.house, "any"));
}

TEST_CASE("MULTI and WATCH inside a transaction are the backend's to refuse, which goes on") {
    Bench bench;
    for (const std::string_view line : {"MULTI", "WATCH k"}) {
        bench.visitor.say(line);
        bench.connection().give("-ERR not inside MULTI\r\n");
        CHECK(bench.visitor.hear() == "-ERR not inside MULTI\r\n");
    }
    bench.connection().take_sent();

    CHECK(bench.queue("GET k") == command({"GET", "k"}));
    CHECK(bench.exec("*1\r\n$-1\r\n") == "*1\r\n$-1\r\n");
}

TEST_CASE("a MULTI that is refused is no transaction: what came behind it was executed at once") {
    House house;
    keep(house, "k", "old");
    Visitor visitor(house);
    visitor.say("MULTI");
    visitor.say("SET k new");
    visitor.say("CLIENT ID");
    visitor.say("EXEC");

    lent(house).give("-NOPERM no MULTI\r\n");
    keep(house, "k", "old");
    lent(house).give(fine);
    CHECK_FALSE(is_kept(house, "k"));
    lent(house).give("+PONG\r\n");
    lent(house).give("-ERR EXEC without MULTI\r\n");

    CHECK(visitor.hear() == "-NOPERM no MULTI\r\n+OK\r\n:" + std::to_string(visitor.client().id()) +
                                "\r\n-ERR EXEC without MULTI\r\n");
    CHECK(lent(house).was_given_back());
    CHECK_FALSE(visitor.client().is_leaving());
}

TEST_CASE("the next transaction waits until the one before is answered, however that ended") {
    for (const std::string_view end : {"EXEC", "DISCARD"}) {
        CAPTURE(end);
        House house;
        Visitor visitor(house);
        visitor.say("MULTI");
        visitor.say("CLIENT ID");
        visitor.say(end);
        CHECK(visitor.client().replies().pending() == 3);
        if (!visitor.is_held_back()) CHECK(visitor.say("MULTI") == Execution::later);
        lent(house).give(fine);
        lent(house).give(queued);
        lent(house).give(end == "EXEC" ? "*1\r\n+PONG\r\n" : "+OK\r\n");
        visitor.hear();

        CHECK(visitor.say("MULTI") == Execution::done);
        visitor.say("GET k");
        visitor.say("EXEC");
        lent(house).give(fine);
        lent(house).give(queued);
        lent(house).give("*1\r\n+PONG\r\n");

        CHECK(visitor.hear() == fine + queued + "*1\r\n+PONG\r\n");
    }
}

TEST_CASE("RESET and QUIT end a transaction") {
    Bench bench, leaver;
    bench.queue("SET k v");

    CHECK(bench.visitor.ask("RESET") == "+RESET\r\n");
    CHECK_FALSE(bench.connection().is_lent());
    CHECK_FALSE(bench.connection().was_given_back());
    CHECK(bench.visitor.ask("EXEC") == "-ERR EXEC without MULTI\r\n");
    CHECK(leaver.visitor.ask("QUIT") == fine);
    CHECK(leaver.visitor.client().is_leaving());
}

TEST_CASE("a transaction needs a permit to begin, and is finished whatever the load") {
    House house(1);
    Visitor visitor(house);
    visitor.say("MULTI");
    CHECK(house.in_flight.taken() == 1);
    lent(house).give(fine);
    const auto others = house.in_flight.try_acquire();

    visitor.say("SET k v");
    visitor.say("EXEC");
    lent(house).give(queued);
    lent(house).give("*1\r\n+OK\r\n");

    CHECK(visitor.hear() == fine + queued + "*1\r\n+OK\r\n");
    CHECK(visitor.ask("MULTI") == overloaded);
}

}  // namespace
}  // namespace nearcache::resp_server
