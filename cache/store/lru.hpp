#pragma once

#include "cache/store/entry.hpp"

namespace nearcache::store {

// The order in which entries give way: the least recently used first, exactly. What a shard asks of
// it is what it asks of any policy: admit, touch, victim, erase.
//
// Threads: guarded by the shard's lock.
class Lru {
  public:
    void admit(Entry& entry) noexcept {
        links_of(entry).link_after(head_);
        ++size_;
    }

    // Next to go before the older entry: it has that one's place once the older is erased.
    void admit_behind(Entry& older, Entry& entry) noexcept {
        links_of(entry).link_after(links_of(older));
        ++size_;
    }

    void touch(Entry& entry) noexcept {
        Links& links = links_of(entry);
        if (head_.next() == &links) return;
        links.unlink();
        links.link_after(head_);
    }

    // The entry that goes next, but for the spared one; null when there is none.
    Entry* victim(const Entry* spared = nullptr) const noexcept {
        const Links* links = head_.previous();
        if (spared != nullptr && links == static_cast<const OrderLinks*>(spared)) {
            links = links->previous();
        }
        if (links == &head_) return nullptr;
        return const_cast<Entry*>(static_cast<const Entry*>(static_cast<const OrderLinks*>(links)));
    }

    void erase(Entry& entry) noexcept {
        links_of(entry).unlink();
        --size_;
    }

    // Forgets all entries without a look at them.
    void clear() noexcept {
        head_.link_to_itself();
        size_ = 0;
    }

    std::size_t size() const noexcept { return size_; }

  private:
    static OrderLinks& links_of(Entry& entry) noexcept { return entry; }

    OrderLinks head_;
    std::size_t size_ = 0;
};

}  // namespace nearcache::store
