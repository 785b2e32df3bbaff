#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "resp/request_parser.hpp"
#include "resp_server/client.hpp"

namespace nearcache::resp_server {

// A client without a socket: executes commands exactly as a session does, in order and within the
// same limits, and collects the replies until all have come. For those who have commands in another
// protocol. CLIENT LIST shows it for as long as it lives.
//
// Threads: its lane's.
class Conversation final : private ClientSocket {
  public:
    struct Place {
        Context& context;
        net::LaneId lane;
        // Once the replies are so long, no more commands are executed.
        std::size_t most_reply_bytes;
    };

    // `on_answered` may destroy this object.
    Conversation(const Place& place, std::function<void()> on_answered);

    // Whole commands as RESP arrays; only while nothing is waited for. True: all is answered. Else
    // `on_answered` is called later, and never from within a call.
    bool say(std::string commands);

    // The replies to what was said, in order. Fewer than commands when there was no going on: they
    // became too long, or the client was made to leave.
    std::string take_replies();

    // From now on nothing in it waits for ever: what does so now ends as when the server goes down.
    void end_waiting();

  private:
    // Redis says so of a socket that is gone.
    std::string peer() const override { return "?:0"; }
    std::string local() const override { return "?:0"; }
    int descriptor() const override { return -1; }
    bool is_connected() const override { return true; }
    std::size_t unread_bytes() const override { return commands_.size() - position_; }
    void hang_up() override;

    void execute_round();
    bool may_execute();
    bool execute_next();
    bool is_over() const noexcept;
    void end_what_is_endless(std::optional<Errc> why);
    void collect();
    void on_reply_ready();

    const Place place_;
    const std::function<void()> on_answered_;
    Client client_;
    resp::RequestParser parser_;
    resp::Command command_;
    std::string commands_;
    std::size_t position_ = 0;  // in commands_, of what is not executed yet
    Output replies_;
    bool is_round_posted_ = false;
    bool is_waiting_for_earlier_ = false;  // the next command must not be executed yet
    bool may_not_wait_ = false;            // not for ever
    bool owes_call_ = false;               // of on_answered_
};

}  // namespace nearcache::resp_server
