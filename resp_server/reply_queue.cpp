#include "resp_server/reply_queue.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace nearcache::resp_server {

void PendingReply::ready() {
    permit_.reset();
    queue_->on_ready(*this);
}

void PendingReply::leave_in_part() { queue_->on_part(*this); }

void ReplyQueue::add(std::unique_ptr<PendingReply> pending) {
    if (!pending_.empty()) held_bytes_ += pending_.back()->behind_.size();
    held_bytes_ += pending->request_bytes_;
    ++unready_;
    pending->queue_ = this;
    pending->place_ = first_place_ + pending_.size();
    pending->is_muted_ = is_muted_;
    pending_.push_back(std::move(pending));
}

void ReplyQueue::mute(bool is_muted) noexcept {
    is_muted_ = is_muted;
    unheard_.clear();
    diverted_ = is_muted ? &unheard_ : nullptr;
}

void ReplyQueue::put_in(const net::Slice& push, const PendingReply* ahead_of) {
    const auto index = ahead_of == nullptr
                           ? pending_.size()
                           : static_cast<std::size_t>(ahead_of->place_ - first_place_);
    if (index == 0) {
        append_slice(output_, push);
        return on_ready_();
    }
    append_slice(pending_[index - 1]->behind_, push);
    if (index < pending_.size()) held_bytes_ += push.bytes.size();
}

std::size_t ReplyQueue::bytes() const noexcept {
    const auto last = pending_.empty() ? 0 : pending_.back()->behind_.size();
    return output_.size() + held_bytes_ + last + unready_ * usual_reply_bytes_;
}

void ReplyQueue::on_ready(PendingReply& pending) {
    assert(!pending.is_ready_);
    pending.is_ready_ = true;
    --unready_;
    if (pending.is_muted_) pending.reply_.clear();
    usual_reply_bytes_ =
        std::max(pending.reply_.size(), usual_reply_bytes_ - usual_reply_bytes_ / 8);
    held_bytes_ -= pending.request_bytes_;
    held_bytes_ += pending.reply_.size();
    bool has_grown = false;
    while (!pending_.empty() && pending_.front()->is_ready_) {
        const auto first = std::move(pending_.front());
        pending_.pop_front();
        ++first_place_;
        held_bytes_ -= first->reply_.size();
        if (!pending_.empty()) held_bytes_ -= first->behind_.size();
        output_.append(std::move(first->reply_));
        output_.append(std::move(first->behind_));
        has_grown = true;
    }
    if (has_grown) on_ready_();
}

void ReplyQueue::on_part(PendingReply& pending) {
    assert(!pending_.empty() && pending_.front().get() == &pending);
    if (!pending.is_muted_) output_.append(std::move(pending.reply_));
    pending.reply_.clear();
    on_ready_();
}

void ReplyQueue::tell_room() {
    if (!pending_.empty()) pending_.front()->on_room();
}

void ReplyQueue::tell_client_gone() {
    if (!pending_.empty()) pending_.front()->on_client_gone();
}

}  // namespace nearcache::resp_server
