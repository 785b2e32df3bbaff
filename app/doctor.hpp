#pragma once

#include <iosfwd>

#include "backend/config.hpp"
#include "backend/redis/finding.hpp"

namespace nearcache::app {

// nearcache doctor: tries out what the backend can do for a cache that is to stay coherent, and
// prints what works, a line a check, with advice. Returns the exit status: 0 when coherence is to
// be had.
int run_doctor(const backend::Config& config, std::ostream& out);

// The table alone.
void print_diagnosis(const backend::redis::Diagnosis& diagnosis, std::ostream& out);

}  // namespace nearcache::app
