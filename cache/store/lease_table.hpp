#pragma once

#include <cstddef>
#include <vector>

#include "cache/store/lease.hpp"

namespace nearcache::store {

// The open leases of a shard, one a hash at most. It holds none of them: a lease is part of what
// the caller keeps for the fetch.
//
// Threads: guarded by the shard's lock.
class LeaseTable {
  public:
    // The number of buckets is a power of two. It stays, so that opening a lease allocates nothing.
    explicit LeaseTable(std::size_t bucket_count = 1) : buckets_(bucket_count, nullptr) {}

    Lease* find(Hash hash) const noexcept;
    void open(Lease& lease) noexcept;
    // Returns whether the lease was open.
    bool close(Lease& lease) noexcept;
    // Returns how many there were.
    std::size_t close_all() noexcept;

    std::size_t size() const noexcept { return size_; }

  private:
    Lease*& bucket_of(Hash hash) noexcept { return buckets_[hash & (buckets_.size() - 1)]; }

    std::vector<Lease*> buckets_;
    std::size_t size_ = 0;
};

}  // namespace nearcache::store
