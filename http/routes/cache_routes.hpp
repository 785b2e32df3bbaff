#pragma once

#include <functional>
#include <optional>
#include <string>

#include "http/context.hpp"
#include "http/request_parser.hpp"
#include "http/responses.hpp"
#include "http/router.hpp"

namespace nearcache::http {

// Requests about a key: GET, HEAD, PUT, POST, DELETE. One object a connection, one request at a
// time.
//
// Threads: its session's lane.
class CacheRoutes final : private cache::LoadWaiter, private cache::Forwarding {
  public:
    struct Asked {
        Manner manner;
        TimePoint now;
        Output* out;  // must stay until the answer is in it
    };

    // `on_answered` is called when an answer that had to wait is written.
    CacheRoutes(Context& context, net::LaneId lane, std::function<void()> on_answered);

    // Answers into `asked.out` now, or later: is_waiting() says which.
    void answer(const Request& request, const Asked& asked);

    bool is_waiting() const noexcept { return permit_.has_value(); }

  private:
    void look_up(const Request& request);
    cache::Lookup find(const cache::Key& key, const Request& request);
    void fetch(const cache::Key& key, const Request& request);
    void store(const Request& request, std::string_view query);
    void remove();
    void send(std::string command);
    bool take_permit();
    void complain(Status status, std::string_view text);

    void on_loaded(const cache::LoadOutcome& outcome) override;
    void on_forwarded(const net::Slice& answer) override;
    void on_not_forwarded(Errc why) override;
    void answered();

    Context& context_;
    const std::function<void()> on_answered_;
    std::optional<net::Limiter::Permit> permit_;
    Asked asked_{};
    std::string key_;  // decoded
    bool is_collapsed_ = false;
    bool is_on_request_ = false;
};

}  // namespace nearcache::http
