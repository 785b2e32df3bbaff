#pragma once

#include <chrono>
#include <optional>

namespace nearcache::cache {

// What one request asks of the cache in place of what holds for all: the request directives of
// RFC 9111, 5.2.1, in whichever protocol they came.
struct Directives {
    // The answer has to be fetched for this request; it may be kept.
    bool no_cache = false;
    // What is fetched for this request is not kept.
    bool no_store = false;
    // Nothing is fetched for this request.
    bool only_if_cached = false;
    // An answer fetched longer ago will not do.
    std::optional<std::chrono::milliseconds> max_age = {};
    // An answer that stays fresh for less will not do.
    std::optional<std::chrono::milliseconds> min_fresh = {};
    // An answer whose ttl is over for no longer than this will do; milliseconds::max(): however
    // long. Never one whose key is known to have changed.
    std::optional<std::chrono::milliseconds> max_stale = {};

    bool operator==(const Directives&) const = default;
};

}  // namespace nearcache::cache
