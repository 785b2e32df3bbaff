#include "cache/invalidator.hpp"

#include <bit>

#include "base/log.hpp"

namespace nearcache::cache {

namespace {

void count(std::atomic<std::uint64_t>& counter, std::uint64_t more = 1) noexcept {
    counter.fetch_add(more, std::memory_order_relaxed);
}

std::uint64_t read(const std::atomic<std::uint64_t>& counter) noexcept {
    return counter.load(std::memory_order_relaxed);
}

}  // namespace

Invalidator::Invalidator(const Parts& parts, const Coherence& config)
    : store_(parts.store),
      databases_(parts.databases),
      clock_(parts.clock),
      config_(config),
      why_("not connected yet") {}

void Invalidator::begin(bool changes_only_here) {
    if (changes_only_here) {
        begin_epoch(State::exclusive, TimePoint::max());
    } else if (config_.mode == Coherence::Mode::ttl) {
        begin_epoch(State::ttl, TimePoint::max());
    }
}

void Invalidator::on_armed(const backend::Armed& armed) {
    end_epoch();
    prove(armed.proven_at);
    {
        const std::lock_guard guard(lock_);
        run_id_ = armed.run_id;
        is_canary_proven_ = armed.proof == backend::Proof::canary;
    }
    begin_epoch(State::tracking, armed.proven_at + config_.max_staleness);
    log::info("coherence", "the backend tells what changes",
              {{"epoch", read(epoch_)},
               {"proof", armed.proof == backend::Proof::canary ? "canary" : "handshake"}});
}

void Invalidator::on_proven(TimePoint proven_at, std::chrono::microseconds round_trip) {
    if (!is_tracking()) return;
    prove(proven_at);
    round_trip_.store(round_trip.count(), std::memory_order_relaxed);
    store_.extend_epoch(proven_at + config_.max_staleness);
}

void Invalidator::on_lost(std::string_view why) {
    count(losses_);
    if (!is_tracking()) return;
    end_epoch();
    set_why(why);
    log::warn("coherence", "channel lost: nothing is served from memory until it is back",
              {{"epoch", read(epoch_)}, {"why", why}});
}

void Invalidator::on_refused(std::string_view why) {
    count(refusals_);
    const bool falls_back = config_.mode != Coherence::Mode::tracking;
    const bool is_news = falls_back ? state_.load() != State::ttl : [&] {
        const std::lock_guard guard(lock_);
        return is_tracking() || why_ != why;
    }();
    if (!is_news) return set_why(why);

    end_epoch();
    if (falls_back) begin_epoch(State::ttl, TimePoint::max());
    set_why(why);
    log::warn("coherence",
              falls_back ? "the backend does not tell what changes: falling back to ttl"
                         : "the backend does not tell what changes: nothing is served from memory",
              {{"why", why}});
}

void Invalidator::on_changed(std::span<const std::string_view> keys) {
    count(invalidated_keys_, keys.size());
    const auto now = clock_.now();
    for (const auto key : keys) {
        const auto hash = store::hash_of(key);
        databases_.for_each_salt([&](store::Hash salt) {
            store_.invalidate(hash ^ salt, store::Cause::invalidation, now);
        });
    }
}

void Invalidator::on_everything_changed() {
    count(flushes_);
    store_.invalidate_all(store::Cause::flush);
}

void Invalidator::on_forged() {
    // Not a line for each: whoever may publish could fill the disk.
    const auto seen = forged_messages_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (!std::has_single_bit(seen)) return;
    log::warn("coherence", "somebody publishes on __redis__:invalidate; ignored", {{"seen", seen}});
}

// The number goes first: who sees the new state sees the new number too. The store goes last, and
// first at the end: a flight of a tracked epoch finds is_tracking() true, and so keeps nothing that
// another server said.
void Invalidator::begin_epoch(State state, TimePoint until) {
    count(epoch_);
    set_why({});
    state_.store(state);
    store_.begin_epoch(until);
}

void Invalidator::end_epoch() {
    if (state_.load() == State::none) return;
    store_.end_epoch();
    state_.store(State::none);
}

void Invalidator::set_why(std::string_view why) {
    const std::lock_guard guard(lock_);
    why_ = why;
}

CoherenceStatus Invalidator::status() const {
    CoherenceStatus status;
    status.wanted = config_.mode;
    status.state = state_.load();
    status.epoch = read(epoch_);
    status.max_staleness = config_.max_staleness;
    status.round_trip = std::chrono::microseconds(round_trip_.load(std::memory_order_relaxed));
    if (status.state == State::tracking) {
        const TimePoint proven_at{Duration(proven_at_.load(std::memory_order_relaxed))};
        status.proof_age =
            std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - proven_at);
    }
    status.invalidated_keys = read(invalidated_keys_);
    status.flushes = read(flushes_);
    status.forged_messages = read(forged_messages_);
    status.losses = read(losses_);
    status.refusals = read(refusals_);
    const std::lock_guard guard(lock_);
    status.why = why_;
    status.run_id = run_id_;
    status.is_canary_proven = is_canary_proven_ && status.state == State::tracking;
    return status;
}

}  // namespace nearcache::cache
