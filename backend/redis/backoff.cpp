#include "backend/redis/backoff.hpp"

#include <algorithm>
#include <random>

namespace nearcache::backend::redis {

std::chrono::milliseconds Backoff::next() {
    pause_ = std::clamp(pause_ * 2, first_, last_);
    thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<std::int64_t> jitter(pause_.count() / 2, pause_.count());
    return std::chrono::milliseconds(jitter(random));
}

}  // namespace nearcache::backend::redis
