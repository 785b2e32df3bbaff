#pragma once

#include <memory>

#include "backend/backend.hpp"
#include "backend/config.hpp"
#include "base/clock.hpp"
#include "net/io_threads.hpp"

namespace nearcache::backend {

// The backend that the configured URL names, not started yet. Threads and clock must outlive it.
std::unique_ptr<Backend> make_backend(const Config& config, net::IoThreads& threads,
                                      const Clock& clock);

}  // namespace nearcache::backend
