#include "cache/single_flight.hpp"

#include <algorithm>
#include <memory>

#include <boost/asio/post.hpp>

namespace nearcache::cache {

namespace {

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

void tell(store::Waiter* waiters, const LoadOutcome& outcome) {
    while (waiters != nullptr) {
        // The waiter may be gone once it is told.
        auto* next = waiters->next;
        static_cast<LoadWaiter*>(waiters)->on_loaded(outcome);
        waiters = next;
    }
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
        return land(std::move(outcome), {});
    }

    auto entry = make_entry(reply);
    const bool fits =
        key().size() <= deck_.max_value_bytes && reply.bytes.size() <= deck_.max_value_bytes;
    if (reply.kind == Kind::value) outcome.entry = entry;
    outcome.kind = reply.kind == Kind::value ? LoadOutcome::Kind::value : LoadOutcome::Kind::absent;
    land(std::move(outcome), fits ? entry : store::EntryRef{});
}

void Flight::on_failure(Errc why) {
    LoadOutcome outcome;
    outcome.kind = LoadOutcome::Kind::failure;
    outcome.failure = why;
    land(std::move(outcome), {});
}

store::EntryRef Flight::make_entry(const backend::GetReply& reply) const {
    if (reply.kind == backend::GetReply::Kind::absent) {
        return store::make_absent_entry(key(), hash(), sent_at_ + deck_.negative_ttl);
    }
    return store::make_entry({key(), hash(), reply.bytes, expiry(reply)});
}

// The backend measured what was left after the question was sent: counted from then on, an entry
// never outlives the backend's own key.
TimePoint Flight::expiry(const backend::GetReply& reply) const {
    const auto ttl = reply.remaining ? std::min(deck_.ttl, *reply.remaining) : deck_.ttl;
    return sent_at_ + ttl;
}

void Flight::land(LoadOutcome outcome, const store::EntryRef& kept) {
    const std::unique_ptr<Flight> self(this);
    auto landed = deck_.store.land(*this, kept, deck_.clock.now());
    outcome.is_kept = landed.is_kept;

    auto* here = split_off(landed.waiters, owner());
    for (net::LaneId lane = 0; landed.waiters != nullptr; ++lane) {
        auto* elsewhere = split_off(landed.waiters, lane);
        if (elsewhere == nullptr) continue;
        boost::asio::post(deck_.threads.lane(lane),
                          [elsewhere, outcome] { tell(elsewhere, outcome); });
    }
    tell(here, outcome);
}

}  // namespace nearcache::cache
