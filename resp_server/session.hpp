#pragma once

#include <optional>

#include "net/stream_session.hpp"
#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"

namespace nearcache::resp_server {

// One client's connection: bytes in, commands executed in order, replies out in order. While
// replies are pending it reads on, within the limits of its config.
//
// Threads: its lane's.
class Session final : public net::StreamSession<Pin>, private ClientSocket {
  public:
    struct Place {
        Context& context;
        net::Connections& connections;  // owns this session
        net::LaneId lane;
    };

    Session(const Place& place, net::Socket socket, net::Limiter::Permit permit);

    void on_deadline() override { cut(); }

  private:
    std::string peer() const override;
    std::string local() const override;
    int descriptor() const override;
    std::size_t unread_bytes() const override { return input().unused().size(); }
    void hang_up() override;

    void serve() override;
    Output& output() noexcept override { return client_.replies().output(); }
    bool is_waiting() const noexcept override;
    bool reads_while_waiting() const noexcept override { return true; }
    // Who waits for ever must be missed when it is gone.
    bool reads_ahead() const noexcept override { return client_.is_held_back(); }
    void on_client_end() override;
    void on_drain() override;
    void on_written() override;
    void on_closed() override { client_.replies().tell_client_gone(); }
    bool is_leaving() const noexcept override { return client_.is_leaving(); }
    TimePoint open_deadline() const noexcept override;

    bool may_execute();
    bool execute_next();
    void fail_protocol();
    void end_what_is_endless();
    void on_reply_ready();

    Context& context_;
    Client client_;
    resp::RequestParser parser_;
    resp::Command command_;
    std::optional<TimePoint> request_since_;  // when the unfinished command in input() began
    bool is_round_posted_ = false;
    bool has_client_ended_ = false;
    bool is_waiting_for_earlier_ = false;  // the next command must not be executed yet
};

}  // namespace nearcache::resp_server
