#include "backend/redis/heartbeat.hpp"

#include <cassert>
#include <utility>

namespace nearcache::backend::redis {

void Heartbeat::send(TimePoint now, std::string token) {
    assert(!is_out_);
    token_ = std::move(token);
    sent_at_ = now;
    is_out_ = true;
}

std::optional<Heartbeat::Proof> Heartbeat::on_pong(TimePoint now) {
    assert(is_out_);
    std::optional<Proof> proof;
    if (has_answer_) {
        proof = Proof{answered_ping_sent_at_,
                      std::chrono::duration_cast<std::chrono::microseconds>(now - sent_at_)};
    }
    is_out_ = false;
    has_answer_ = true;
    answered_ping_sent_at_ = sent_at_;
    return proof;
}

}  // namespace nearcache::backend::redis
