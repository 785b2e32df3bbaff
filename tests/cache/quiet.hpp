#pragma once

#include "base/log.hpp"

namespace nearcache::cache {

// Keeps warnings out of the log of the tests that provoke them by the thousand.
struct Quiet {
    Quiet() { log::configure({.level = log::Level::error}); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    ~Quiet() { log::configure({}); }
};

}  // namespace nearcache::cache
