#include "resp_server/reply_queue.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace nearcache::resp_server {

void PendingReply::ready() {
    permit_.reset();
    queue_->on_ready(*this);
}

void ReplyQueue::add(std::unique_ptr<PendingReply> pending) {
    if (!pending_.empty()) held_bytes_ += pending_.back()->behind_.size();
    held_bytes_ += pending->request_bytes_;
    ++unready_;
    pending->queue_ = this;
    pending_.push_back(std::move(pending));
}

std::size_t ReplyQueue::bytes() const noexcept {
    const auto last = pending_.empty() ? 0 : pending_.back()->behind_.size();
    return output_.size() + held_bytes_ + last + unready_ * usual_reply_bytes_;
}

void ReplyQueue::on_ready(PendingReply& pending) {
    assert(!pending.is_ready_);
    pending.is_ready_ = true;
    --unready_;
    usual_reply_bytes_ =
        std::max(pending.reply_.size(), usual_reply_bytes_ - usual_reply_bytes_ / 8);
    held_bytes_ -= pending.request_bytes_;
    held_bytes_ += pending.reply_.size();
    bool has_grown = false;
    while (!pending_.empty() && pending_.front()->is_ready_) {
        const auto first = std::move(pending_.front());
        pending_.pop_front();
        held_bytes_ -= first->reply_.size();
        if (!pending_.empty()) held_bytes_ -= first->behind_.size();
        output_.append(std::move(first->reply_));
        output_.append(std::move(first->behind_));
        has_grown = true;
    }
    if (has_grown) on_ready_();
}

}  // namespace nearcache::resp_server
