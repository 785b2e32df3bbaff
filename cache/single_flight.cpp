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

// Whether the backend could not be asked, rather than answered something unwelcome.
bool allows_stale(Errc why) noexcept {
    switch (why) {
        case Errc::backend_unreachable:
        case Errc::backend_connection_lost:
        case Errc::backend_timeout:
            return true;
        case Errc::backend_protocol_error:
        case Errc::overloaded:
        case Errc::too_many_private_connections:
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

LoadOutcome outcome_of(store::Joined joined) {
    const bool has_value = joined.kind == store::Joined::Kind::hit;
    LoadOutcome outcome;
    outcome.kind = has_value ? LoadOutcome::Kind::value : LoadOutcome::Kind::absent;
    // The entry of an absent key is no value, not even an empty one.
    if (has_value) outcome.entry = std::move(joined.entry);
    outcome.is_kept = true;
    return outcome;
}

Flight::Flight(FlightDeck& deck, const Opening& opening)
    : Lease(opening.key, opening.hash, owner_of(opening.route, opening.is_joint)),
      deck_(deck),
      route_(opening.route),
      sent_at_(opening.now) {}

// The database is left out: it is part of the key.
std::size_t Flight::owner_of(const backend::Route& route, bool is_joint) noexcept {
    const std::size_t way = route.lane * 2 + (route.dialect == resp::Dialect::resp3 ? 1 : 0);
    return way * 2 + (is_joint ? 1 : 0);
}

Flight::Boarding Flight::board(FlightDeck& deck, const Opening& opening,
                               const store::Joining& joining) {
    Flight* opened = nullptr;
    const auto open = [&]() -> store::Lease& {
        opened = new Flight(deck, opening);
        return *opened;
    };
    auto joined = deck.store.join(opening.key, opening.hash, opening.now, joining, open);
    return {std::move(joined), opened};
}

void Flight::ask() { deck_.backend.get(route_, key(), *this); }

void Flight::on_reply(const backend::GetReply& reply) {
    using Kind = backend::GetReply::Kind;
    if (reply.kind == Kind::unsure) return land_unsure(reply);
    LoadOutcome outcome;
    if (reply.kind == Kind::error) {
        outcome.kind = LoadOutcome::Kind::error;
        outcome.error = reply.bytes;
        // Another type is news of the key; any other error is none.
        const bool is_news = reply.bytes.starts_with("WRONGTYPE");
        auto stale = allows_stale(reply.bytes) ? find_stale() : std::nullopt;
        return land({std::move(outcome), std::move(stale)},
                    is_news ? make_entry(reply) : store::EntryRef{});
    }

    auto entry = make_entry(reply);
    if (reply.kind == Kind::value) outcome.entry = entry;
    outcome.kind = reply.kind == Kind::value ? LoadOutcome::Kind::value : LoadOutcome::Kind::absent;
    land({std::move(outcome)}, entry);
}

// Most likely the key has another type. That is news of it, as it is to a flight that asks alone;
// and so it is if the key has come into being since.
void Flight::land_unsure(const backend::GetReply& reply) {
    auto news = reply;
    news.kind = backend::GetReply::Kind::error;
    news.bytes = "WRONGTYPE";
    Verdict verdict;
    verdict.outcome.kind = LoadOutcome::Kind::absent;
    verdict.unsure = Unsure{std::string(key()), hash()};
    land(std::move(verdict), make_entry(news));
}

void Flight::on_failure(Errc why) {
    const auto now = deck_.clock.now();
    if (why == Errc::backend_connection_lost && !was_sent_again_ &&
        now - sent_at_ < asked_again_within) {
        was_sent_again_ = true;
        sent_at_ = now;
        return ask();
    }
    LoadOutcome outcome;
    outcome.kind = LoadOutcome::Kind::failure;
    outcome.failure = why;
    auto stale = allows_stale(why) ? find_stale() : std::nullopt;
    land({std::move(outcome), std::move(stale)}, {});
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
                                .may_be_kept = keeps(reply, terms),
                                .is_persistent = reply.is_life_known && !reply.remaining};
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

void Flight::land(Verdict verdict, const store::EntryRef& answer) {
    const std::unique_ptr<Flight> self(this);
    auto landed = deck_.store.land(*this, answer, deck_.clock.now());
    verdict.outcome.is_kept = landed.is_kept;

    auto* here = split_off(landed.waiters, route_.lane);
    for (net::LaneId lane = 0; landed.waiters != nullptr; ++lane) {
        auto* elsewhere = split_off(landed.waiters, lane);
        if (elsewhere == nullptr) continue;
        boost::asio::post(deck_.threads.lane(lane),
                          [&deck = deck_, elsewhere, verdict] { tell(deck, elsewhere, verdict); });
    }
    tell(deck_, here, verdict);
}

void Flight::tell(FlightDeck& deck, store::Waiter* waiters, const Verdict& verdict) {
    while (waiters != nullptr) {
        // The waiter may be gone once it is told, or in another line.
        auto* next = waiters->next;
        auto& waiter = *static_cast<LoadWaiter*>(waiters);
        if (verdict.unsure && !waiter.takes_nil_) {
            ask_anew(deck, *verdict.unsure, waiter);
        } else {
            const bool gets_stale = verdict.stale && waiter.takes_stale();
            waiter.on_loaded(gets_stale ? *verdict.stale : verdict.outcome);
        }
        waiters = next;
    }
}

void Flight::ask_anew(FlightDeck& deck, const Unsure& unsure, LoadWaiter& waiter) {
    const Opening opening{unsure.key, unsure.hash, waiter.route(), deck.clock.now()};
    auto [joined, opened] = board(deck, opening, {.waiter = &waiter});
    if (opened != nullptr) return opened->ask();
    if (joined.kind == store::Joined::Kind::joined) return;
    waiter.on_loaded(outcome_of(std::move(joined)));
}

}  // namespace nearcache::cache
