#include "cache/store/write_heat.hpp"

#include <algorithm>

#include "cache/store/saturating.hpp"

namespace nearcache::store {

void WriteHeat::note_unread(Hash hash, TimePoint now) noexcept {
    if (after_ == 0) return;
    Slot& slot = slots_[index_of(hash)];
    const bool is_taken = is_remembered(slot, now);
    const bool is_own = slot.tag == tag_of(hash);
    if (is_taken && !is_own && slot.streak >= after_) return;
    if (!is_taken || !is_own) slot = Slot{.last = now, .tag = tag_of(hash), .streak = 0};
    // The clocks of two threads may be read in one order and used in the other.
    slot.last = std::max(slot.last, now);
    if (slot.streak < after_) ++slot.streak;
}

void WriteHeat::note_read(Hash hash) noexcept {
    if (after_ == 0) return;
    Slot& slot = slots_[index_of(hash)];
    if (slot.tag == tag_of(hash)) slot.streak = 0;
}

bool WriteHeat::is_hot(Hash hash, TimePoint now) const noexcept {
    if (after_ == 0) return false;
    const Slot& slot = slots_[index_of(hash)];
    return slot.tag == tag_of(hash) && slot.streak >= after_ && is_remembered(slot, now);
}

// One and the same time ends a streak that goes no further and the pause of a streak that is full.
bool WriteHeat::is_remembered(const Slot& slot, TimePoint now) const noexcept {
    return slot.streak > 0 && now < later(slot.last, pause_);
}

}  // namespace nearcache::store
