#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "cache/store/freshness.hpp"

namespace nearcache::store {

// What is known of one key at one moment: its entry, and the fetch that is under way.
struct Inspection {
    bool is_held = false;
    bool is_absent = false;            // what is held is the knowledge that there is no such key
    bool is_fresh = false;             // a plain lookup would be served from it
    bool is_invalidated = false;       // known to have changed, and kept for answers after an error
    bool is_served_meanwhile = false;  // a plain lookup would give it as stale
    bool helps_after_error = false;    // find_if_error() would give it
    std::chrono::milliseconds age{0};  // since it was fetched
    std::chrono::milliseconds left{0};  // of its life; negative after its expiry
    std::size_t value_bytes = 0;
    Epoch epoch = 0;          // in which it was fetched
    Epoch current_epoch = 0;  // 0: none
    std::chrono::milliseconds proven_for{
        0};  // how long the epoch's proof lasts; negative: it is over
    std::uint8_t rule = 0;

    bool has_lease = false;
    std::chrono::milliseconds lease_age{0};
    Epoch lease_epoch = 0;
    std::size_t waiters = 0;

    bool is_write_hot = false;  // it is not kept for a while
};

}  // namespace nearcache::store
