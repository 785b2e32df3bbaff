#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace nearcache::http::origin {

// What the header of an origin's answer says of how long it may be stored by a shared cache (RFC
// 9111, 5.2.2, 4.2.1 and 5.3). Where it can be read in two ways, the shorter one counts.
//
// Threads: one at a time.
class Lifetime {
  public:
    using WallTime = std::chrono::sys_seconds;

    // One field each, as often as it comes.
    void note_cache_control(std::string_view field);
    void note_vary(std::string_view field);
    void note_age(std::string_view field) noexcept;
    void note_date(std::string_view field) noexcept;
    void note_expires(std::string_view field) noexcept;

    bool is_forbidden() const noexcept { return is_forbidden_; }
    // What is left of its life; empty: the origin sets no bound. `now` stands in for a Date.
    std::optional<std::chrono::seconds> left(WallTime now) const noexcept;

  private:
    void note_directive(std::string_view text);

    bool is_forbidden_ = false;  // no-store, private, no-cache
    std::optional<std::chrono::seconds> max_age_;
    std::optional<std::chrono::seconds> shared_max_age_;
    std::chrono::seconds age_{0};
    std::optional<WallTime> date_;
    bool has_expires_ = false;
    std::optional<WallTime> expires_;  // none: a time long past
};

// A date of RFC 9110, 5.6.7, in any of its three forms; empty for anything else.
std::optional<Lifetime::WallTime> parse_http_date(std::string_view text) noexcept;

}  // namespace nearcache::http::origin
