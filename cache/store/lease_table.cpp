#include "cache/store/lease_table.hpp"

#include <cassert>
#include <utility>

namespace nearcache::store {

Lease* LeaseTable::find(Hash hash) const noexcept {
    Lease* lease = buckets_[hash & (buckets_.size() - 1)];
    while (lease != nullptr && lease->hash_ != hash) lease = lease->next_in_bucket_;
    return lease;
}

void LeaseTable::open(Lease& lease) noexcept {
    assert(lease.state_ == Lease::State::unlisted && find(lease.hash_) == nullptr);
    lease.next_in_bucket_ = std::exchange(bucket_of(lease.hash_), &lease);
    lease.state_ = Lease::State::open;
    ++size_;
}

bool LeaseTable::close(Lease& lease) noexcept {
    if (lease.state_ != Lease::State::open) return false;
    Lease** link = &bucket_of(lease.hash_);
    while (*link != &lease) link = &(*link)->next_in_bucket_;
    *link = lease.next_in_bucket_;
    lease.state_ = Lease::State::closed;
    --size_;
    return true;
}

std::size_t LeaseTable::close_all() noexcept {
    for (Lease*& bucket : buckets_) {
        for (Lease* lease = std::exchange(bucket, nullptr); lease != nullptr;
             lease = lease->next_in_bucket_) {
            lease->state_ = Lease::State::closed;
        }
    }
    return std::exchange(size_, 0);
}

}  // namespace nearcache::store
