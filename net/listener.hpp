#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>

#include "base/endpoint.hpp"
#include "net/async.hpp"
#include "net/io_threads.hpp"
#include "net/limiter.hpp"
#include "net/stream.hpp"

namespace nearcache::net {

// Accepts clients on a strand of its own and deals them to the lanes in turn. Beyond the connection
// limit a client gets one refusal text and a close.
//
// Threads: the constructor, start() and addresses() the owner's; the rest on its strand.
class Listener {
  public:
    // Called on the lane the socket was dealt to. The permit is the client's place among
    // limits.max_connections.
    using Serve = std::function<void(LaneId lane, Socket socket, Limiter::Permit place)>;

    // Refused clients whose goodbye is waited for; beyond that they are just closed.
    static constexpr std::size_t most_farewells = 64;

    struct Options {
        std::string name;     // "http", for the log
        Endpoint endpoint;    // an empty host: all addresses
        LaneId home = 0;      // where the strand runs
        std::string refusal;  // what a client beyond the limit is told
    };

    // Binds and listens; throws std::runtime_error, with the address in its text, if it cannot.
    Listener(IoThreads& threads, Limiter& places, Options options, Serve serve);
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    void start();
    // Stops accepting; sockets dealt out live on.
    //
    // Threads: any.
    void stop();

    // "127.0.0.1:8080", with the port that the kernel picked when 0 was asked for.
    std::vector<std::string> addresses() const;
    std::uint16_t port() const { return acceptors_.front().local_endpoint().port(); }

  private:
    using Strand = boost::asio::strand<IoContext::executor_type>;
    using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Strand>;

    void listen_on(const boost::asio::ip::tcp::endpoint& endpoint);
    void accept(Acceptor& acceptor);
    void on_accept(Acceptor& acceptor, boost::system::error_code error);
    void pause_after(Acceptor& acceptor, boost::system::error_code error);
    void refuse(LaneId lane, Socket socket);

    IoThreads& threads_;
    Limiter& places_;
    const Options options_;
    const Serve serve_;
    Strand strand_;
    Limiter farewells_;
    std::vector<Acceptor> acceptors_;
    std::vector<std::pair<LaneId, Socket>> next_;  // one for each acceptor
    LaneId turn_;
    bool is_stopped_ = false;
};

}  // namespace nearcache::net
