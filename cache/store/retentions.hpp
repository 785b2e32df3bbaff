#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cache/store/config.hpp"
#include "cache/store/entry.hpp"
#include "cache/store/saturating.hpp"

namespace nearcache::store {

// Of what use an entry is after its expiry, by the number of its rule.
//
// Threads: any; it never changes.
class Retentions {
  public:
    explicit Retentions(std::vector<Retention> by_rule) : by_rule_(std::move(by_rule)) {}

    const Retention& of(const Entry& entry) const noexcept {
        return entry.rule() < by_rule_.size() ? by_rule_[entry.rule()] : nothing_;
    }

    // From then on the entry is of no use to anyone.
    TimePoint leave_time(const Entry& entry) const noexcept {
        return later(entry.expires_at(), of(entry).longest());
    }

    bool retain_anything() const noexcept {
        return std::ranges::any_of(by_rule_, [](const Retention& retention) {
            return retention.longest() > std::chrono::milliseconds(0);
        });
    }

  private:
    const std::vector<Retention> by_rule_;
    const Retention nothing_;
};

}  // namespace nearcache::store
