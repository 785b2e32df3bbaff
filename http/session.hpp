#pragma once

#include <optional>
#include <string_view>

#include "http/context.hpp"
#include "http/request_parser.hpp"
#include "http/responses.hpp"
#include "http/routes/routes.hpp"
#include "net/stream_session.hpp"

namespace nearcache::http {

// One client's connection: read -> route -> write until close, deadline or drain. All requests that
// have arrived are answered in one round, until one must wait for the backend: then those behind it
// wait too.
//
// Threads: its lane's.
class Session final : public net::StreamSession<cache::EntryRef> {
  public:
    struct Place {
        Context& context;
        net::Connections& connections;  // owns this session
        net::LaneId lane;
    };

    Session(const Place& place, net::Socket socket, net::Limiter::Permit permit);

    void on_deadline() override;

  private:
    // What the connection waits for, and so which deadline applies.
    enum class Phase { idle, head, body };

    void serve() override;
    Output& output() noexcept override { return output_; }
    bool is_waiting() const noexcept override { return routes_.is_waiting(); }
    // Who waits for ever must be missed when it is gone.
    bool reads_while_waiting() const noexcept override { return routes_.may_wait_for_ever(); }
    bool is_leaving() const noexcept override { return is_leaving_; }
    void on_written() override;
    void on_client_end() override { routes_.abandon(); }
    void on_drain() override { routes_.abandon(); }
    bool reads_ahead() const noexcept override { return routes_.may_wait_for_ever(); }
    TimePoint open_deadline() const noexcept override;

    bool serve_next();
    bool parse();
    void begin_request();
    void enter(Phase phase);
    bool begin_body();
    Manner last_manner() const noexcept;
    void refuse(std::string_view bytes);
    void refuse_with(const Complaint& complaint);
    void answer();

    Context& context_;
    Routes routes_;
    Request request_;
    std::optional<RequestParser> parser_;  // of the request being read
    Output output_;                        // what may leave next
    TimePoint phase_since_;
    Phase phase_ = Phase::idle;
    bool is_leaving_ = false;  // no more requests are answered
};

}  // namespace nearcache::http
