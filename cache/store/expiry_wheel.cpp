#include "cache/store/expiry_wheel.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace nearcache::store {

void ExpiryWheel::add(Entry& entry, TimePoint now) noexcept {
    // The later the wheel stands, the finer the slot. It may go on as long as it passes none.
    const Tick now_tick = tick_of(now);
    if (now_tick > current_ && now_tick < earliest_) current_ = now_tick;
    place(entry);
}

void ExpiryWheel::erase(Entry& entry) noexcept {
    ExpiryLinks& links = entry;
    Links* const neighbour = links.next();
    links.unlink();
    if (!neighbour->is_alone()) return;
    // What is alone now is the head of its slot.
    const auto slot =
        static_cast<std::size_t>(static_cast<ExpiryLinks*>(neighbour) - slots_->data());
    occupied_[slot / slot_count] &= ~(std::uint64_t{1} << (slot % slot_count));
}

Entry* ExpiryWheel::find_expired(TimePoint now_point) noexcept {
    const Tick now = tick_of(now_point);
    while (now >= earliest_) {
        // Slots that have begun and not passed lie within each other; the widest begins first.
        std::optional<Slot> widest;
        Tick earliest = never;
        for (std::size_t level = 0; level < level_count; ++level) {
            if (occupied_[level] == 0) continue;
            const Slot slot = next_slot(level);
            if (slot.last <= now) return first_in(links_at(level, slot.begin));
            if (slot.begin <= now) widest = slot;
            earliest = std::min(earliest, slot.begin);
        }
        earliest_ = earliest;
        if (!widest) {
            current_ = now;
            return nullptr;
        }
        move_down(*widest);
    }
    return nullptr;
}

void ExpiryWheel::clear() noexcept {
    for (std::size_t level = 0; level < level_count; ++level) {
        for (auto slots = occupied_[level]; slots != 0; slots &= slots - 1) {
            links_at(level, static_cast<Tick>(std::countr_zero(slots)) << shift_of(level))
                .link_to_itself();
        }
        occupied_[level] = 0;
    }
    earliest_ = never;
}

void ExpiryWheel::place(Entry& entry) noexcept {
    // The clocks of two threads may be read in one order and used in the other: what is past
    // already is found at the next tick.
    const Tick tick = std::max(tick_of(retentions_.leave_time(entry)), current_ + 1);
    const auto distance_width = static_cast<unsigned>(std::bit_width((tick - current_ - 1) | 1));
    const std::size_t level = (distance_width - 1) / slot_bits;
    const Tick position = tick >> shift_of(level);

    static_cast<ExpiryLinks&>(entry).link_after(links_at(level, tick));
    occupied_[level] |= std::uint64_t{1} << (position % slot_count);
    earliest_ = std::min(earliest_, position << shift_of(level));
}

ExpiryWheel::Slot ExpiryWheel::next_slot(std::size_t level) const noexcept {
    const unsigned shift = shift_of(level);
    const Tick following = (current_ >> shift) + 1;
    const auto turned = std::rotr(occupied_[level], static_cast<int>(following % slot_count));
    const Tick position = following + static_cast<Tick>(std::countr_zero(turned));
    const Tick begin = position << shift;
    return Slot{.level = level, .begin = begin, .last = begin + ((Tick{1} << shift) - 1)};
}

void ExpiryWheel::move_down(const Slot& slot) noexcept {
    ExpiryLinks& head = links_at(slot.level, slot.begin);
    current_ = slot.begin - 1;
    Links* links = head.next();
    head.link_to_itself();
    occupied_[slot.level] &=
        ~(std::uint64_t{1} << ((slot.begin >> shift_of(slot.level)) % slot_count));
    while (links != &head) {
        auto* const entry = static_cast<Entry*>(static_cast<ExpiryLinks*>(links));
        links = links->next();
        place(*entry);
    }
}

}  // namespace nearcache::store
