#pragma once

#include <optional>
#include <vector>

#include <boost/asio/buffer.hpp>

#include "http/context.hpp"
#include "http/request_parser.hpp"
#include "http/responses.hpp"
#include "http/routes/cache_routes.hpp"
#include "net/connections.hpp"
#include "net/input.hpp"
#include "net/stream.hpp"

namespace nearcache::http {

// One client's connection: read -> route -> write until close, deadline or drain.
//
// All requests that have arrived are answered in one round and leave in one write, until one must
// wait for the backend: then those behind it wait too. The next read starts when the write is done.
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
    // What the connection waits for, and so which deadline applies.
    enum class Phase { idle, head, body };

    void read();
    void on_read(boost::system::error_code error, std::size_t size);
    void serve();
    bool serve_next();
    bool parse();
    void begin_request();
    void enter(Phase phase);
    void refuse(boost::system::error_code error);
    void refuse_with(const Complaint& complaint);
    void answer();
    void go_on();
    bool may_read() const noexcept;
    bool is_finished() const noexcept;
    void part();
    void write();
    void on_write(boost::system::error_code error, std::size_t size);
    void update_deadline();
    void close();

    Context& context_;
    net::Connections& connections_;
    net::Socket socket_;
    const net::Limiter::Permit permit_;
    CacheRoutes routes_;
    Request request_;
    std::optional<RequestParser> parser_;  // of the request being read
    std::size_t head_bytes_ = 0;           // of its head, used by the parser
    net::Input input_;

    Output output_;   // what may leave next
    Output writing_;  // being sent
    std::size_t written_ = 0;
    std::vector<boost::asio::const_buffer> buffers_;

    TimePoint now_{};
    TimePoint phase_since_{};
    TimePoint write_since_{};
    Phase phase_ = Phase::idle;
    bool is_reading_ = false;
    bool is_writing_ = false;
    bool needs_more_ = true;   // input_ holds no whole request
    bool is_leaving_ = false;  // no more requests are answered
    bool is_draining_ = false;
    bool has_last_words_ = false;  // an answer left, or was leaving, after the drain began
    bool has_ended_ = false;       // the client sends no more, or is not listened to any more
    bool is_parting_ = false;      // all is said; what the client still sends is thrown away
    bool is_closed_ = false;
};

}  // namespace nearcache::http
