#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/asked.hpp"
#include "http/request_parser.hpp"
#include "http/router.hpp"

namespace nearcache::http {

// Writing a key: PUT, POST and DELETE, on whatever conditions. One object a connection, one request
// at a time.
//
// Threads: its session's lane.
class WriteRoutes final : private cache::ConditionalForwarding {
  public:
    explicit WriteRoutes(const Desk& desk);

    // Each answers into `asked.out` now, or later: is_waiting() says which.
    void store(const Route& to, std::string_view query, Request& request, const Asked& asked);
    void remove(const Route& to, Request& request, const Asked& asked);

    bool is_waiting() const noexcept { return permit_.has_value(); }

  private:
    // What becomes of the reply.
    enum class Kind { storing, creating, replacing, removing, removing_any };

    // Whether the key was there before it was stored: asked ahead of the command that stores it. If
    // that cannot be told, nothing is claimed to be new.
    class Existence final : public cache::Forwarding {
      public:
        bool was_there = false;

      private:
        void on_forwarded(const net::Slice& reply) override { was_there = reply.bytes != ":0\r\n"; }
        void on_not_forwarded(Errc) override {}
    };

    bool begin(const Route& to, const Asked& asked);
    void send(Kind kind, const std::string& command, Request& request);
    void send_if(const std::string& command, Request& request);
    void ask_existence();

    void on_forwarded(const net::Slice& reply) override;
    void on_condition_failed() override;
    void on_not_forwarded(Errc why) override;
    void answer_stored(std::string_view reply);
    void answer_removed(std::string_view reply);
    void refuse_by_condition();
    void answered();

    const Desk& desk_;
    Context& context_;
    std::optional<net::Limiter::Permit> permit_;
    Asked asked_{};
    std::string key_;  // decoded
    Kind kind_ = Kind::storing;
    Existence existence_;
    Fields fields_;  // the conditions of the request that waits
    std::uint64_t stored_hash_ = 0;
};

}  // namespace nearcache::http
