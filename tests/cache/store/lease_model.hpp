#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/cache/store/store_support.hpp"

namespace nearcache::store {

// A fetch on both sides: the store's lease, and what the model expects of it.
struct ModelFetch {
    ModelFetch(const std::string& key, Hash hash) : lease(key, hash, 0) {}

    Lease lease;
    bool was_listed = false;
    bool is_open = false;
    // The number of the epoch or of the time between two.
    unsigned period = 0;
    TimePoint opened_at{};
    std::vector<const Waiter*> expected_waiters;
};

// Who may join whom, and which fetches are void.
class LeaseModel {
  public:
    explicit LeaseModel(std::chrono::milliseconds max_join_age) : max_join_age_(max_join_age) {}

    // The open fetch of a hash; null when there is none.
    ModelFetch* at(Hash hash) const {
        const auto found = open_.find(hash);
        return found == open_.end() ? nullptr : found->second;
    }

    // The fetch that one who wants the key joins; null when it has to fetch the key.
    ModelFetch* joined(const std::string& key, Hash hash, const Joining& joining,
                       TimePoint now) const {
        ModelFetch* const fetch = at(hash);
        if (fetch == nullptr || !joining.is_listed) return nullptr;
        // The largest of all milliseconds are more than a Duration can say.
        const bool is_too_old =
            max_join_age_ != Config{}.max_join_age && now - fetch->opened_at > max_join_age_;
        const bool joins = fetch->lease.key() == key && fetch->period == period &&
                           fetch->opened_at >= joining.oldest && !is_too_old;
        return joins ? fetch : nullptr;
    }

    void open(ModelFetch& fetch, const Joining& joining, TimePoint now) {
        const Hash hash = fetch.lease.hash();
        fetch.period = period;
        fetch.opened_at = now;
        if (!joining.is_listed) return;
        ModelFetch* const other = at(hash);
        if (other != nullptr && other->lease.key() != fetch.lease.key()) return;
        if (other != nullptr) make_void(hash);
        fetch.was_listed = fetch.is_open = true;
        open_.emplace(hash, &fetch);
    }

    void close(ModelFetch& fetch) {
        if (std::exchange(fetch.is_open, false)) open_.erase(fetch.lease.hash());
    }

    void make_void(Hash hash) {
        ModelFetch* const fetch = at(hash);
        if (fetch == nullptr) return;
        close(*fetch);
        ++voided;
    }

    void make_all_void() {
        while (!open_.empty()) make_void(open_.begin()->first);
    }

    std::size_t size() const { return open_.size(); }

    unsigned period = 0;
    std::uint64_t voided = 0;

  private:
    const std::chrono::milliseconds max_join_age_;
    std::map<Hash, ModelFetch*> open_;
};

}  // namespace nearcache::store
