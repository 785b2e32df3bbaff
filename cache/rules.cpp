#include "cache/rules.hpp"

#include <algorithm>
#include <cassert>

namespace nearcache::cache {

namespace {

Rules::Terms spell_out(const Rule& rule, const Config& config) {
    return {
        .prefix = rule.prefix,
        .ttl = rule.ttl.value_or(config.ttl),
        .negative_ttl = rule.negative_ttl.value_or(config.negative_ttl),
        .ttl_jitter_percent = rule.ttl_jitter_percent.value_or(config.ttl_jitter_percent),
        .max_value_bytes = rule.max_value_bytes.value_or(config.max_value_bytes),
        .never_cache = rule.never_cache,
        .retention = {.while_revalidate = rule.stale_while_revalidate,
                      .if_error = rule.stale_if_error,
                      .after_invalidation = rule.stale_after_invalidation},
        .content_type = rule.content_type,
    };
}

bool begins_with_one_of(std::string_view key, const std::vector<std::string>& prefixes) {
    return std::ranges::any_of(prefixes,
                               [key](const auto& prefix) { return key.starts_with(prefix); });
}

}  // namespace

Rules::Rules(const Config& config) : told_(config.coherence.prefixes) {
    assert(config.rules.size() < most_rules);
    terms_.push_back(spell_out(Rule{}, config));
    for (const auto& rule : config.rules) {
        if (rule.prefix.empty()) {
            terms_.front() = spell_out(rule, config);
        } else {
            terms_.push_back(spell_out(rule, config));
        }
    }
    const auto length = [](const Terms& terms) { return terms.prefix.size(); };
    std::ranges::stable_sort(terms_.begin() + 1, terms_.end(), std::ranges::greater{}, length);
}

Rules::Number Rules::find(std::string_view key) const noexcept {
    for (std::size_t i = 1; i < terms_.size(); ++i) {
        if (key.starts_with(terms_[i].prefix)) return static_cast<Number>(i);
    }
    return 0;
}

bool Rules::is_told(std::string_view key) const noexcept {
    return told_.empty() || begins_with_one_of(key, told_);
}

bool Rules::keeps(const Terms& terms, std::string_view key,
                  std::size_t value_bytes) const noexcept {
    return !terms.never_cache && key.size() <= terms.max_value_bytes &&
           value_bytes <= terms.max_value_bytes && is_told(key);
}

std::vector<store::Retention> Rules::retentions() const {
    std::vector<store::Retention> retentions;
    for (const auto& terms : terms_) retentions.push_back(terms.retention);
    return retentions;
}

}  // namespace nearcache::cache
