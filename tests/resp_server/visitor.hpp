#pragma once

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resp/reply_writer.hpp"
#include "resp_server/client.hpp"
#include "resp_server/commands/dispatch.hpp"
#include "tests/resp_server/flattened.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/support/lanes.hpp"
#include "tests/support/manual_clock.hpp"

namespace nearcache::resp_server {

inline cache::Config small_cache() {
    cache::Config config;
    config.store.max_entries = 100;
    return config;
}

struct Furnishing {
    cache::Config cache = small_cache();
    std::size_t max_in_flight = 100;
    std::uint32_t home_database = 0;
    bool changes_only_here = true;
};

// What stands behind the door: two lanes run by hand, and a backend that answers when it is told
// to.
struct House {
    explicit House(std::size_t max_in_flight = 100)
        : House(Furnishing{.max_in_flight = max_in_flight}) {}
    explicit House(const Furnishing& with) : furnishing(with), in_flight(with.max_in_flight) {}

    const Furnishing furnishing;
    tests::ManualClock clock;
    tests::Lanes lanes{2};
    tests::FakeBackend backend{backend_for(furnishing)};
    cache::CacheService cache{lanes.threads(), backend, clock, furnishing.cache};
    net::Limiter in_flight;
    net::Limiter connections{50};
    Config config;
    Facts facts;
    Context context{config,    lanes.threads(), cache, clock,
                    in_flight, connections,     facts, std::deque<Counters>(2)};

  private:
    static tests::FakeBackend backend_for(const Furnishing& furnishing) {
        tests::FakeBackend made;
        made.set_changes_only_here(furnishing.changes_only_here);
        made.set_home_database(furnishing.home_database);
        return made;
    }
};

// The words of a line, between single blanks.
inline std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
        const auto end = std::min(line.find(' '), line.size());
        words.emplace_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

// Executes what comes over the wire as a session would. The bytes are gone when this returns, as
// those of a session are.
inline Execution execute_bytes(House& house, Client& client, const std::string& bytes) {
    resp::RequestParser parser;
    resp::Command command;
    parser.parse(bytes, command);
    client.set_now(house.clock.now());
    const auto execution = execute(client, command);
    if (execution == Execution::done && client.replying() != Client::Replying::on) {
        client.command_done();
    }
    return execution;
}

// What a client without a socket has been sent since the last time.
inline std::string heard_by(Client& client) {
    auto bytes = flattened(client.replies().output());
    client.replies().output().clear();
    return bytes;
}

// A client without a socket: says commands, hears replies. What is said while it is held back is
// the test's mistake: a session would keep it.
class Visitor {
  public:
    explicit Visitor(House& house, net::LaneId lane = 0)
        : house_(house), client_(house.context, lane, [this] { ++calls_; }) {}

    // "SET k v", sent as a RESP array.
    Execution say(std::string_view line) { return say_words(words_of(line)); }
    Execution say_words(const std::vector<std::string>& words) {
        std::string bytes;
        resp::append_command(bytes, words);
        return say_bytes(bytes);
    }
    // As it comes over the wire, inline commands too.
    Execution say_bytes(const std::string& bytes) {
        if (client_.is_held_back()) throw std::logic_error("the client is held back: " + bytes);
        return execute_bytes(house_, client_, bytes);
    }

    // What has come since the last time.
    std::string hear() { return heard_by(client_); }
    // For commands that are answered at once.
    std::string ask(std::string_view line) {
        say(line);
        return hear();
    }

    Client& client() noexcept { return client_; }
    // Whether a session would wait before it executes more.
    bool is_held_back() const noexcept { return client_.is_held_back(); }
    // How often replies became ready later.
    int calls() const noexcept { return calls_; }

  private:
    House& house_;
    int calls_ = 0;
    Client client_;
};

// Has the value in the cache.
inline void keep(House& house, std::string_view key, std::string_view value) {
    Visitor visitor(house);
    visitor.say_words({"GET", std::string(key)});
    house.backend.answer(0, key, value);
}

// The latest connection that was lent.
inline tests::FakePrivateConnection& lent(House& house) {
    return house.backend.private_connection(house.backend.private_connections() - 1);
}

// "SET k v" as it goes to the backend.
inline std::string command(const std::vector<std::string>& words) {
    std::string bytes;
    resp::append_command(bytes, words);
    return bytes;
}

// Whether a GET of the key by somebody else is answered from the cache. Leaves no trace there when
// it is not.
inline bool is_kept(House& house, const std::string& key) {
    Visitor reader(house, 1);
    const auto before = house.backend.gets();
    reader.say_words({"GET", key});
    if (house.backend.gets() == before) return true;
    house.backend.fail(1, Errc::backend_unreachable);
    return false;
}

inline std::string bulk(std::string_view bytes) {
    std::string reply;
    resp::append_bulk(reply, bytes);
    return reply;
}

inline constexpr std::string_view null_bulk = "$-1\r\n";
inline constexpr std::string_view overloaded =
    "-ERR max number of clients reached (proxy in-flight limit)\r\n";

}  // namespace nearcache::resp_server
