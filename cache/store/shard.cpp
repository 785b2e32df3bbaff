#include "cache/store/shard.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "cache/store/saturating.hpp"

namespace nearcache::store {
namespace {

// How many expired entries an insert clears away beyond those whose room it needs. More than one,
// so that what has expired becomes less as long as anything comes in.
constexpr int expired_per_insert = 2;

}  // namespace

Shard::Shard(const ShardLimits& limits)
    : retentions_(*limits.retentions),
      wheel_(retentions_),
      leases_(limits.lease_buckets),
      heat_(limits.write_hot_after, limits.write_hot_pause),
      limits_(limits),
      memory_(*limits.memory) {}

Shard::~Shard() {
    Released released;
    table_.for_each([&](Entry& entry) { released.add(entry); });
}

// Ends with `leads` when the caller has to fetch the key.
Joined Shard::join_or_miss(const Wanted& wanted, const Joining& joining, Released& released) {
    using Kind = Joined::Kind;
    if (Entry* const entry = table_.find(wanted.key, wanted.hash)) {
        if (is_fresh(*entry, wanted) && entry->stored_at() >= joining.oldest) {
            if (joining.waiter != nullptr) use(order_of(*entry), *entry);
            return {entry->is_absent() ? Kind::absent : Kind::hit, EntryRef::share(*entry)};
        }
        drop_if_useless(*entry, wanted, released);
    }
    Lease* const lease = leases_.find(wanted.hash);
    if (lease == nullptr || !may_join(*lease, wanted, joining)) return {Kind::leads, {}};
    if (joining.waiter != nullptr) lease->add(*joining.waiter);
    return {Kind::joined, {}, lease->owner()};
}

bool Shard::may_join(const Lease& lease, const Wanted& wanted, const Joining& joining) const {
    const TimePoint oldest = std::max(joining.oldest, earlier(wanted.now, limits_.max_join_age));
    return joining.is_listed && lease.key() == wanted.key && lease.opened_at_ >= oldest &&
           lease.period_ == wanted.freshness.view().period;
}

void Shard::open(Lease& lease, const Wanted& wanted, const Joining& joining) {
    lease.opened_at_ = wanted.now;
    lease.period_ = wanted.freshness.view().period;
    if (joining.waiter != nullptr) lease.add(*joining.waiter);
    if (!joining.is_listed) return;
    if (Lease* const other = leases_.find(lease.hash())) {
        // Two keys of one hash: the second does without. Its answer reaches who waits, no more.
        if (other->key() != lease.key()) return;
        // Too old to be joined, and so to be kept. Those who wait for it made do with it.
        leases_.close(*other);
        ++counters_.leases_voided;
    }
    leases_.open(lease);
}

Landed Shard::land(Lease& lease, const EntryRef& entry, TimePoint now, const Freshness& freshness) {
    Released released;
    const std::lock_guard guard(lock_);

    const bool was_listed = lease.state_ != Lease::State::unlisted;
    const bool holds = leases_.close(lease);
    const bool is_refresh = !lease.has_waiters();
    Landed landed{.waiters = lease.take_waiters(), .is_kept = false};
    if (!entry || !was_listed) return landed;
    assert(entry->has_hash(lease.hash()));
    assert(entry->key() == lease.key() || !entry->is_keepable());
    if (!holds) {
        ++counters_.fills_refused_void;
    } else if (epoch_of(lease.period_) == 0 || lease.period_ != freshness.view().period) {
        ++counters_.fills_refused_epoch;
    } else if (heat_.is_hot(lease.hash(), now)) {
        ++counters_.fills_refused_write_hot;
    } else if (entry->expires_at() <= now || !fits(*entry)) {
        ++counters_.fills_refused_unfit;
    } else {
        Entry& kept = *EntryRef(entry).detach();
        // Not the current epoch, which may be another by now: a fill that races with the end of
        // its epoch never becomes fresh in a later one.
        kept.epoch_ = epoch_of(lease.period_);
        keep({.entry = kept, .now = now, .is_refresh = is_refresh}, released);
        landed.is_kept = true;
    }
    if (holds && !landed.is_kept) outdate(lease, *entry, now, released);
    return landed;
}

EntryRef Shard::find_if_error(const Wanted& wanted) {
    const std::lock_guard guard(lock_);
    const Entry* const entry = table_.find(wanted.key, wanted.hash);
    if (entry == nullptr || !helps_after_error(*entry, wanted.now)) return {};
    ++counters_.stale_hits;
    return EntryRef::share(*entry);
}

void Shard::invalidate(Hash hash, Cause cause, TimePoint now) {
    Released released;
    const std::lock_guard guard(lock_);

    if (Lease* const lease = leases_.find(hash)) {
        leases_.close(*lease);
        ++counters_.leases_voided;
    }
    const auto is_concerned = [&](const Entry& entry) {
        return cause != Cause::invalidation || !is_invalidated(entry);
    };
    while (Entry* const entry = table_.find_any(hash, is_concerned)) {
        change(*entry, cause, now, released);
    }
}

void Shard::invalidate_all(Cause cause) {
    Table dropped;
    {
        const std::lock_guard guard(lock_);
        counters_.leases_voided += leases_.close_all();
        dropped_by(cause) += table_.size();
        table_.swap(dropped);
        values_.clear();
        absent_.clear();
        wheel_.clear();
    }
    // Out of everyone's reach, and so without the lock: there may be millions.
    std::size_t bytes = dropped.memory_bytes();
    Released released;
    dropped.for_each([&](Entry& entry) {
        bytes += entry.memory_bytes();
        released.add(entry);
    });
    memory_.refund(bytes);
}

Inspection Shard::inspect(const Wanted& wanted) const {
    const std::lock_guard guard(lock_);
    const Freshness::View view = wanted.freshness.view();
    Inspection known;
    known.current_epoch = view.epoch();
    known.proven_for = time_between(wanted.now, view.until);
    known.is_write_hot = heat_.is_hot(wanted.hash, wanted.now);
    if (const Entry* const entry = table_.find(wanted.key, wanted.hash)) {
        known.is_held = true;
        known.is_absent = entry->is_absent();
        known.is_fresh = is_fresh(*entry, wanted);
        known.is_invalidated = is_invalidated(*entry);
        known.is_served_meanwhile = judged_by_rule(*entry, wanted) == Lookup::stale;
        known.helps_after_error = helps_after_error(*entry, wanted.now);
        known.age = time_between(entry->stored_at(), wanted.now);
        known.left = time_between(wanted.now, entry->expires_at());
        known.value_bytes = entry->value().size();
        known.epoch = known.is_invalidated ? Epoch{0} : entry->epoch_;
        known.rule = entry->rule();
    }
    const Lease* const lease = leases_.find(wanted.hash);
    if (lease != nullptr && lease->key() == wanted.key) {
        known.has_lease = true;
        known.lease_age = time_between(lease->opened_at_, wanted.now);
        known.lease_epoch = epoch_of(lease->period_);
        known.waiters = lease->waiter_count();
    }
    return known;
}

void Shard::make_room(TimePoint now, FirstOut first_out) {
    Released released;
    const std::lock_guard guard(lock_);
    reduce_memory({.now = now, .first_out = first_out, .spared = nullptr}, released);
}

void Shard::add_to(Stats& stats) const {
    const std::lock_guard guard(lock_);
    stats += counters_;
    stats.entries += values_.size();
    stats.absent_keys += absent_.size();
    stats.open_leases += leases_.size();
}

Lookup Shard::judged_by(const Demand& demand, const Entry& entry, const Wanted& wanted) noexcept {
    const bool is_young = wanted.now <= later(entry.stored_at(), demand.max_age);
    if (!is_young) return Lookup::miss;
    if (is_fresh(entry, wanted) && later(wanted.now, demand.min_fresh) <= entry.expires_at()) {
        return entry.is_absent() ? Lookup::absent : Lookup::hit;
    }
    const bool will_do = demand.max_stale.count() > 0 && !is_invalidated(entry) &&
                         !entry.is_absent() &&
                         wanted.now < later(entry.expires_at(), demand.max_stale);
    return will_do ? Lookup::stale : Lookup::miss;
}

Lookup Shard::judged_stale(const Entry& entry, TimePoint now) const noexcept {
    const auto grace = retentions_.of(entry).while_revalidate;
    const bool will_do = grace.count() > 0 && !is_invalidated(entry) && !entry.is_absent() &&
                         now < later(entry.expires_at(), grace);
    return will_do ? Lookup::stale : Lookup::miss;
}

bool Shard::helps_after_error(const Entry& entry, TimePoint now) const noexcept {
    const Retention& retention = retentions_.of(entry);
    return retention.if_error.count() > 0 &&
           (retention.after_invalidation || !is_invalidated(entry)) &&
           now < later(entry.expires_at(), retention.if_error);
}

bool Shard::fits(const Entry& entry) const noexcept {
    return entry.is_keepable() && budget_of(entry) > 0 &&
           entry.memory_bytes() + Table::least_memory_bytes <= memory_.limit();
}

void Shard::keep(const Newcomer& newcomer, Released& released) {
    Entry& entry = newcomer.entry;
    Lru& order = order_of(entry);
    Entry* const older = table_.find(entry.key(), entry.hash());
    const bool has_place = newcomer.is_refresh && older != nullptr && &order_of(*older) == &order;
    std::size_t freed = 0;
    if (has_place) order.admit_behind(*older, entry);
    if (older != nullptr) {
        freed += remove(*older, released);
        ++counters_.replacements;
    }
    const std::size_t others = budget_of(entry) - (has_place ? 0 : 1);
    freed += make_place(order, others, newcomer.now, released);

    const std::size_t table_before = table_.memory_bytes();
    table_.insert(entry);
    if (!has_place) order.admit(entry);
    wheel_.add(entry, newcomer.now);
    ++counters_.inserts;

    const std::size_t table_growth = table_.memory_bytes() - table_before;
    if (memory_.charge(entry.memory_bytes() + table_growth - freed)) {
        const auto first_out = entry.is_absent() ? FirstOut::absent_keys : FirstOut::values;
        reduce_memory({.now = newcomer.now, .first_out = first_out, .spared = &entry}, released);
    }
}

// Leaves no more than so many in an order. Returns the bytes that this has freed.
std::size_t Shard::make_place(Lru& order, std::size_t most, TimePoint now, Released& released) {
    std::size_t freed = 0;
    for (int i = 0; i < expired_per_insert; ++i) {
        Entry* const expired = wheel_.find_expired(now);
        if (expired == nullptr) break;
        freed += expire(*expired, released);
    }
    while (order.size() > most) {
        if (Entry* const expired = wheel_.find_expired(now)) {
            freed += expire(*expired, released);
        } else {
            freed += remove(*order.victim(), released);
            ++counters_.evictions_by_entries;
        }
    }
    return freed;
}

void Shard::reduce_memory(const Need& need, Released& released) {
    while (memory_.is_exceeded()) {
        if (table_.is_sparse()) {
            const std::size_t before = table_.memory_bytes();
            table_.shrink();
            if (!memory_.refund(before - table_.memory_bytes())) return;
        }
        Entry* const entry = next_to_go(need);
        if (entry == nullptr) return;
        if (retentions_.leave_time(*entry) <= need.now) {
            memory_.refund(expire(*entry, released));
        } else {
            memory_.refund(remove(*entry, released));
            ++counters_.evictions_by_memory;
        }
    }
}

Entry* Shard::next_to_go(const Need& need) noexcept {
    if (Entry* const expired = wheel_.find_expired(need.now)) return expired;
    std::array<const Lru*, 2> line{&values_, &absent_};
    if (need.first_out == FirstOut::absent_keys) std::swap(line[0], line[1]);
    for (const Lru* const order : line) {
        if (Entry* const entry = order->victim(need.spared)) return entry;
    }
    return nullptr;
}

std::uint64_t& Shard::dropped_by(Cause cause) noexcept {
    switch (cause) {
        case Cause::write:
            return counters_.dropped_by_write;
        case Cause::invalidation:
            return counters_.dropped_by_invalidation;
        case Cause::flush:
            return counters_.dropped_by_flush;
        case Cause::epoch:
            break;
    }
    return counters_.dropped_by_epoch;
}

// The entry's key was changed: it goes, or stays for answers after an error.
//
// An entry that is only still here because nobody has met it since its time was up counts as if it
// had gone then: what is known of the key does not depend on when it is cleared away.
void Shard::change(Entry& entry, Cause cause, TimePoint now, Released& released) noexcept {
    if (retentions_.leave_time(entry) <= now) {
        memory_.refund(expire(entry, released));
        return;
    }
    if (!is_invalidated(entry)) {
        if (entry.was_hit_) {
            heat_.note_read(entry.hash());
        } else {
            heat_.note_unread(entry.hash(), now);
        }
    }
    if (cause == Cause::invalidation) {
        entry.epoch_ = Freshness::invalidated;
        if (helps_after_error(entry, now)) return;
    }
    ++dropped_by(cause);
    memory_.refund(remove(entry, released));
}

// A newer answer came that cannot be kept. If it says otherwise than what is held, the key changed,
// told or not: whoever has seen the newer answer must not be given the older one.
void Shard::outdate(const Lease& lease, const Entry& answer, TimePoint now,
                    Released& released) noexcept {
    Entry* const older = table_.find(lease.key(), lease.hash());
    // What is known to have changed already stays as it is.
    if (older == nullptr || is_invalidated(*older)) return;
    const bool says_the_same =
        older->is_absent() == answer.is_absent() && older->value() == answer.value();
    if (!says_the_same) change(*older, Cause::invalidation, now, released);
}

// Useless is what no rule and no later proof can make answer a lookup.
void Shard::drop_if_useless(Entry& entry, const Wanted& wanted, Released& released) noexcept {
    if (retentions_.leave_time(entry) <= wanted.now) {
        memory_.refund(expire(entry, released));
    } else if (entry.epoch_ != wanted.freshness.view().epoch() &&
               retentions_.of(entry).longest().count() == 0) {
        ++counters_.dropped_by_epoch;
        memory_.refund(remove(entry, released));
    }
}

// Returns the bytes that this frees.
std::size_t Shard::remove(Entry& entry, Released& released) noexcept {
    table_.erase(entry);
    order_of(entry).erase(entry);
    wheel_.erase(entry);
    released.add(entry);
    return entry.memory_bytes();
}

std::size_t Shard::expire(Entry& entry, Released& released) noexcept {
    ++counters_.expirations;
    return remove(entry, released);
}

}  // namespace nearcache::store
