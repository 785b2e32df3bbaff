#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "cache/invalidator.hpp"
#include "cache/rules.hpp"
#include "cache/store/inspection.hpp"

namespace nearcache::cache {

// Where an answer to a plain lookup of a key would come from now, and why: fields in the order in
// which they are shown.
struct Explanation {
    struct Field {
        std::string_view name;
        std::string value;
    };
    std::vector<Field> fields;
};

// What an explanation is made of.
struct Circumstances {
    std::string_view key;
    store::Inspection found;
    CoherenceStatus coherence;
    const Rules& rules;
    bool is_reachable;
};
Explanation explain(const Circumstances& now);

// "tracking", "ttl", "exclusive" or "none".
std::string_view name_of(CoherenceStatus::State state) noexcept;
// "auto", "tracking" or "ttl".
std::string_view name_of(Coherence::Mode mode) noexcept;

}  // namespace nearcache::cache
