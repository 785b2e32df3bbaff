#include "net/stream_session.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include "tests/support/lanes.hpp"
#include "tests/support/manual_clock.hpp"

namespace nearcache::net {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using Pinned = std::shared_ptr<const std::string>;

// What a test sees of a door, and tells it.
struct Script {
    bool reads_ahead = true;
    std::string served;
    int client_ends = 0;
    bool is_gone = false;
    std::size_t unused = 0;  // of the input, when it was served last
};

// Answers each letter with itself; behind a 'w' it serves nothing until answer() is called.
class Door final : public StreamSession<Pinned> {
  public:
    Door(const Place& place, Socket socket, Limiter::Permit permit, Script& script)
        : StreamSession(place, std::move(socket), std::move(permit)), script_(script) {}
    ~Door() override { script_.is_gone = true; }

    void on_deadline() override { cut(); }

    void answer() {
        boost::asio::post(executor(), [this] {
            is_waiting_ = false;
            output_.append("W");
            resume();
        });
    }

  private:
    void serve() override {
        while (!is_waiting_ && !input().empty()) {
            const char letter = input().unused().front();
            input().consume(1);
            script_.served += letter;
            is_waiting_ = letter == 'w';
            if (!is_waiting_) output_.append(&letter, 1);
        }
        script_.unused = input().unused().size();
    }
    Output<Pinned>& output() noexcept override { return output_; }
    bool is_waiting() const noexcept override { return is_waiting_; }
    bool reads_while_waiting() const noexcept override { return true; }
    bool reads_ahead() const noexcept override { return script_.reads_ahead; }
    void on_client_end() override {
        ++script_.client_ends;
        CHECK_FALSE(script_.is_gone);
    }
    bool is_leaving() const noexcept override { return false; }
    TimePoint open_deadline() const noexcept override { return never; }

    Script& script_;
    Output<Pinned> output_;
    bool is_waiting_ = false;
};

// A door and its client at the two ends of a connection of the loopback interface, and a lane run
// by hand. Nothing here waits for time to pass.
struct Bench {
    explicit Bench(bool reads_ahead = true) {
        script.reads_ahead = reads_ahead;
        tcp::acceptor acceptor(client_context, {boost::asio::ip::address_v4::loopback(), 0});
        client.connect(acceptor.local_endpoint());
        Socket socket(lanes.threads().lane(0).get_executor());
        acceptor.accept(socket);
        auto made =
            std::make_unique<Door>(Door::Place{connections, clock, std::chrono::milliseconds(1000)},
                                   std::move(socket), *places.try_acquire(), script);
        door = made.get();
        connections.add(std::move(made));
    }

    void send(std::string_view bytes) {
        boost::asio::write(client, boost::asio::buffer(bytes));
        run();
    }
    // Until neither the door nor the kernel takes more; the error that says so.
    error_code send_all_it_takes() {
        client.non_blocking(true);
        const std::string many(Input::kept_bytes, 'x');
        error_code error;
        for (int i = 0; i < 1000 && !error; ++i) {
            client.write_some(boost::asio::buffer(many), error);
            run();
        }
        return error;
    }
    // What is sent over the loopback interface has arrived when it is sent.
    void run() { lanes.run(0); }
    template <class Condition>
    bool run_until(Condition&& is_met) {
        return lanes.run_until(0, is_met);
    }
    void answer() {
        door->answer();
        run();
    }
    std::string receive(std::size_t size) {
        std::string bytes(size, '\0');
        error_code error;
        bytes.resize(boost::asio::read(client, boost::asio::buffer(bytes), error));
        return bytes;
    }

    tests::ManualClock clock;
    tests::Lanes lanes{1};
    Limiter places{1};
    Connections connections{lanes.threads().lane(0), clock};
    Script script;
    Door* door = nullptr;
    boost::asio::io_context client_context;
    tcp::socket client{client_context};
};

TEST_CASE("a door that does not read ahead notices the client's end when it reads again") {
    Bench bench(false);
    bench.send("awb");

    bench.client.shutdown(tcp::socket::shutdown_send);
    bench.run();
    CHECK(bench.script.client_ends == 0);

    bench.answer();
    CHECK(bench.run_until([&] { return bench.script.client_ends == 1; }));
    CHECK(bench.receive(3) == "aWb");
}

TEST_CASE("a door that reads ahead notices the client's end while requests must wait") {
    Bench bench;
    bench.send("awb");

    bench.client.shutdown(tcp::socket::shutdown_send);
    CHECK(bench.run_until([&] { return bench.script.client_ends == 1; }));
    CHECK(bench.script.served == "aw");

    // Whoever closed only the sending side still gets the answers.
    bench.answer();
    CHECK(bench.script.served == "awb");
    CHECK(bench.receive(4) == "aWb");
    CHECK(bench.run_until([&] { return bench.script.is_gone; }));
    CHECK(bench.script.client_ends == 1);
}

TEST_CASE("a client that is reset while its request waits is noticed, and the door goes at last") {
    Bench bench;
    bench.send("wb");

    bench.client.set_option(tcp::socket::linger(true, 0));
    bench.client.close();
    CHECK(bench.run_until([&] { return bench.script.client_ends == 1; }));
    CHECK_FALSE(bench.script.is_gone);

    bench.door->answer();
    CHECK(bench.run_until([&] { return bench.script.is_gone; }));
    CHECK(bench.script.client_ends == 1);
}

TEST_CASE("what was read ahead is served in order, even while the next read is under way") {
    Bench bench;
    bench.send("w");
    bench.send("a");
    bench.send("bw");

    bench.answer();
    bench.send("c");
    CHECK(bench.script.served == "wabw");

    bench.answer();
    CHECK(bench.script.served == "wabwc");
    bench.send("d");
    CHECK(bench.receive(6) == "WabWcd");
}

TEST_CASE("no more is read ahead than is kept anyway") {
    Bench bench;
    bench.send("w");

    CHECK(bench.send_all_it_takes() == boost::asio::error::would_block);
    CHECK(bench.script.unused >= Input::kept_bytes);
    CHECK(bench.script.unused <= 4 * Input::kept_bytes);
}

TEST_CASE("a client that is reset is noticed even when nothing more is read of it") {
    Bench bench;
    bench.send("w");
    REQUIRE(bench.send_all_it_takes() == boost::asio::error::would_block);
    REQUIRE(bench.script.client_ends == 0);

    bench.client.set_option(boost::asio::socket_base::linger(true, 0));
    bench.client.close();

    CHECK(bench.run_until([&] { return bench.script.client_ends == 1; }));
    bench.answer();
    CHECK(bench.script.is_gone);
}

TEST_CASE("a door is told once that its client is not served any more, whoever ended it") {
    Bench bench;
    bench.send("wb");

    bench.connections.cut_all();
    CHECK(bench.script.client_ends == 1);
    bench.run();
    CHECK_FALSE(bench.script.is_gone);

    bench.answer();
    CHECK(bench.script.is_gone);
    CHECK(bench.script.client_ends == 1);
}

TEST_CASE("a drain is not the client's end: what was asked is still answered") {
    Bench bench;
    bench.send("wb");

    bench.connections.drain_all();
    bench.run();
    CHECK(bench.script.client_ends == 0);

    bench.answer();
    CHECK(bench.receive(2) == "Wb");
}

}  // namespace
}  // namespace nearcache::net
