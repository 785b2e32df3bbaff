#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/origin/url.hpp"

namespace nearcache::http::origin {

// Which URLs may be fetched: those of a rule's scheme, host and port whose path is below the
// rule's. A rule is "scheme://host[:port][/path]"; its path ends at a segment, so "/api" is for
// "/api" and
// "/api/x", and not for "/apix".
//
// Threads: any; it never changes.
class AllowList {
  public:
    // Each must be a rule that complain_about_rule() has nothing to say against; others allow
    // nothing.
    explicit AllowList(const std::vector<std::string>& rules);

    bool empty() const noexcept { return rules_.empty(); }
    bool needs_tls() const noexcept;
    bool allows(const Url& url) const;

  private:
    std::vector<Url> rules_;
};

// What is wrong with a rule; empty: nothing.
std::optional<std::string> complain_about_rule(std::string_view text);

}  // namespace nearcache::http::origin
