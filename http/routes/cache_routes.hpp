#pragma once

#include <optional>
#include <string>

#include "http/asked.hpp"
#include "http/request_parser.hpp"
#include "http/router.hpp"

namespace nearcache::http {

// Reading a key: GET and HEAD. One object a connection, one request at a time.
//
// Threads: its session's lane.
class CacheRoutes final : private cache::LoadWaiter {
  public:
    explicit CacheRoutes(const Desk& desk);

    // Answers into `asked.out` now, or later: is_waiting() says which.
    void look_up(const Route& to, Request& request, const Asked& asked);

    bool is_waiting() const noexcept { return permit_.has_value(); }

  private:
    cache::Lookup find(const cache::Key& key, const Request& request);
    void fetch(const cache::Key& key, Request& request);
    void show(const cache::Entry& entry, const Source& source, const Fields* fields) const;

    void on_loaded(const cache::LoadOutcome& outcome) override;

    const Desk& desk_;
    Context& context_;
    std::optional<net::Limiter::Permit> permit_;
    Asked asked_{};
    std::string key_;  // decoded
    // Of the request that waits:
    std::optional<Fields> fields_;
    bool is_collapsed_ = false;
    bool is_on_request_ = false;
};

}  // namespace nearcache::http
