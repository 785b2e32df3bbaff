#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "backend/config.hpp"
#include "backend/redis/greeting.hpp"
#include "backend/redis/reply_framer.hpp"
#include "net/async.hpp"
#include "net/input.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend::redis {

using Executor = net::IoContext::executor_type;
using Protocol = boost::asio::generic::stream_protocol;
using Socket = boost::asio::basic_stream_socket<Protocol, Executor>;
using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Makes connections, one at a time: resolves, connects, and says the greeting.
//
// Threads: its context's.
class Connector {
  public:
    // `on_late` is called when connect_timeout is over and the attempt is not: a resolver that asks
    // the network cannot be hurried. What waits for the outcome should not wait on.
    Connector(net::IoContext& context, const Config& config, std::function<void()> on_late);

    // One attempt. True: the server lets us in, and take_socket() is the connection, on that
    // footing, with nothing left unread. False: why() says why not.
    net::Awaitable<bool> attempt(Footing footing);

    // Ends the attempt, and every later one at once.
    void stop();

    Socket take_socket() noexcept { return std::move(socket_); }
    // Of the server the attempt reached; empty when it does not tell, or was not asked.
    const std::string& run_id() const noexcept { return run_id_; }
    // What the server calls the connection; 0 when it does not tell, or was not asked.
    std::int64_t id() const noexcept { return id_; }
    // In lower case for a log, or the server's own words.
    const std::string& why() const noexcept { return why_; }

  private:
    void begin_deadline();
    net::Awaitable<bool> connect();
    net::Awaitable<bool> resolve();
    net::Awaitable<bool> greet(Footing footing);
    net::Awaitable<bool> read_reply();
    bool take_answer(const Greeting& greeting, std::size_t answered);
    bool refuse(std::string_view why);

    const Config& config_;
    const std::function<void()> on_late_;
    Socket socket_;
    boost::asio::ip::basic_resolver<boost::asio::ip::tcp, Executor> resolver_;
    Timer deadline_timer_;
    std::vector<Protocol::endpoint> endpoints_;
    net::Input input_;
    ReplyFramer framer_;
    std::string run_id_;
    std::int64_t id_ = 0;
    std::string why_;
    bool is_late_ = false;
    bool is_stopped_ = false;
};

}  // namespace nearcache::backend::redis
