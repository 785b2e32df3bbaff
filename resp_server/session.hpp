#pragma once

#include <optional>
#include <vector>

#include <boost/asio/buffer.hpp>

#include "net/connections.hpp"
#include "net/input.hpp"
#include "net/limiter.hpp"
#include "net/stream.hpp"
#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"

namespace nearcache::resp_server {

// One client's connection: bytes in, commands executed in order, replies out in order.
//
// All that has arrived is executed in one round, and what is ready leaves in one write. The next
// read starts when that write is done: by then the client's next commands are usually there, and
// the read needs no second try. While replies are pending it reads on, within the limits of its
// config.
//
// Threads: its lane's.
class Session final : public net::Connection {
  public:
    struct Place {
        Context& context;
        net::Connections& connections;  // owns this session
        net::LaneId lane;
    };

    Session(const Place& place, net::Socket socket, net::Limiter::Permit permit);

    void start() override;
    void on_deadline() override;
    void drain() override;
    void cut() override;

  private:
    void read();
    void on_read(boost::system::error_code error, std::size_t size);
    void serve();
    bool may_execute();
    bool execute_next();
    void fail_protocol();
    void go_on();
    void write();
    void on_write(boost::system::error_code error, std::size_t size);
    void on_reply_ready();
    void update_deadline();
    void close();
    void part();
    bool may_read() const noexcept;
    bool has_commands() const noexcept { return !input_.empty() && !needs_more_; }
    bool is_finished() noexcept;

    Context& context_;
    net::Connections& connections_;
    net::Socket socket_;
    const net::Limiter::Permit permit_;
    Client client_;
    resp::RequestParser parser_;
    resp::Command command_;
    net::Input input_;

    Output writing_;           // being sent
    std::size_t written_ = 0;  // bytes of writing_ that are gone
    std::vector<boost::asio::const_buffer> buffers_;
    TimePoint write_since_{};                 // when writing_ last made progress
    std::optional<TimePoint> request_since_;  // when the unfinished command in input_ began

    bool is_reading_ = false;
    bool is_writing_ = false;
    bool is_round_posted_ = false;
    bool needs_more_ = false;              // input_ holds no whole command
    bool is_waiting_for_earlier_ = false;  // the next command must not be executed yet
    bool is_draining_ = false;
    bool has_last_words_ = false;  // an answer left, or was leaving, after the drain began
    bool has_ended_ = false;       // the client sends no more, or is not listened to any more
    bool is_parting_ = false;      // all is said; what the client still sends is thrown away
    bool is_closed_ = false;
};

}  // namespace nearcache::resp_server
