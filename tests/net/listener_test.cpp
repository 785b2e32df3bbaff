#include "net/listener.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/connect.hpp>
#include <doctest/doctest.h>
#include <sys/socket.h>

#include "tests/support/lanes.hpp"

namespace nearcache::net {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

struct Served {
    LaneId lane;
    Socket socket;
    Limiter::Permit place;
};

// A listener on a port of its own, and lanes run by hand. Only a socket of the loopback interface
// can show that a client is accepted; nothing here waits for time to pass.
struct Bench {
    explicit Bench(std::size_t slots, LaneId home = 0)
        : places(slots),
          listener(lanes.threads(), places, {"test", {"127.0.0.1", 0}, home, "go away\n"},
                   [this](LaneId lane, Socket socket, Limiter::Permit place) {
                       served.push_back({lane, std::move(socket), std::move(place)});
                   }),
          home_lane(home) {
        listener.start();
        run();
    }
    // What is said to refused clients must be over before the listener goes.
    ~Bench() {
        listener.stop();
        run();
        lanes.finish();
    }

    tcp::socket connect() {
        tcp::socket client(client_context);
        client.connect({boost::asio::ip::address_v4::loopback(), listener.port()});
        const timeval patience{10, 0};
        setsockopt(client.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        return client;
    }

    // Until this many clients have a place, and each was handed over on its lane.
    bool serve(std::size_t clients) {
        const bool all_came = lanes.run_until(home_lane, [&] { return places.taken() == clients; });
        run();
        return all_came && served.size() == clients;
    }
    void run() {
        for (LaneId lane = 0; lane < lanes.threads().size(); ++lane) lanes.run(lane);
    }

    std::vector<LaneId> dealt() const {
        std::vector<LaneId> to;
        for (const auto& one : served) to.push_back(one.lane);
        return to;
    }

    tests::Lanes lanes{3};
    Limiter places;
    std::vector<Served> served;
    boost::asio::io_context client_context;
    Listener listener;
    LaneId home_lane;
};

std::string read_to_end(tcp::socket& socket) {
    std::string text;
    std::array<char, 64> bytes;
    error_code error;
    while (const auto size = socket.read_some(boost::asio::buffer(bytes), error)) {
        text.append(bytes.data(), size);
    }
    return error == boost::asio::error::eof ? text : "(" + error.message() + ")";
}

TEST_CASE("a listener says where it listens, with the port the kernel picked") {
    Bench bench(1);

    CHECK(bench.listener.port() != 0);
    CHECK(bench.listener.addresses() ==
          std::vector<std::string>{"127.0.0.1:" + std::to_string(bench.listener.port())});
}

TEST_CASE("clients are dealt to the lanes in turn, beginning with the listener's own") {
    Bench bench(10, 1);
    std::vector<tcp::socket> clients;

    for (std::size_t i = 1; i <= 5; ++i) {
        clients.push_back(bench.connect());
        REQUIRE(bench.serve(i));
    }

    CHECK(bench.dealt() == std::vector<LaneId>{1, 2, 0, 1, 2});
    CHECK(bench.places.taken() == 5);
}

TEST_CASE("a client is handed over on its own lane, with a socket that lives there") {
    Bench bench(10, 2);
    const auto client = bench.connect();

    REQUIRE(bench.lanes.run_until(2, [&] { return bench.places.taken() == 1; }));
    bench.lanes.run(0);
    bench.lanes.run(1);
    CHECK(bench.served.empty());
    REQUIRE(bench.serve(1));

    auto& socket = bench.served.front().socket;
    CHECK(&socket.get_executor().context() == &bench.lanes.threads().lane(2));
    tcp::no_delay no_delay;
    socket.get_option(no_delay);
    CHECK(no_delay.value());
}

TEST_CASE("beyond the limit a client is told so, and closed, and takes no place") {
    Bench bench(1);
    const auto first = bench.connect();
    REQUIRE(bench.serve(1));

    auto second = bench.connect();
    REQUIRE(bench.lanes.run_until(0, [&] { return bench.places.refusals() == 1; }));
    bench.run();

    CHECK(read_to_end(second) == "go away\n");
    CHECK(bench.served.size() == 1);
    CHECK(bench.places.taken() == 1);
}

TEST_CASE("a refused client that had spoken first still reads why") {
    Bench bench(0);
    auto client = bench.connect();
    client.write_some(boost::asio::buffer("GET k\r\n", 7));

    REQUIRE(bench.lanes.run_until(0, [&] { return bench.places.refusals() == 1; }));
    bench.run();

    CHECK(read_to_end(client) == "go away\n");
}

TEST_CASE("a place that is given back is free for the next client") {
    Bench bench(1);
    const auto first = bench.connect();
    REQUIRE(bench.serve(1));

    bench.served.clear();
    const auto second = bench.connect();

    CHECK(bench.serve(1));
}

TEST_CASE("a stopped listener takes nobody, and leaves those it took alone") {
    Bench bench(10);
    auto client = bench.connect();
    REQUIRE(bench.serve(1));
    const auto port = bench.listener.port();

    bench.listener.stop();
    bench.run();

    tcp::socket late(bench.client_context);
    error_code error;
    late.connect({boost::asio::ip::address_v4::loopback(), port}, error);
    CHECK(error == boost::asio::error::connection_refused);
    bench.served.front().socket.write_some(boost::asio::buffer("hello", 5));
    bench.served.clear();
    CHECK(read_to_end(client) == "hello");
}

TEST_CASE("a port that is taken stops the start, and is named") {
    Bench bench(1);
    const auto port = bench.listener.port();
    std::string why;

    try {
        Listener second(bench.lanes.threads(), bench.places, {"second", {"127.0.0.1", port}, 0, ""},
                        [](LaneId, Socket, Limiter::Permit) {});
    } catch (const std::runtime_error& failure) {
        why = failure.what();
    }

    CAPTURE(why);
    CHECK(why.starts_with("cannot listen on 127.0.0.1:" + std::to_string(port) + ": "));
}

}  // namespace
}  // namespace nearcache::net
