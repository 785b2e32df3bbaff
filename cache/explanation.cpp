#include "cache/explanation.hpp"

#include <utility>

namespace nearcache::cache {

namespace {

using std::chrono::milliseconds;

std::string text_of(milliseconds time) { return std::to_string(time.count()); }
std::string text_of(bool fact) { return fact ? "1" : "0"; }

struct Reason {
    std::string_view source;
    std::string_view why;
};

// Why what is not kept is not kept, whatever the backend answers.
std::string_view why_not_kept(const Circumstances& now) {
    const auto& terms = now.rules[now.rules.find(now.key)];
    if (terms.never_cache) return "its rule says never_cache";
    if (!now.rules.is_told(now.key)) return "it is not below any of coherence.prefixes";
    if (now.found.current_epoch == 0) return "there is no proven channel to the backend";
    if (terms.ttl.count() == 0) return "its ttl is 0";
    if (now.found.is_write_hot) return "it is written more often than read";
    return {};
}

std::string_view why_not_fresh(const store::Inspection& found) {
    if (found.is_invalidated) return "it changed at the backend";
    if (found.current_epoch == 0) return "there is no proven channel to the backend";
    if (found.epoch != found.current_epoch) return "it was fetched before the channel was lost";
    if (found.proven_for.count() <= 0) return "the last proof of the channel is too old";
    return "its ttl is over";
}

Reason reason_of(const Circumstances& now) {
    const auto& found = now.found;
    if (found.is_fresh) {
        return {"cache", found.is_absent ? "known to be absent" : "held and fresh"};
    }
    if (found.is_served_meanwhile) return {"stale", why_not_fresh(found)};
    if (!now.is_reachable) {
        return {found.helps_after_error ? "stale" : "none", "the backend is not reachable"};
    }
    if (found.has_lease) return {"flight", "it is being fetched"};
    if (found.is_held) return {"backend", why_not_fresh(found)};
    const auto why = why_not_kept(now);
    return {"backend", why.empty() ? "it is not held" : why};
}

std::string describe_lease(const store::Inspection& found) {
    if (!found.has_lease) return "none";
    return "open for " + text_of(found.lease_age) + " ms, " + std::to_string(found.waiters) +
           " waiting, epoch " + std::to_string(found.lease_epoch);
}

std::string describe_rule(const Circumstances& now) {
    const auto& terms = now.rules[now.rules.find(now.key)];
    return terms.prefix.empty() ? "all keys" : "prefix " + terms.prefix;
}

}  // namespace

Explanation explain(const Circumstances& now) {
    const auto& found = now.found;
    const auto [source, why] = reason_of(now);
    Explanation explanation;
    const auto add = [&](std::string_view name, std::string value) {
        explanation.fields.push_back({name, std::move(value)});
    };
    add("key", std::string(now.key));
    add("source", std::string(source));
    add("why", std::string(why));
    add("held", found.is_held ? (found.is_absent ? "absent" : "value") : "no");
    add("fresh", text_of(found.is_fresh));
    if (found.is_held) {
        add("age_ms", text_of(found.age));
        add("ttl_ms", text_of(found.left));
        add("bytes", std::to_string(found.value_bytes));
        add("epoch", std::to_string(found.epoch));
    }
    add("current_epoch", std::to_string(found.current_epoch));
    add("lease", describe_lease(found));
    add("write_hot", text_of(found.is_write_hot));
    add("rule", describe_rule(now));
    add("mode", std::string(name_of(now.coherence.state)));
    add("backend_reachable", text_of(now.is_reachable));
    return explanation;
}

std::string_view name_of(CoherenceStatus::State state) noexcept {
    switch (state) {
        case CoherenceStatus::State::none:
            return "none";
        case CoherenceStatus::State::tracking:
            return "tracking";
        case CoherenceStatus::State::ttl:
            return "ttl";
        case CoherenceStatus::State::exclusive:
            return "exclusive";
    }
    return "none";
}

std::string_view name_of(Coherence::Mode mode) noexcept {
    switch (mode) {
        case Coherence::Mode::automatic:
            return "auto";
        case Coherence::Mode::tracking:
            return "tracking";
        case Coherence::Mode::ttl:
            return "ttl";
    }
    return "auto";
}

}  // namespace nearcache::cache
