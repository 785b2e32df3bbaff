#pragma once

#include "backend/config.hpp"
#include "backend/redis/finding.hpp"

namespace nearcache::backend::redis {

// Finds out what can be had from the server that the URL names, by trying it: connects as the data
// and the control connections do, arms, changes scratch keys and waits to be told. Takes a few
// seconds at most, whatever the server does, and leaves nothing behind.
//
// Threads: any; it blocks.
Diagnosis diagnose(const Config& config);

}  // namespace nearcache::backend::redis
