#include "backend/redis/canary_watch.hpp"

#include <utility>

namespace nearcache::backend::redis {

void CanaryWatch::begin(std::string key) {
    key_ = std::move(key);
    written_at_.reset();
    is_open_ = true;
}

bool CanaryWatch::is_missing(TimePoint proven_at, TimePoint now,
                             std::chrono::milliseconds patience) const noexcept {
    if (!is_open_ || !written_at_) return false;
    return proven_at >= *written_at_ && now - *written_at_ >= patience;
}

}  // namespace nearcache::backend::redis
