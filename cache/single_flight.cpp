#include "cache/single_flight.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include <boost/asio/post.hpp>

namespace nearcache::cache {

namespace {

using namespace std::chrono_literals;

// A question whose connection was lost is asked once more, unless its asker has waited longer.
constexpr auto asked_again_within = 1s;

// Takes the waiters of one lane out of the list, in their order.
store::Waiter* split_off(store::Waiter*& list, net::LaneId lane) {
    store::Waiter* taken = nullptr;
    store::Waiter** taken_end = &taken;
    store::Waiter** link = &list;
    while (*link != nullptr) {
        auto* waiter = *link;
        if (static_cast<LoadWaiter*>(waiter)->lane() != lane) {
            link = &waiter->next;
            continue;
        }
        *link = waiter->next;
        waiter->next = nullptr;
        *taken_end = waiter;
        taken_end = &waiter->next;
    }
    return taken;
}

struct Verdict {
    LoadOutcome outcome;
    std::optional<LoadOutcome> stale;
};

void tell(store::Waiter* waiters, const Verdict& verdict) {
    while (waiters != nullptr) {
        // The waiter may be gone once it is told.
        auto* next = waiters->next;
        auto& waiter = *static_cast<LoadWaiter*>(waiters);
        const bool gets_stale = verdict.stale && waiter.takes_stale();
        waiter.on_loaded(gets_stale ? *verdict.stale : verdict.outcome);
        waiters = next;
    }
}

// Whether the backend could not be asked, rather than answered something unwelcome.
bool allows_stale(Errc why) noexcept {
    switch (why) {
        case Errc::backend_unreachable:
        case Errc::backend_connection_lost:
        case Errc::backend_timeout:
            return true;
        case Errc::backend_protocol_error:
        case Errc::overloaded:
        case Errc::shutting_down:
            return false;
    }
    return false;
}

// Redis says so while it is starting, and as a replica that has lost its primary.
bool allows_stale(std::string_view error) noexcept {
    const auto code = error.substr(0, error.find(' '));
    return code == "LOADING" || code == "MASTERDOWN";
}

}  // namespace

Flight::Flight(FlightDeck& deck, const Opening& opening)
    : Lease(opening.key, opening.hash, opening.lane), deck_(deck), sent_at_(opening.now) {}

void Flight::on_reply(const backend::GetReply& reply) {
    using Kind = backend::GetReply::Kind;
    LoadOutcome outcome;
    if (reply.kind == Kind::error) {
        outcome.kind = LoadOutcome::Kind::error;
        outcome.error = reply.bytes;
        // Another type is news of the key; any other error is none.
        const bool is_news = reply.bytes.starts_with("WRONGTYPE");
        return land(std::move(outcome), is_news ? make_entry(reply) : store::EntryRef{},
                    allows_stale(reply.bytes) ? find_stale() : std::nullopt);
    }

    auto entry = make_entry(reply);
    if (reply.kind == Kind::value) outcome.entry = entry;
    outcome.kind = reply.kind == Kind::value ? LoadOutcome::Kind::value : LoadOutcome::Kind::absent;
    land(std::move(outcome), entry);
}

void Flight::on_failure(Errc why) {
    const auto now = deck_.clock.now();
    if (why == Errc::backend_connection_lost && !was_sent_again_ &&
        now - sent_at_ < asked_again_within) {
        was_sent_again_ = true;
        sent_at_ = now;
        return deck_.backend.get(owner(), key(), *this);
    }
    LoadOutcome outcome;
    outcome.kind = LoadOutcome::Kind::failure;
    outcome.failure = why;
    land(std::move(outcome), {}, allows_stale(why) ? find_stale() : std::nullopt);
}

bool Flight::keeps(const backend::GetReply& reply, const Rules::Terms& terms) const {
    if (reply.kind == backend::GetReply::Kind::error) return false;
    if (!reply.is_tracked && deck_.invalidator.is_tracking()) {
        deck_.fills_from_elsewhere.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    return deck_.rules.keeps(terms, key(), reply.bytes.size());
}

// The backend measured what was left after the question was sent: counted from then on, an entry
// never outlives the backend's own key.
store::EntryRef Flight::make_entry(const backend::GetReply& reply) const {
    const auto rule = deck_.rules.find(key());
    const auto& terms = deck_.rules[rule];
    const bool is_absent = reply.kind == backend::GetReply::Kind::absent;
    auto ttl = is_absent ? terms.negative_ttl : terms.ttl;
    if (terms.ttl_jitter_percent != 0) ttl = cut_at_random(ttl, terms.ttl_jitter_percent);
    if (reply.remaining && !is_absent) ttl = std::min(ttl, *reply.remaining);

    const store::NewEntry entry{.key = key(),
                                .hash = hash(),
                                .value = reply.bytes,
                                .stored_at = sent_at_,
                                .expires_at = sent_at_ + ttl,
                                .rule = rule,
                                .may_be_kept = keeps(reply, terms)};
    return is_absent ? store::make_absent_entry(entry) : store::make_entry(entry);
}

std::chrono::milliseconds Flight::cut_at_random(std::chrono::milliseconds ttl,
                                                unsigned percent) const {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<std::int64_t> cut(0, ttl.count() * percent / 100);
    return ttl - std::chrono::milliseconds(cut(random));
}

std::optional<LoadOutcome> Flight::find_stale() const {
    auto entry = deck_.store.find_if_error(key(), hash(), deck_.clock.now());
    if (!entry) return std::nullopt;
    LoadOutcome stale;
    stale.kind = entry->is_absent() ? LoadOutcome::Kind::absent : LoadOutcome::Kind::value;
    if (!entry->is_absent()) stale.entry = std::move(entry);
    stale.is_kept = true;
    stale.is_stale = true;
    return stale;
}

void Flight::land(LoadOutcome outcome, const store::EntryRef& answer,
                  std::optional<LoadOutcome> stale) {
    const std::unique_ptr<Flight> self(this);
    auto landed = deck_.store.land(*this, answer, deck_.clock.now());
    outcome.is_kept = landed.is_kept;
    const Verdict verdict{std::move(outcome), std::move(stale)};

    auto* here = split_off(landed.waiters, owner());
    for (net::LaneId lane = 0; landed.waiters != nullptr; ++lane) {
        auto* elsewhere = split_off(landed.waiters, lane);
        if (elsewhere == nullptr) continue;
        boost::asio::post(deck_.threads.lane(lane),
                          [elsewhere, verdict] { tell(elsewhere, verdict); });
    }
    tell(here, verdict);
}

}  // namespace nearcache::cache
