#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cache/config.hpp"

namespace nearcache::cache {

// Which rule holds for which key. Rules are told apart by small numbers, which entries carry; 0 is
// the one for keys that no other matches.
//
// Threads: any; nothing here ever changes.
class Rules {
  public:
    using Number = std::uint8_t;

    // A rule with all it says spelt out.
    struct Terms {
        std::string prefix;
        std::chrono::milliseconds ttl;
        std::chrono::milliseconds negative_ttl;
        unsigned ttl_jitter_percent;
        std::size_t max_value_bytes;
        bool never_cache;
        store::Retention retention;
        std::string content_type;  // empty: none is said
    };

    explicit Rules(const Config& config);

    // The rule with the longest prefix of the key.
    Number find(std::string_view key) const noexcept;
    const Terms& operator[](Number number) const noexcept { return terms_[number]; }

    // Whether changes of the key are told at all (coherence.prefixes).
    bool is_told(std::string_view key) const noexcept;
    // Whether a value of so many bytes may be kept under that key, for which these terms hold.
    bool keeps(const Terms& terms, std::string_view key, std::size_t value_bytes) const noexcept;

    std::vector<store::Retention> retentions() const;

  private:
    std::vector<Terms> terms_;  // the longest prefix first, but for the one for all keys
    std::vector<std::string> told_;
};

}  // namespace nearcache::cache
