#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cache/store/config.hpp"

namespace nearcache::cache {

// What holds for keys that begin with `prefix` in place of what holds for all; the longest prefix
// that matches decides alone. What is empty is as for all keys.
struct Rule {
    std::string prefix;
    std::optional<std::chrono::milliseconds> ttl = {};
    std::optional<std::chrono::milliseconds> negative_ttl = {};
    std::optional<unsigned> ttl_jitter_percent = {};
    std::optional<std::size_t> max_value_bytes = {};
    // Such keys are always fetched.
    bool never_cache = false;
    // How long past its ttl a value is still served while one request fetches it anew, ...
    std::chrono::milliseconds stale_while_revalidate{0};
    // ... and how long when the backend cannot be asked.
    std::chrono::milliseconds stale_if_error{0};
    // stale_if_error holds for values, too, of which the backend has told that they changed.
    bool stale_after_invalidation = false;
    // The media type as which HTTP serves them; empty: application/octet-stream.
    std::string content_type = {};
};

// As many rules can be told apart by what is noted with an entry, the one for all keys included.
inline constexpr std::size_t most_rules = 255;

// How the cache keeps up with changes made elsewhere.
struct Coherence {
    enum class Mode {
        automatic,  // tracking where the server can, else ttl
        tracking,   // nothing is served from memory without a proven channel
        ttl,        // changes show when the ttl is over
    };

    Mode mode = Mode::automatic;
    // Without a proof of the channel younger than this nothing is served from memory.
    std::chrono::milliseconds max_staleness{3000};
    // Only keys that begin with one of these are kept; none: all keys.
    std::vector<std::string> prefixes;
};

struct Config {
    // Retentions follow from the rules.
    store::Config store;
    // How long a value may be served without asking the backend again; the backend's own expiry
    // makes it shorter, never longer. 0 keeps nothing.
    std::chrono::milliseconds ttl{60'000};
    // The same for the knowledge that a key is absent.
    std::chrono::milliseconds negative_ttl{5'000};
    // By how much a ttl may be cut at random, so that what came together does not expire together.
    unsigned ttl_jitter_percent = 0;
    // A larger value is passed on and not kept.
    std::size_t max_value_bytes = 1024u * 1024;
    // No two of them have the same prefix.
    std::vector<Rule> rules;
    Coherence coherence;
};

}  // namespace nearcache::cache
