#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "tests/support/certificates.hpp"
#include "tests/support/resp_wire.hpp"
#include "tests/support/socket.hpp"

namespace nearcache::tests {

// An origin on 127.0.0.1, in the clear or with TLS, whose every answer the test writes.
//
// Threads: any; it has one of its own for each connection.
class OriginServer {
  public:
    // One connection, as the script sees it. It is closed when the script returns.
    class Guest {
      public:
        virtual ~Guest() = default;

        // All of the request's head.
        virtual const std::string& request() const = 0;
        // False when the other side is gone, or the server stops.
        virtual bool say(std::string_view bytes) = 0;
        // The same, having waited.
        virtual bool wait(milliseconds time) = 0;
        // Makes the end a reset.
        virtual void reset_on_close() = 0;
    };
    // Called with each request.
    using Script = std::function<void(Guest&)>;

    explicit OriginServer(Script script);
    OriginServer(Script script, Identity identity);
    ~OriginServer();
    OriginServer(const OriginServer&) = delete;
    OriginServer& operator=(const OriginServer&) = delete;

    std::uint16_t port() const { return port_.port(); }
    // "http://127.0.0.1:PORT/path", or https.
    std::string url(std::string_view path = "/", std::string_view host = "127.0.0.1") const;

    // How many have connected, and how many have asked for something.
    std::size_t connections() const { return connections_; }
    std::size_t requests() const { return requests_; }
    std::string last_request() const;
    // Which name the last client has asked for by SNI; empty: none.
    std::string last_server_name() const;

  private:
    class Tls;
    class PlainGuest;
    class TlsGuest;

    void run();
    void serve(Socket socket);
    void note(const std::string& request, const std::string& server_name = {});

    const Script script_;
    ListeningPort port_;
    std::unique_ptr<Tls> tls_;  // null: in the clear
    std::atomic<bool> stops_{false};
    std::atomic<std::size_t> connections_{0};
    std::atomic<std::size_t> requests_{0};
    mutable std::mutex mutex_;
    // Under the mutex.
    std::string last_request_;
    std::string last_server_name_;
    std::list<std::thread> guests_;
    std::thread thread_;
};

// 200 with that body and its length.
std::string ok_answer(std::string_view body, std::string_view headers = {});
// Answers every request so.
OriginServer::Script answering(std::string bytes);

// "/?url=...&key=...", escaped; `more` is put behind it.
std::string origin_target(std::string_view url, std::string_view key, std::string_view more = {});

// Flags for a nearcache that may fetch from there; `more` is put behind them.
Words origin_flags(const OriginServer& origin, const Words& more = {});
// Numbers its answers: "answer 1" is the first.
OriginServer::Script counting(const std::string& headers = {});

}  // namespace nearcache::tests
