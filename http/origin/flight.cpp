#include "http/origin/flight.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "http/origin/companion.hpp"
#include "http/routes/key_requests.hpp"
#include "resp/reply_writer.hpp"

namespace nearcache::http::origin {

using cache::Key;
using cache::LoadOutcome;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

bool says_wrong_type(const LoadOutcome& outcome) noexcept {
    return outcome.kind == LoadOutcome::Kind::error && outcome.error.starts_with("WRONGTYPE");
}

bool has_answer(const LoadOutcome& outcome) noexcept {
    return outcome.kind == LoadOutcome::Kind::value || outcome.kind == LoadOutcome::Kind::absent;
}

// The command by which a key lives for so long.
std::string setting(std::string_view key, milliseconds ttl, std::string_view value) {
    const bool is_whole = ttl.count() % 1000 == 0;
    const auto time = std::to_string(is_whole ? ttl.count() / 1000 : ttl.count());
    std::string command;
    resp::append_command(
        command, std::array<std::string_view, 4>{is_whole ? "SETEX" : "PSETEX", key, time, value});
    return command;
}

}  // namespace

Flight::Flight(FlightDeck& deck, net::LaneId lane, Ground& ground, Order order)
    : deck_(deck),
      lane_(lane),
      ground_(ground),
      order_(std::move(order)),
      companion_key_(companion_key(order_.key)),
      ttl_(order_.ttl),
      value_question_(*this, deck.cache.home(lane)),
      companion_question_(*this, deck.cache.home(lane)),
      may_store_(!order_.directives.no_store) {}

void Flight::add(Waiter& waiter, milliseconds ttl) {
    waiters_.push_back(&waiter);
    ttl_ = std::min(ttl_, ttl);
}

void Flight::begin() {
    // Even for a request that takes neither: a key of another type must not be overwritten.
    const auto now = deck_.clock.now();
    deck_.cache.load(Key(companion_key_), now, companion_question_);
    deck_.cache.load(Key(order_.key), now, order_.directives, value_question_);
}

void Flight::stop() {
    is_stopped_ = true;
    if (fetch_ != nullptr) fetch_->stop();
}

void Flight::on_answered() {
    if (!value_question_.is_answered() || !companion_question_.is_answered()) return;
    if (!may_be_too_old()) return decide();
    was_asked_again_ = true;
    companion_question_.forget();
    deck_.cache.load(Key(companion_key_), deck_.clock.now(), {.no_cache = true},
                     companion_question_);
}

// That there is no companion may have been true before the value was written, and not since.
bool Flight::may_be_too_old() const {
    return !was_asked_again_ && value_question_.outcome().kind == LoadOutcome::Kind::value &&
           companion_question_.outcome().kind == LoadOutcome::Kind::absent;
}

void Flight::decide() {
    const auto& outcome = value_question_.outcome();
    for (const auto* question : {&value_question_, &companion_question_}) {
        if (!says_wrong_type(question->outcome())) continue;
        return land({.kind = Landing::Kind::backend_error, .text = question->outcome().error});
    }
    if (!order_.directives.no_cache && fits()) {
        entry_ = outcome.entry;
        Source source;
        source.kind = outcome.is_stale ? Source::Kind::stale : Source::Kind::fetched;
        if (outcome.is_stale) source.detail = "stale-if-error";
        source.is_stored = outcome.is_kept;
        return land_value(source);
    }
    // The client gets its value all the same.
    may_store_ = may_store_ && may_replace();
    if (outcome.entry) replaced_hash_ = outcome.entry->value_hash();
    fetch();
}

// Only what was fetched is replaced. What its companion does not know may be half of another fetch,
// and nobody's to keep; but it may as well be somebody's own.
bool Flight::may_replace() const {
    const auto& value = value_question_.outcome();
    const auto& companion = companion_question_.outcome();
    if (!has_answer(value) || !has_answer(companion)) return false;
    if (value.kind == LoadOutcome::Kind::absent) return true;
    return companion.kind == LoadOutcome::Kind::value &&
           companion_knows(companion.entry->value(), value.entry->value_hash());
}

// Whether what the backend has under the key came from this URL, or from nobody knows where.
bool Flight::fits() const {
    const auto& value = value_question_.outcome();
    const auto& companion = companion_question_.outcome();
    if (value.kind != LoadOutcome::Kind::value) return false;
    if (companion.kind == LoadOutcome::Kind::absent) return true;
    return companion.kind == LoadOutcome::Kind::value &&
           companion_fits(companion.entry->value(), order_.url_digest, value.entry->value_hash());
}

void Flight::fetch() {
    if (is_stopped_) return fail(Errc::shutting_down);
    if (auto* const other = ground_.find_fetching(*this)) return follow(*other);
    fetch_permit_ = deck_.fetches.try_acquire();
    if (!fetch_permit_) return fail(Errc::overloaded);
    const Fetch::Terms terms{deck_.config, deck_.trust, deck_.cache.config().max_value_bytes};
    fetch_ = &Fetch::start(deck_.threads.lane(lane_), terms, order_.url, *this);
}

// Whatever they asked of the cache, one fetch is new enough for all who wait for it.
void Flight::follow(Flight& other) {
    for (auto* const waiter : waiters_) other.add(*waiter, ttl_);
    waiters_.clear();
    ground_.on_landed(*this);
}

void Flight::on_fetched(Fetched fetched) {
    fetch_ = nullptr;
    fetch_permit_.reset();
    switch (fetched.kind) {
        case Fetched::Kind::answer:
            return take(std::move(fetched.answer));
        case Fetched::Kind::blocked:
            return refuse(Status::forbidden, "the host of this URL may not be connected to");
        case Fetched::Kind::timed_out:
            return refuse(Status::gateway_timeout, std::move(fetched.complaint));
        case Fetched::Kind::failed:
            return refuse(Status::bad_gateway, std::move(fetched.complaint));
        case Fetched::Kind::stopped:
            return fail(Errc::shutting_down);
    }
}

void Flight::take(Answer answer) {
    const auto wall_now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
    stored_ttl_ = std::min(ttl_, deck_.config.ttl);
    if (const auto left = answer.lifetime.left(wall_now)) {
        stored_ttl_ = std::min<milliseconds>(stored_ttl_, *left);
    }
    const auto now = deck_.clock.now();
    entry_ = store::make_entry({.key = order_.key,
                                .hash = Key(order_.key).hash,
                                .value = answer.body,
                                .stored_at = now,
                                .expires_at = now + stored_ttl_,
                                .rule = deck_.cache.rule_of(order_.key),
                                .may_be_kept = false});
    const bool stores = may_store_ && !answer.lifetime.is_forbidden() && stored_ttl_.count() > 0;
    if (stores) return store_companion();
    land_value({.kind = Source::Kind::fetched, .detail = "origin"});
}

void Flight::store_companion() {
    const auto value = companion_value(order_.url_digest, entry_->value_hash());
    const auto command = setting(companion_key_, companion_ttl(stored_ttl_), value);
    deck_.cache.forward({deck_.cache.home(lane_), {command}}, writing(companion_key_), *this);
}

// Unless somebody has written it while it was fetched.
void Flight::store_value() {
    is_storing_value_ = true;
    const auto command = setting(order_.key, stored_ttl_, entry_->value());
    auto test = [this](const std::string_view* value) {
        if (value == nullptr || !replaced_hash_) return value == nullptr && !replaced_hash_;
        return content_hash(*value) == *replaced_hash_;
    };
    deck_.cache.forward_if({deck_.cache.home(lane_), {command}}, {order_.key, std::move(test)},
                           writing(order_.key), *this);
}

void Flight::on_forwarded(const net::Slice& reply) {
    if (!reply.bytes.starts_with('+')) return leave_unstored(reply.bytes);
    if (!is_storing_value_) return store_value();
    land_value({.kind = Source::Kind::fetched, .detail = "origin", .is_stored = true});
}

void Flight::on_condition_failed() { leave_unstored("the key was written meanwhile"); }

void Flight::on_not_forwarded(Errc why) { leave_unstored(describe(why)); }

void Flight::leave_unstored(std::string_view why) {
    warn(why.substr(0, why.find('\r')));
    land_value({.kind = Source::Kind::fetched, .detail = "origin"});
}

// A backend that is full says so for each value: once a second is enough to know.
void Flight::warn(std::string_view why) const {
    const auto now = deck_.clock.now();
    auto last = deck_.warned_at.load(std::memory_order_relaxed);
    if (last != TimePoint::min() && now - last < seconds(1)) return;
    if (!deck_.warned_at.compare_exchange_strong(last, now, std::memory_order_relaxed)) return;
    log::warn("http", "fetched, and not stored", {{"key", order_.key}, {"why", why}});
}

void Flight::land_value(const Source& source) {
    land({.kind = Landing::Kind::value, .entry = entry_, .source = source});
}

void Flight::refuse(Status status, std::string text) {
    land({.kind = Landing::Kind::refused, .status = status, .text = std::move(text)});
}

void Flight::fail(Errc why) { land({.kind = Landing::Kind::failure, .why = why}); }

void Flight::land(Landing landing) {
    bool joined = false;
    for (auto* const waiter : waiters_) {
        boost::asio::post(deck_.threads.lane(waiter->lane()),
                          [waiter, landing, joined] { waiter->on_landed(landing, joined); });
        joined = true;
    }
    ground_.on_landed(*this);
}

}  // namespace nearcache::http::origin
