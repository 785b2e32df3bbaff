#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/asked.hpp"
#include "http/origin/landing.hpp"
#include "http/origin/origin.hpp"
#include "http/request_parser.hpp"

namespace nearcache::http {

// A key that is fetched from a URL when neither the cache nor the backend has it. One object a
// connection, one request at a time.
//
// Threads: its session's lane.
class OriginRoutes final : private origin::Waiter {
  public:
    explicit OriginRoutes(const Desk& desk);

    // GET and HEAD /?url=U&key=K[&params=JSON][&ttl=TIME]. Answers into `asked.out` now, or later:
    // is_waiting() says which.
    void answer(std::string_view query, Request& request, const Asked& asked);

    bool is_waiting() const noexcept { return permit_.has_value(); }

  private:
    // Empty when the answer says already what is wrong.
    std::optional<origin::Order> read_order(std::string_view query) const;
    std::optional<std::string> read_key(std::string_view query) const;
    std::optional<origin::Url> read_url(std::string_view query) const;
    std::optional<std::chrono::milliseconds> read_ttl(std::string_view query) const;
    bool answer_from_cache(const origin::Order& order, const Request& request);
    void load(origin::Order order, Request& request);
    Source source_of(const origin::Landing& landing, bool joined) const;
    void complain(Status status, std::string_view text) const;

    void on_landed(const origin::Landing& landing, bool joined) override;

    const Desk& desk_;
    Context& context_;
    std::optional<net::Limiter::Permit> permit_;
    Asked asked_{};
    // Of the request that waits:
    std::optional<Fields> fields_;
    bool is_on_request_ = false;
};

}  // namespace nearcache::http
